"""What each operation of Ibis makes of the values of one row, NULL being None: a table of declarations.

Texts are in ASCII: beyond it, engines and Python differ about upper case, blanks and classes of letters.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
import string
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import ibis.expr.operations as ops

#: An evaluation under way: the row and what was found out of it.
Frame = list[Any]
Value = Callable[[Frame], Any]
CENT = Decimal("0.01")


def _strict(function: Callable[..., Any]) -> Callable[..., Value]:
    """NULL where any argument is NULL."""

    def of_one(arg: Value) -> Value:
        def value(frame: Frame) -> Any:
            found = arg(frame)
            return None if found is None else function(found)

        return value

    def of_two(left: Value, right: Value) -> Value:
        def value(frame: Frame) -> Any:
            first = left(frame)
            if first is None:
                return None
            second = right(frame)
            return None if second is None else function(first, second)

        return value

    def of_more(*args: Value) -> Value:
        def value(frame: Frame) -> Any:
            found = [arg(frame) for arg in args]
            return None if None in found else function(*found)

        return value

    return lambda *args: (of_one, of_two)[len(args) - 1](*args) if len(args) < 3 else of_more(*args)


def _joined(*, deciding: bool) -> Callable[[Value, Value], Value]:
    """SQL's "and" (``deciding`` False) or "or" (True): that value decides alone, an unknown side leaves it open."""

    def join(left: Value, right: Value) -> Value:
        def value(frame: Frame) -> Any:
            first = left(frame)
            if first is deciding:
                return deciding
            second = right(frame)
            return deciding if second is deciding else None if first is None or second is None else not deciding

        return value

    return join


def _cases(conditions: Sequence[Value], results: Sequence[Value], default: Value) -> Value:
    pairs = tuple(zip(conditions, results, strict=True))

    def value(frame: Frame) -> Any:
        for holds, result in pairs:
            if holds(frame):
                return result(frame)
        return default(frame)

    return value


def _if_else(condition: Value, yes: Value, no: Value) -> Value:
    return lambda frame: yes(frame) if condition(frame) else no(frame)


def _first_known(values: Sequence[Value]) -> Value:
    def value(frame: Frame) -> Any:
        for each in values:
            found = each(frame)
            if found is not None:
                return found
        return None

    return value


def _greatest(values: Sequence[Value]) -> Value:
    def value(frame: Frame) -> Any:
        known = [found for each in values if (found := each(frame)) is not None]
        return max(known) if known else None

    return value


def _concatenated(values: Sequence[Value]) -> Value:
    return _strict(lambda *texts: "".join(texts))(*values) if len(values) > 1 else values[0]


def _null_if(arg: Value, other: Value) -> Value:
    def value(frame: Frame) -> Any:
        found = arg(frame)
        return None if found == other(frame) else found

    return value


def _among(arg: Value, options: Sequence[Value]) -> Value:
    wanted = frozenset(option([]) for option in options)  # literals: Ibis makes another operation of columns
    return _strict(lambda found: found in wanted)(arg)


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if -len(values) <= place < len(values) else None


def _sliced(text: str, start: int, length: int | None = None) -> str:
    if start < 0:
        start += len(text)
    if length is None:
        return text[start:]
    return text[start : start + length] if length >= 0 else text[max(start + length, 0) : start]


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern of the engines', whose end of a text is its very end, and whose classes are of ASCII."""
    return re.compile(re.sub(r"(?<!\\)\$(?=\)|\||$)", r"\\Z", text), re.ASCII)


def _searched(arg: Value, pattern: Value) -> Value:
    search = _pattern(pattern([])).search
    return _strict(lambda text: search(text) is not None)(arg)


def _replaced(arg: Value, pattern: Value, replacement: Value) -> Value:
    substitute, new = _pattern(pattern([])).sub, replacement([])
    if "\\" in new:
        raise NotImplementedError(f"Replacing by '{new}', with groups put back, is not evaluated row by row.")
    return _strict(lambda text: substitute(lambda _: new, text))(arg)


def _extracted(arg: Value, pattern: Value, group: Value) -> Value:
    search, number = _pattern(pattern([])).search, group([])

    def extract(text: str) -> str:
        found = search(text)
        return (found.group(number) or "") if found else ""

    return _strict(extract)(arg)


def _looked_up(table: Value, key: Value, default: Value) -> Value:
    """A map is one of literals: it is made once."""
    held = table([])
    return lambda frame: default(frame) if (found := held.get(key(frame))) is None else found


def _mapping(keys: Value, values: Value) -> Value:
    held = dict(zip(keys([]), values([]), strict=True))
    return lambda _: held


#: Zero has one sign in the books.
def _unsigned_zero(number: Any) -> Any:
    return number + 0


#: Operation → what makes it of its arguments, in Ibis's order. ``None`` arguments are left out.
OPERATIONS: Mapping[type[ops.Node], Callable[..., Value]] = MappingProxyType(
    {
        ops.And: _joined(deciding=False),
        ops.Or: _joined(deciding=True),
        ops.Not: _strict(operator.not_),
        ops.Equals: _strict(operator.eq),
        ops.NotEquals: _strict(operator.ne),
        ops.Less: _strict(operator.lt),
        ops.LessEqual: _strict(operator.le),
        ops.Greater: _strict(operator.gt),
        ops.GreaterEqual: _strict(operator.ge),
        ops.Between: _strict(lambda found, low, high: low <= found <= high),
        ops.InValues: _among,
        ops.NotNull: lambda arg: lambda frame: arg(frame) is not None,
        ops.IsNull: lambda arg: lambda frame: arg(frame) is None,
        ops.NullIf: _null_if,
        ops.Coalesce: _first_known,
        ops.Greatest: _greatest,
        ops.IfElse: _if_else,
        ops.SearchedCase: _cases,
        ops.Add: _strict(operator.add),
        ops.Subtract: _strict(operator.sub),
        ops.Multiply: _strict(lambda left, right: _unsigned_zero(left * right)),
        ops.Negate: _strict(lambda number: _unsigned_zero(-number)),
        ops.BitwiseLeftShift: _strict(operator.lshift),
        ops.ExtractYear: _strict(operator.attrgetter("year")),
        ops.ExtractMonth: _strict(operator.attrgetter("month")),
        ops.ExtractDay: _strict(operator.attrgetter("day")),
        ops.Date: _strict(dt.datetime.date),
        ops.TimestampAdd: _strict(operator.add),
        ops.Lowercase: _strict(str.lower),
        ops.Uppercase: _strict(str.upper),
        ops.Capitalize: _strict(str.capitalize),
        ops.Strip: _strict(lambda text: text.strip(string.whitespace)),
        ops.StartsWith: _strict(str.startswith),
        ops.EndsWith: _strict(str.endswith),
        ops.StringContains: _strict(operator.contains),
        ops.StringLength: _strict(len),
        ops.StringFind: _strict(str.find),
        ops.StringReplace: _strict(str.replace),
        ops.StringSplit: _strict(str.split),
        ops.StringConcat: _concatenated,
        ops.Substring: _strict(_sliced),
        ops.RegexSearch: _searched,
        ops.RegexReplace: _replaced,
        ops.RegexExtract: _extracted,
        ops.ArrayIndex: _strict(_at),
        ops.ArraySlice: _strict(lambda values, start, stop: values[start:stop]),
        ops.ArrayLength: _strict(len),
        ops.ArrayStringJoin: _strict(lambda values, separator: separator.join(values)),
        ops.Map: _mapping,
        ops.MapGet: _looked_up,
    }
)


def literal(node: ops.Literal) -> Value:
    """Return the value that is written in the expression."""
    value = list(node.value) if isinstance(node.value, tuple) else node.value
    return lambda _: value


def cast(node: ops.Cast, arg: Value) -> Value:
    """Return a value in another type.

    Raises
    ------
    NotImplementedError
        Between types of which nothing here needs it.
    """
    source, target = node.arg.dtype, node.to
    if source.is_null() or source == target or (source.is_integer() and target.is_integer()):
        return arg
    if target.is_floating() and source.is_numeric():
        return _strict(float)(arg)
    if target.is_integer() and source.is_boolean():
        return _strict(int)(arg)
    if target.is_decimal() and source.is_numeric():
        return _strict(lambda number: Decimal(str(number)).quantize(CENT))(arg)
    raise NotImplementedError(f"A cast of {source} to {target} is not evaluated row by row; add it to {__name__}.")


def interval(node: ops.IntervalFromInteger, arg: Value) -> Value:
    """Return a span of time of a number of its units."""
    unit = dt.timedelta(**{node.unit.plural: 1})
    return _strict(lambda number: number * unit)(arg)


def truncated(node: ops.TimestampTruncate, arg: Value) -> Value:
    """Return the midnight a moment's day begins with.

    Raises
    ------
    NotImplementedError
        To another unit than a day.
    """
    if node.unit.short != "D":
        raise NotImplementedError(f"A moment is cut to its day row by row, not to {node.unit.plural}.")
    return _strict(lambda moment: dt.datetime.combine(moment, dt.time()))(arg)


#: Operations whose making reads more of them than their arguments.
SPECIAL: Mapping[type[ops.Node], Callable[[Any, Value], Value]] = MappingProxyType(
    {ops.Cast: cast, ops.IntervalFromInteger: interval, ops.TimestampTruncate: truncated}
)
