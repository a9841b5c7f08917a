"""A rule's condition: parsed, held to declared fields, written as SQL; and whether two can hold at once.

Conditions are SQL's: comparisons of one field with written values, joined by AND, OR and NOT. So each is a union of
boxes, a range or a set of values for every field it names, and whether two hold of one customer is whether two boxes
meet: exact, but for values a field never takes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.rules.fields import FIELDS, PROTECTED, Field
from governance.errors import did_you_mean

if TYPE_CHECKING:
    from sqlglot import exp

Scalar = float | str | bool
#: Boxes of one condition that are looked at; a condition of more is taken to meet every other.
MOST_BOXES = 128
WRITTEN = "Write it as: probability >= 0.08 AND region IN ('East', 'West') AND NOT thin_file."


class ConditionFault(ValueError):
    """What is wrong with a condition, in words."""


@dataclass(frozen=True)
class Values:
    """Values one field may have: a range of numbers, or a set (``inverted``: all but it); ``null``: not known."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    among: frozenset[Scalar] | None = None
    inverted: bool = False
    null: bool = False

    def both(self, other: Values) -> Values | None:
        """The values that are in both; None where there is none."""
        if self.null or other.null:
            return self if self.null == other.null else None
        if self.among is not None and other.among is not None:
            return self._both_sets(self.among, other)
        if self.among is not None or other.among is not None:  # anything that is known, and a set
            return self if self.among is not None else other
        low, high = max(self.low, other.low), min(self.high, other.high)
        low_open = any(each.low_open and each.low == low for each in (self, other))
        high_open = any(each.high_open and each.high == high for each in (self, other))
        some = low < high or (low == high and not (low_open or high_open))
        return Values(low, high, low_open, high_open) if some else None

    def _both_sets(self, mine: frozenset[Scalar], other: Values) -> Values | None:
        theirs = other.among or frozenset()
        if self.inverted and other.inverted:
            return Values(among=mine | theirs, inverted=True)
        if self.inverted or other.inverted:
            listed, barred = (theirs, mine) if self.inverted else (mine, theirs)
            left = listed - barred
        else:
            left = mine & theirs
        return Values(among=left) if left else None

    def leave_some_of(self, every: frozenset[Scalar]) -> bool:
        """Whether something is left of a field that can be nothing but ``every`` (anything, where that is empty)."""
        return not (every and self.inverted and self.among is not None and self.among >= every)


#: Field → the values it may have, all at once.
Box = tuple[tuple[str, Values], ...]


@dataclass(frozen=True)
class Condition:
    """A checked condition.

    Attributes
    ----------
    text
        As it was written.
    tree
        As sqlglot parsed it.
    """

    text: str
    tree: Any

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of what it looks at."""
        from sqlglot import exp

        return frozenset(column.name for column in self.tree.find_all(exp.Column))

    @cached_property
    def sql(self) -> str:
        """The condition over columns called as the fields; never NULL."""
        from sqlglot import exp

        quoted = self.tree.copy()
        for column in quoted.find_all(exp.Column):
            column.this.set("quoted", True)
        return f"coalesce({quoted.sql('duckdb')}, FALSE)"

    @cached_property
    def boxes(self) -> tuple[Box, ...] | None:
        """The boxes it is a union of; None where there are too many."""
        found = list(itertools.islice(_boxes(self.tree, negated=False), MOST_BOXES + 1))
        return tuple(found) if len(found) <= MOST_BOXES else None

    @property
    def literals(self) -> Iterator[tuple[str, str]]:
        """Each text that a field is compared with: (field, text)."""
        for box in self.boxes or ():
            for name, values in box:
                yield from ((name, value) for value in values.among or () if isinstance(value, str))

    def meets(self, other: Condition) -> bool:
        """Whether both can hold of one customer."""
        if self.boxes is None or other.boxes is None:
            return True
        return any(_together(a, b) for a in self.boxes for b in other.boxes)


def condition(text: str) -> Condition:
    """Parse and check a condition; an empty one always holds.

    Raises
    ------
    ConditionFault
        It is no condition, names a field that does not exist or must not be looked at, or compares it with what it
        cannot be.
    """
    from sqlglot import ParseError, TokenError, exp, parse_one

    try:
        tree = parse_one(text.strip() or "TRUE", read="duckdb")
    except (ParseError, TokenError) as error:
        raise ConditionFault(f"is no condition ({_where(error)}). {WRITTEN}") from None
    if not isinstance(tree, exp.Condition):
        raise ConditionFault(f"is no condition. {WRITTEN}")
    checked = Condition(text, tree)
    for leaf in _leaves(tree):
        _compared(leaf, negated=False)
    if checked.boxes is not None and not any(_together(box, ()) for box in checked.boxes):
        raise ConditionFault("can never hold: it asks for values that exclude each other.")
    return checked


def _leaves(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the comparisons of a condition."""
    from sqlglot import exp

    if isinstance(node, exp.Paren | exp.Not | exp.And | exp.Or):
        for part in (node.this, node.args.get("expression")):
            if part is not None:
                yield from _leaves(part)
    elif not isinstance(node, exp.Boolean):
        yield node


def _where(error: Exception) -> str:
    told = getattr(error, "errors", None)
    if not told:
        return "it cannot be read"
    return f"column {told[0]['col']}: {str(told[0]['description']).split(' for <')[0].lower()}"


def _together(first: Box, second: Box) -> bool:
    """Whether two boxes meet, each consistent in itself."""
    held: dict[str, Values] = {}
    for name, values in (*first, *second):
        both = values.both(held.get(name, values))
        if both is None or not both.leave_some_of(FIELDS[name].every):
            return False
        held[name] = both
    return True


def _boxes(node: exp.Expr, *, negated: bool) -> Iterator[Box]:
    """Yield the boxes whose union is the node, or what it is not."""
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        yield from _boxes(node.this, negated=negated)
    elif isinstance(node, exp.Not):
        yield from _boxes(node.this, negated=not negated)
    elif isinstance(node, exp.And | exp.Or):
        parts = (node.this, node.expression)
        if isinstance(node, exp.Or) is negated:  # both must hold
            sides = [list(itertools.islice(_boxes(part, negated=negated), MOST_BOXES + 1)) for part in parts]
            yield from (tuple(itertools.chain(*pair)) for pair in itertools.product(*sides))
        else:
            for part in parts:
                yield from _boxes(part, negated=negated)
    elif isinstance(node, exp.Boolean):
        if bool(node.this) is not negated:
            yield ()
    else:
        name, held = _compared(node, negated)
        yield from (((name, values),) for values in held)


def _compared(node: exp.Expr, negated: bool) -> tuple[str, tuple[Values, ...]]:
    """One comparison: the field, and the values with which it holds, or with which it does not."""
    from sqlglot import exp

    if isinstance(node, exp.Column):
        field = _field(node)
        _of_kind(field, True)
        return field.name, (Values(among=frozenset({not negated})),)
    kind = type(node).__name__
    if kind not in _COMPARISONS or not isinstance(node.this, exp.Column):
        raise ConditionFault(
            f"cannot contain “{node.sql('duckdb')}”: a field is compared with written values. {WRITTEN}"
        )
    field = _field(node.this)
    if kind == "Is":
        if not isinstance(node.expression, exp.Null):
            raise ConditionFault(f"{field.name} IS takes NULL or NOT NULL.")
        return field.name, _known(field) if negated else (Values(null=True),)
    operands = _operands(node)
    return field.name, _COMPARISONS[kind](field, [_of_kind(field, _value(each)) for each in operands], negated)


def _operands(node: exp.Expr) -> list[exp.Expr]:
    from sqlglot import exp

    if isinstance(node, exp.In):
        if not node.expressions:
            raise ConditionFault(f"{node.this.name} IN takes a list of values. {WRITTEN}")
        return list(node.expressions)
    return [node.args["low"], node.args["high"]] if isinstance(node, exp.Between) else [node.expression]


def _field(column: exp.Column) -> Field:
    name = column.name
    if name in PROTECTED:
        raise ConditionFault(f"looks at {name}: no rule may, it says who somebody is or is protected by law.")
    if name not in FIELDS or column.table:
        raise ConditionFault(f"looks at '{column.sql('duckdb')}', which is no field.{did_you_mean(name, FIELDS)}")
    return FIELDS[name]


def _value(node: exp.Expr) -> Scalar:
    from sqlglot import exp

    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
        return -float(node.this.this)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else float(node.this)
    raise ConditionFault(f"compares with “{node.sql('duckdb')}”: texts stand in single quotes, numbers as digits.")


def _of_kind(field: Field, value: Scalar) -> Scalar:
    wanted: Mapping[str, type] = {"number": float, "text": str, "flag": bool}
    if not isinstance(value, wanted[field.kind]):
        raise ConditionFault(f"compares {field.name}, which is a {field.kind}, with {value!r}.")
    if field.values and value not in field.values:
        raise ConditionFault(f"compares {field.name} with '{value}'.{did_you_mean(str(value), field.values)}")
    return value


def _known(field: Field) -> tuple[Values, ...]:
    return (Values() if field.kind == "number" else Values(among=frozenset(), inverted=True),)


def _equal(field: Field, values: list[Any], negated: bool) -> tuple[Values, ...]:
    """Equal to one of the values; for numbers each is a range of one, and what lies between them."""
    if field.kind != "number":
        return (Values(among=frozenset(values), inverted=negated),)
    if not negated:
        return tuple(Values(value, value) for value in values)
    ends = [-math.inf, *sorted(values), math.inf]
    return tuple(Values(low, high, True, True) for low, high in itertools.pairwise(ends))


def _differs(field: Field, values: list[Any], negated: bool) -> tuple[Values, ...]:
    return _equal(field, values, not negated)


def _ordered(above: bool, open_end: bool) -> Callable[[Field, list[Any], bool], tuple[Values, ...]]:
    def held(field: Field, values: list[Any], negated: bool) -> tuple[Values, ...]:
        _number(field)
        if above is not negated:
            return (Values(low=values[0], low_open=open_end is not negated),)
        return (Values(high=values[0], high_open=open_end is not negated),)

    return held


def _between(field: Field, values: list[Any], negated: bool) -> tuple[Values, ...]:
    _number(field)
    low, high = values
    if low > high:
        raise ConditionFault(f"asks {field.name} BETWEEN {low:g} AND {high:g}: the first is the larger.")
    return (Values(high=low, high_open=True), Values(low=high, low_open=True)) if negated else (Values(low, high),)


def _number(field: Field) -> None:
    if field.kind != "number":
        raise ConditionFault(f"orders {field.name}, which is a {field.kind}: = and IN alone go with it.")


_COMPARISONS: Mapping[str, Callable[[Field, list[Any], bool], tuple[Values, ...]]] = MappingProxyType(
    {
        "EQ": _equal, "In": _equal, "NEQ": _differs, "Between": _between, "Is": _equal,
        "GT": _ordered(above=True, open_end=True), "GTE": _ordered(above=True, open_end=False),
        "LT": _ordered(above=False, open_end=True), "LTE": _ordered(above=False, open_end=False),
    }
)  # fmt: skip
