"""The last SELECTs of a question: changes, shares, a statistic over groups, conditions, order, limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from governance.errors import ToolRetry, did_you_mean
from knowledge.aggregates import sums
from knowledge.conditions import condition_on
from knowledge.query import Each, MetricQuery, ResultColumn, Statistic
from knowledge.resolve import Question
from knowledge.sql import aliased, column, parsed
from knowledge.vocabulary import Metric

#: Statistic over groups → the aggregate and how it is spoken of.
_STATISTICS: Mapping[Statistic, tuple[str, str]] = {
    "average": ("avg", "Average"), "median": ("median", "Median"), "highest": ("max", "Highest"),
    "lowest": ("min", "Lowest"),
}  # fmt: skip
#: Views whose attributes a customer has once, so that even counts of distinct customers add up over them.
_ONCE = frozenset({"customers", "borrowers"})


def changes(metrics: Iterable[Metric]) -> dict[str, exp.Expr]:
    """Return name of a column → its expression, for what a comparison adds to each metric."""
    found: dict[str, exp.Expr] = {}
    for metric in metrics:
        change = exp.Sub(this=column(metric.name), expression=column(f"{metric.name}_previous"))
        size = exp.func("nullif", exp.Abs(this=column(f"{metric.name}_previous")), exp.Literal.number(0))
        found[f"{metric.name}_change"] = change
        found[f"{metric.name}_growth"] = exp.Div(this=exp.paren(change.copy()), expression=size)
    return found


def ratio_of(metrics: Sequence[Metric]) -> exp.Expr:
    """Return the first metric over the second; nothing where the second is zero."""
    first, second = (f'"{metric.name}"::DOUBLE' for metric in metrics)
    return parsed(f"{first} / nullif({second}, 0)")


def shared(question: Question, source: str) -> exp.Select:
    """Return the SELECT of ``source`` with each metric's share of the sum over all its groups.

    Raises
    ------
    ToolRetry
        There is nothing to split by, or a metric does not add up.
    """
    if not question.dimensions:
        raise ToolRetry("A share needs 'dimensions': what the sum is split by.")
    within = f" PARTITION BY {question.grain}" if question.grain else ""
    parts = []
    for metric in question.metrics:
        if not _adds_up(metric, question):
            raise ToolRetry(f"'{metric.name}' is no sum, so its groups have no shares of it.")
        name = metric.name
        share = f'"{name}"::DOUBLE / nullif(sum("{name}") OVER ({within.strip()}), 0)::DOUBLE'
        parts.append(aliased(parsed(share), f"{name}_share"))
    return exp.select("*", *parts).from_(source)


def _adds_up(metric: Metric, question: Question) -> bool:
    distinct = parsed(metric.expression).find(exp.Distinct) is not None
    return sums(metric) and (not distinct or all(d.view in _ONCE for d in question.dimensions))


def each_columns(question: Question, wanted: Each) -> list[ResultColumn]:
    """Return the columns of a statistic over groups."""
    over = question.over
    assert over is not None
    if wanted.statistic == "count":
        return [ResultColumn(f"count_{over.name}", f"{over.label}s", "count", "integer")]
    spoken = _STATISTICS[wanted.statistic][1]
    return [
        ResultColumn(
            f"{wanted.statistic}_{metric.name}",
            f"{spoken} {_lowered(metric.label)} per {over.label.lower()}",
            "ratio" if metric.unit == "count" else metric.unit,
            "decimal" if metric.unit == "currency" else "float",
        )
        for metric in question.metrics
    ]


def _lowered(label: str) -> str:
    return label if label[1:2].isupper() else label[0].lower() + label[1:]


def over_groups(question: Question, wanted: Each, names: Sequence[str], source: str) -> exp.Select:
    """Return the SELECT of a statistic over the groups of ``source``, for each of ``names``."""
    over = question.over
    assert over is not None
    if wanted.statistic == "count":
        values = [aliased(parsed("count(*)"), f"count_{over.name}")]
    else:
        call = _STATISTICS[wanted.statistic][0]
        values = [
            aliased(_as_money(parsed(f'{call}("{m.name}"::DOUBLE)'), m), f"{wanted.statistic}_{m.name}")
            for m in question.metrics
        ]
    held = exp.select("*").from_(source).where(*on_metrics(question), copy=False)
    held = held.where(exp.not_(column(over.name).is_(exp.null())), copy=False)
    select = exp.select(*(column(name) for name in names), *values).from_(held.subquery("held"))
    return select.group_by(*(exp.Literal.number(place + 1) for place in range(len(names)))) if names else select


def _as_money(value: exp.Expr, metric: Metric) -> exp.Expr:
    return exp.cast(value, "DECIMAL(38, 2)", copy=False) if metric.unit == "currency" else value


def on_metrics(question: Question) -> list[exp.Expr]:
    """Return the conditions on metrics and on what a comparison adds to them."""
    computed = changes(question.metrics)
    return [
        condition_on(exp.paren(computed[f.field].copy()) if f.field in computed else column(f.field), metric, f)
        for metric, f in question.metric_filters
    ]


def on_shown(question: Question) -> list[exp.Expr]:
    """Return the conditions that choose among the groups whose shares are told."""
    return [condition_on(column(dimension.name), dimension, f) for dimension, f in question.shown_filters]


def order_of(
    query: MetricQuery, columns: Sequence[ResultColumn], names: Sequence[str], first: str
) -> list[exp.Ordered]:
    """Return the order asked for, else time and then the first metric, with all keys as tie-break and NULLs last.

    Raises
    ------
    ToolRetry
        The result has no such column.
    """
    known = [found.name for found in columns]
    wanted = [(order.field, order.direction == "desc") for order in query.order]
    for name, _ in wanted:
        if name not in known:
            raise ToolRetry(f"The result has no column '{name}' to sort by.{did_you_mean(name, known)}")
    by_time = [(query.grain, False)] if query.grain else []
    by_size = [(first, True)] if set(names) - {query.grain} else []
    ordered: dict[str, bool] = {}
    for name, descending in [*(wanted or [*by_time, *by_size]), *((name, False) for name in names)]:
        ordered.setdefault(name, descending)
    return [exp.Ordered(this=column(name), desc=down, nulls_first=False) for name, down in ordered.items()]


def limited(select: exp.Select, query: MetricQuery) -> exp.Select:
    """Return the SELECT cut to its limit, with the count of all rows."""
    if query.limit is None:
        return select
    select = select.select(aliased(parsed("count(*) OVER ()"), "total_rows"), copy=False).limit(query.limit, copy=False)
    return select.offset(query.skip, copy=False) if query.skip else select


def added_up(question: Question, query: MetricQuery, select: exp.Select) -> exp.Select:
    """Return the SELECT of one row: the sums over the rows of ``select`` that the limit keeps.

    Raises
    ------
    ToolRetry
        There is nothing to add up over, or a metric is no sum.
    """
    if not question.dimensions:
        raise ToolRetry("'together' adds up groups: say in 'dimensions' which.")
    wrong = [metric.name for metric in question.metrics if not _adds_up(metric, question)]
    if wrong:
        raise ToolRetry(f"'{wrong[0]}' is no sum, so its groups do not add up.")
    kept = select.limit(query.limit, copy=False) if query.limit else select
    kept = kept.offset(query.skip, copy=False) if query.skip else kept
    names = [metric.name for metric in question.metrics]
    names += [f"{name}_share" for name in names] if query.share else []
    return exp.select(*(aliased(parsed(f'sum("{name}")'), name) for name in names)).from_(kept.subquery("kept"))


def refuse_what_does_not_go_together(query: MetricQuery) -> None:
    """Check the parameters that change what the columns mean.

    Raises
    ------
    ToolRetry
        Two of them do not go together.
    """
    compared = query.compare_to is not None or query.against is not None
    faults = (
        (query.compare_to and query.against, "Give 'compare_to' or 'against', not both."),
        (query.against and query.grain, "'against' compares two periods: leave out 'grain'."),
        (query.share and (compared or query.each), "'share' goes with neither a comparison nor 'each'."),
        (
            query.each and query.each.statistic != "count" and compared,
            "A statistic over groups is not compared: ask for each period.",
        ),
        (query.each and query.grain, "A statistic over groups is of one period: leave out 'grain'."),
        (query.skip and not query.limit, "'skip' needs a 'limit'."),
        (query.ratio and len(query.metrics) != 2, "A ratio is of two metrics: give the one above and the one below."),
        (
            query.together and (compared or query.each or query.ratio or query.grain),
            "'together' goes with no comparison, 'each', 'ratio' or 'grain'.",
        ),
        (query.ratio and (compared or query.each or query.share), "'ratio' goes with no comparison, share or 'each'."),
    )
    for wrong, message in faults:
        if wrong:
            raise ToolRetry(message)
