"""What a rule measures now, and what that is held against."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry, did_you_mean
from knowledge.query import Filter
from tools.alerts.rule import LISTS, AlertRule
from tools.periods import PERIODS, months_back
from tools.registry import tool
from tools.result import Table, ToolResult

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Rows of a list that are looked at.
MOST_ROWS = 100_000
#: Comparison → whether a value meets it.
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "in": lambda value, many: value in many, "not_in": lambda value, many: value not in many,
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A rule's figure.

    Attributes
    ----------
    bound
        What it is held against.
    usual
        Mean of the months before, where that is what it is held against.
    seen
        Tokens of the rows that are there, for a rule of new ones.
    first
        Whether a rule of new ones looked for the first time: everything is new then, and nothing is told.
    """

    value: Decimal
    unit: str
    bound: Decimal
    holds: bool
    as_of: str
    title: str
    usual: Decimal | None = None
    currency: str = ""
    seen: tuple[str, ...] = ()
    first: bool = False

    def told(self) -> dict[str, Any]:
        """What is kept of it with an alert."""
        return {"title": self.title, "value": str(self.value), "unit": self.unit, "bound": str(self.bound),
                "usual": None if self.usual is None else str(self.usual), "currency": self.currency}  # fmt: skip


def measure(
    workspace: Workspace, principal: Principal, rule: AlertRule, remembered: Mapping[str, Any] | None = None
) -> Measured:
    """Measure a rule as the principal's tools answer.

    Parameters
    ----------
    remembered
        What the check before remembered; None or empty where there was none.

    Raises
    ------
    ToolRetry
        The metric, list, filter or column does not exist, or there is nothing to measure or to compare with.
    ToolRefused
        The principal may not read it.
    """
    if rule.list:
        found = _of_list(workspace, principal, rule, remembered or {})
    else:
        found = (_of_past if rule.of_its_past else _of_metric)(workspace, principal, rule)
    return replace(found, currency=workspace.meta(principal).get("currency", ""))


def _of_metric(workspace: Workspace, principal: Principal, rule: AlertRule) -> Measured:
    clock = workspace.data_clock(principal)
    metric = workspace.vocabulary.metrics.get(rule.metric)
    timed = rule.period != "all_time" and (metric is None or bool(metric.time))
    stretch = {"period": _days(PERIODS[rule.period](clock))} if timed else {}
    result = _asked(workspace, principal, rule, stretch)
    fact = result.facts.get(rule.metric)
    if fact is None or fact.value is None:
        raise ToolRetry(f"{rule.metric} has no value here: nothing to compare.")
    return _held(rule, Decimal(str(fact.value)), fact.unit, str(clock), _label(result, rule))


def _of_past(workspace: Workspace, principal: Principal, rule: AlertRule) -> Measured:
    clock = workspace.data_clock(principal)
    stretch = {"grain": "month", "period": _days(months_back(rule.months + 1)(clock))}
    result = _asked(workspace, principal, rule, stretch)
    table = result.table
    column = next((each for each in table.columns if each.name == rule.metric), None) if table else None
    if table is None or column is None:
        raise ToolRetry(f"{rule.metric} cannot be told by month, so it has no past to be compared with.")
    place = table.columns.index(column)
    values = [Decimal(str(row[place])) for row in table.rows if row[place] is not None]
    if len(values) <= rule.months:
        raise ToolRetry(f"The books have {len(values)} of the {rule.months + 1} months that {rule.name} compares.")
    *before, now = values
    return _held(rule, now, column.unit, str(clock), column.label, usual=sum(before, Decimal(0)) / len(before))


def _of_list(
    workspace: Workspace, principal: Principal, rule: AlertRule, remembered: Mapping[str, Any]
) -> Measured:  # fmt: skip
    result = tool(rule.list).call(workspace, principal, {**rule.arguments, "limit": MOST_ROWS})
    rows = list(_meeting(result.table, rule.where)) if result.table else []
    label = result.table.title if result.table else rule.list
    as_of = str(workspace.data_clock(principal))
    if not rule.new:
        return _held(rule, Decimal(len(rows)), "count", as_of, label)
    tokens = [workspace.keys.token("seen", str(row[LISTS[rule.list]])) for row in rows]
    known = set(remembered.get("seen", ()))
    fresh = [token for token in tokens if token not in known]
    first = "seen" not in remembered
    found = _held(rule, Decimal(0 if first else len(fresh)), "count", as_of, f"new {label.lower()}")
    return replace(found, seen=tuple(tokens), first=first, holds=found.holds and not first)


def _asked(workspace: Workspace, principal: Principal, rule: AlertRule, stretch: Mapping[str, Any]) -> ToolResult:
    filters = [each.model_dump(mode="json") for each in rule.filters]
    return tool("query_metrics").call(workspace, principal, {"metrics": [rule.metric], "filters": filters, **stretch})


def _held(
    rule: AlertRule, value: Decimal, unit: str, as_of: str, label: str, usual: Decimal | None = None
) -> Measured:  # fmt: skip
    """The value beside what it is held against."""
    up = rule.above is not None or rule.rises is not None
    if usual is None:
        bound = rule.above if rule.above is not None else rule.below
    else:
        bound = usual * (1 + (rule.rises or -(rule.falls or Decimal(0))))
    if bound is None:
        raise AssertionError("a rule says above, below, rises or falls")
    holds = value > bound if up else value < bound
    title = rule.title or f"{label} {'above' if up else 'below'} {'its past' if usual is not None else 'the limit'}"
    return Measured(value, unit, bound, holds, as_of, title[:1].upper() + title[1:], usual)


def _meeting(table: Table, where: Sequence[Filter]) -> Iterable[dict[str, Any]]:
    names = [column.name for column in table.columns]
    for each in where:
        if each.field not in names:
            raise ToolRetry(f"The list has no column '{each.field}'.{did_you_mean(each.field, names)}")
        if each.op not in COMPARISONS:
            raise ToolRetry(f"Rows are compared by {', '.join(COMPARISONS)}; '{each.op}' is none of them.")
    for row in table.rows:
        told = dict(zip(names, row, strict=True))
        if all(_meets(told[each.field], each) for each in where):
            yield told


def _meets(value: Any, each: Filter) -> bool:
    wanted = each.value
    if value is None:
        return False
    try:
        if isinstance(wanted, Decimal | int | float) and not isinstance(wanted, bool):
            return COMPARISONS[each.op](Decimal(str(value)), Decimal(str(wanted)))
        return COMPARISONS[each.op](value, wanted)
    except (TypeError, ArithmeticError):
        raise ToolRetry(
            f"{each.field} cannot be compared with {wanted!r}: it holds values such as {value!r}."
        ) from None


def _label(result: ToolResult, rule: AlertRule) -> str:
    columns = result.table.columns if result.table else ()
    return next((each.label for each in columns if each.name == rule.metric), rule.metric.replace("_", " "))


def _days(stretch: tuple[Any, Any]) -> dict[str, str]:
    start, end = stretch
    return {"start": start.isoformat(), "end": end.isoformat()}
