"""Filters become SQL conditions; values become literals, whatever they contain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from governance.errors import ToolRetry, did_you_mean
from knowledge.query import Filter, Operator, Scalar
from knowledge.sql import date_literal
from knowledge.vocabulary import Dimension, Metric

Compose = Callable[[exp.Expr, list[exp.Expr]], exp.Expr]


def _contains(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.func("contains", column, values[0])


def _not_in(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.or_(column.is_(exp.null()), exp.not_(column.copy().isin(*values)))


#: Operator → the condition on a column and its values. ``!=`` and ``not_in`` keep rows without a value.
CONDITIONS: Mapping[Operator, Compose] = MappingProxyType(
    {
        "=": lambda column, values: exp.EQ(this=column, expression=values[0]),
        "!=": lambda column, values: exp.NullSafeNEQ(this=column, expression=values[0]),
        "in": lambda column, values: column.isin(*values),
        "not_in": _not_in,
        ">": lambda column, values: exp.GT(this=column, expression=values[0]),
        ">=": lambda column, values: exp.GTE(this=column, expression=values[0]),
        "<": lambda column, values: exp.LT(this=column, expression=values[0]),
        "<=": lambda column, values: exp.LTE(this=column, expression=values[0]),
        "between": lambda column, values: column.between(values[0], values[1]),
        "contains": _contains,
        "is_null": lambda column, _: column.is_(exp.null()),
        "not_null": lambda column, _: exp.not_(column.is_(exp.null())),
    }
)

#: Kind of dimension → the operators that mean something on it.
OPERATORS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "category": frozenset(CONDITIONS) - {">", ">=", "<", "<=", "between"},
        "number": frozenset(CONDITIONS) - {"contains"},
        "time": frozenset(CONDITIONS) - {"contains"},
        "boolean": frozenset({"=", "!=", "is_null", "not_null"}),
    }
)


def condition_on(column: exp.Expr, declared: Dimension | Metric, condition: Filter) -> exp.Expr:
    """Return the SQL condition of a filter on ``column``.

    Raises
    ------
    ToolRetry
        The operator or the value does not suit what is filtered; the message says what does.
    """
    kind = declared.kind if isinstance(declared, Dimension) else "number"
    if condition.op not in OPERATORS[kind]:
        raise ToolRetry(
            f"'{condition.op}' does not apply to '{declared.name}', a {kind}. "
            f"Use one of {', '.join(sorted(OPERATORS[kind]))}."
        )
    part_of_text = condition.op == "contains"
    values = [_literal(declared, "part" if part_of_text else kind, value) for value in _values(condition)]
    if kind == "category" and (part_of_text or not _exact(declared, values)):
        column, values = exp.Lower(this=column), [exp.Lower(this=value) for value in values]
    return CONDITIONS[condition.op](column, values)


def _exact(declared: Dimension | Metric, values: list[exp.Expr]) -> bool:
    """Whether the values are spelled as the books spell them; otherwise upper and lower case are one."""
    known = isinstance(declared, Dimension) and all(value.name in declared.values for value in values)
    return known or (isinstance(declared, Dimension) and declared.identifying)


def _values(condition: Filter) -> list[Scalar]:
    """Return the filter's values, as many as its operator takes."""
    value = condition.value
    given = list(value) if isinstance(value, tuple) else [] if value is None else [value]
    wanted = {"is_null": 0, "not_null": 0, "between": 2}.get(condition.op, 1)
    several = condition.op in ("in", "not_in")
    if wanted == 0:
        return []
    if several and given:
        return given
    if several or len(given) != wanted:
        count = {1: "one value", 2: "two values, the lowest and the highest"}[wanted]
        raise ToolRetry(f"'{condition.op}' on '{condition.field}' takes {'a list of values' if several else count}.")
    return given


def _literal(declared: Dimension | Metric, kind: str, value: Scalar) -> exp.Expr:
    try:
        return _LITERALS[kind](declared, value)
    except (ValueError, InvalidOperation) as error:
        raise ToolRetry(f"'{value}' is not a {_SPOKEN[kind]}, as '{declared.name}' needs.") from error


def _part(_: Any, value: Scalar) -> exp.Literal:
    if "\x00" in str(value):
        raise ValueError("text cannot hold a zero byte")
    return exp.Literal.string(str(value))


def _text(declared: Any, value: Scalar) -> exp.Expr:
    written = _part(declared, value).name
    canonical = declared.canonical(written)
    if canonical is None and declared.complete:
        raise ToolRetry(
            f"'{declared.name}' has no value '{written}'.{did_you_mean(written, declared.values, shown=40)}"
        )
    return exp.Literal.string(written if canonical is None else canonical)


def _number(_: Any, value: Scalar) -> exp.Expr:
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError("a number is wanted")
    literal = exp.Literal.number(format(abs(number), "f"))
    return exp.Neg(this=literal) if number < 0 else literal


def _date(_: Any, value: Scalar) -> exp.Expr:
    return date_literal(value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)))


def _boolean(_: Any, value: Scalar) -> exp.Expr:
    spoken = {"true": True, "yes": True, "false": False, "no": False}
    if str(value).casefold() not in spoken:
        raise ValueError("true or false is wanted")
    return exp.Boolean(this=spoken[str(value).casefold()])


_LITERALS: Mapping[str, Callable[[Any, Scalar], exp.Expr]] = MappingProxyType(
    {"category": _text, "part": _part, "number": _number, "time": _date, "boolean": _boolean}
)
_SPOKEN = {
    "category": "text",
    "part": "text",
    "number": "number",
    "time": "date (YYYY-MM-DD)",
    "boolean": "true or false",
}
