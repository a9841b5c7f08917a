"""Customers chosen by what another figure says of each of them: those who bounced in May, those without a card."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from sqlglot import exp

from governance.errors import ToolRetry, did_you_mean
from knowledge.aggregates import sums
from knowledge.query import Filter, MetricQuery, Operator, Who
from knowledge.sql import column
from knowledge.vocabulary import Dimension, Metric, Vocabulary

#: Compiles the figure of each one to a SELECT.
Compose = Callable[[MetricQuery], exp.Select]

_TESTS: Mapping[str, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {"=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
)
#: Operator → the one that holds where it does not.
_OPPOSITE: Mapping[str, Operator] = MappingProxyType({"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"})


@dataclass(frozen=True)
class Members:
    """A SELECT of those who are in (``within``) or out, and what they are told by."""

    over: Dimension
    select: exp.Select
    within: bool

    def condition(self, key: exp.Expr) -> exp.Expr:
        """Return the SQL condition that ``key`` is one of them."""
        inside = exp.In(this=key, query=self.select.copy().subquery())
        return inside if self.within else exp.not_(exp.func("coalesce", inside, exp.false()))


def members(vocabulary: Vocabulary, query: MetricQuery, compose: Compose) -> tuple[Members, ...]:
    """Return who is chosen by each ``who`` of a query.

    One without a single row has zero of what is counted or summed: he is told by not being among those with another
    figure.

    Raises
    ------
    ToolRetry
        A name or an operator is not understood.
    """
    return tuple(_chosen(vocabulary, who, compose) for who in query.who)


def _chosen(vocabulary: Vocabulary, who: Who, compose: Compose) -> Members:
    metric = vocabulary.metrics.get(who.metric)
    if metric is None:
        raise ToolRetry(f"There is no metric '{who.metric}'.{did_you_mean(who.metric, vocabulary.metrics, shown=20)}")
    over = vocabulary.dimensions.get(who.over)
    if over is None:
        raise ToolRetry(f"There is no dimension '{who.over}'.{did_you_mean(who.over, vocabulary.dimensions)}")
    absent = _holds_for_none(metric, who)
    shown = Filter(field=metric.name, op=_OPPOSITE[who.op] if absent else who.op, value=who.value)
    asked = MetricQuery(
        metrics=(metric.name,), dimensions=(over.name,), filters=(*who.filters, shown), period=who.period
    )
    found = compose(asked).subquery("those")
    key = column(over.name)
    select = exp.select(key).from_(found).where(exp.not_(key.copy().is_(exp.null())))
    return Members(over, select, within=not absent)


def _holds_for_none(metric: Metric, who: Who) -> bool:
    """Whether the condition holds for one who has no rows at all."""
    if who.op not in _TESTS:
        raise ToolRetry(f"'{who.op}' does not tell who is meant. Use one of {', '.join(sorted(_TESTS))}.")
    if not sums(metric):
        return False
    try:
        return _TESTS[who.op](Decimal(0), Decimal(str(who.value)))
    except InvalidOperation as error:
        raise ToolRetry(f"'{who.value}' is not a number, as '{metric.name}' needs.") from error


__all__ = ["Members", "members"]
