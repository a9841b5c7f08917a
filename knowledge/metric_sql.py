"""The compiler: slices of views as CTEs, joined on the keys, compared, filtered, ordered, limited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlglot import exp

from governance.errors import ToolRetry, did_you_mean
from knowledge.aggregates import Slice, aggregate, keys, newest, parsed
from knowledge.conditions import condition_on
from knowledge.definitions import definitions
from knowledge.query import CompiledQuery, MetricQuery, ResultColumn, ResultType
from knowledge.resolve import Question, resolve
from knowledge.vocabulary import Dimension, Metric, Unit, Vocabulary
from knowledge.windows import Window, windows

_TYPES: dict[Unit, ResultType] = {
    "currency": "decimal", "percent": "float", "ratio": "float", "score": "float", "points": "float", "days": "float",
    "months": "float", "count": "integer", "date": "date", "text": "text",
}  # fmt: skip
_WHOLE = frozenset({"days", "months", "points", "score", "count"})
_KIND_TYPES: dict[str, ResultType] = {"time": "date", "boolean": "boolean", "category": "text"}
#: What a comparison adds to a metric: suffix → words for its label.
_ADDED = {"previous": "before", "change": "change", "growth": "growth"}


def build(vocabulary: Vocabulary, query: MetricQuery, data_clock: dt.date) -> CompiledQuery:
    """Compile a query; see `knowledge.compile.compile_query`."""
    question = resolve(vocabulary, query)
    now, before = windows(query.model_copy(update={"grain": question.grain}), data_clock)
    current = _slices(vocabulary, question, now, "")
    earlier = _slices(vocabulary, question, before, "_before") if before else []
    columns = (*_key_columns(question), *_metric_columns(question.metrics, compared=before is not None))
    select = _joined(question, current, earlier)
    for part in [*current, *earlier]:
        if part.pins_as_of:
            select = select.with_(part.newest_name, as_=newest(part))
        select = select.with_(part.name, as_=aggregate(part))
    final = _ordered(question, query, columns, select)
    return CompiledQuery(
        sql=final.sql("duckdb", pretty=True),
        columns=columns,
        definitions=definitions(question, query, now, before),
        counts_rows=query.limit is not None,
        as_of_sql=_as_of_sql(current),
    )


def _slices(vocabulary: Vocabulary, question: Question, window: Window, suffix: str) -> list[Slice]:
    """Metrics that share view, dates and rows, together."""
    shared: dict[tuple[str, ...], list[Metric]] = {}
    for metric in question.metrics:
        basis = (metric.view, metric.time, metric.time_kind, metric.until, metric.series, metric.where)
        shared.setdefault(basis, []).append(metric)
    return [
        Slice(f"{metrics[0].name}_part{suffix}", tuple(metrics), window, question, vocabulary)
        for metrics in shared.values()
    ]


def _joined(question: Question, current: Sequence[Slice], earlier: Sequence[Slice]) -> exp.Select:
    """Every slice side by side: rows that agree on all keys, NULLs included; one row each without keys."""
    parts = [*current, *earlier]
    names = keys(question)
    selected = [exp.alias_(_first_of(name, parts), name, quoted=True) for name in names]
    selected += [column for part in current for column in _values(part, earlier)]
    select = exp.select(*_in_order(question, selected)).from_(parts[0].name)
    for position, part in enumerate(parts[1:], start=1):
        agree = [exp.NullSafeEQ(this=_first_of(name, parts[:position]), expression=_key(name, part)) for name in names]
        select = select.join(part.name, join_type="full" if names else "cross", on=exp.and_(*agree) if names else None)
    return select


def _in_order(question: Question, selected: Iterable[exp.Expr]) -> list[exp.Expr]:
    """Return the columns in the order the metrics were asked for, whatever slice they come from."""
    by_name = {column.alias: column for column in selected}
    return [
        by_name[name]
        for name in (*keys(question), *(added for metric in question.metrics for added in _names(metric)))
        if name in by_name
    ]


def _names(metric: Metric) -> list[str]:
    return [metric.name, *(f"{metric.name}_{suffix}" for suffix in _ADDED)]


def _first_of(name: str, parts: Sequence[Slice]) -> exp.Expr:
    found = [_key(name, part) for part in parts]
    return exp.Coalesce(this=found[0], expressions=found[1:]) if len(found) > 1 else found[0]


def _key(name: str, part: Slice) -> exp.Column:
    return exp.column(name, table=part.name, quoted=True)


def _values(part: Slice, earlier: Sequence[Slice]) -> list[exp.Expr]:
    """Return the columns of a slice's metrics, with what a comparison adds."""
    partner = next((other for other in earlier if other.metrics == part.metrics), None)
    columns: list[exp.Expr] = []
    for metric in part.metrics:
        value = _value(metric, part)
        columns.append(exp.alias_(value, metric.name, quoted=True))
        if partner:
            columns += _comparison(metric, value, _value(metric, partner))
    return columns


def _comparison(metric: Metric, value: exp.Expr, past: exp.Expr) -> list[exp.Expr]:
    change = exp.Sub(this=value.copy(), expression=past.copy())
    added = [(f"{metric.name}_previous", past), (f"{metric.name}_change", change)]
    if metric.unit != "percent":
        divisor = exp.func("nullif", exp.cast(exp.Abs(this=past.copy()), "DOUBLE"), exp.Literal.number(0))
        growth = exp.Div(this=exp.cast(exp.paren(change.copy()), "DOUBLE"), expression=divisor)
        added.append((f"{metric.name}_growth", growth))
    return [exp.alias_(expression, name, quoted=True) for name, expression in added]


def _value(metric: Metric, part: Slice) -> exp.Expr:
    """Return a metric of a slice: zero where nothing was counted or summed, money as money."""
    value: exp.Expr = exp.column(metric.name, table=part.name, quoted=True)
    if _is_sum(metric):
        value = _zero_if_none(value, part)
    return exp.cast(value, "DECIMAL(38, 2)") if metric.unit == "currency" else value


def _is_sum(metric: Metric) -> bool:
    expression = parsed(metric.expression)
    return isinstance(expression.this if isinstance(expression, exp.Neg) else expression, exp.Sum | exp.Count)


def _zero_if_none(value: exp.Expr, part: Slice) -> exp.Expr:
    zero = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
    if part.basis.time_kind != "snapshot":
        return zero
    if not part.pins_as_of:
        return value
    as_of = exp.select("as_of").from_(part.newest_name).subquery()
    return exp.Case().when(exp.not_(as_of.is_(exp.null())), zero)


def _key_columns(question: Question) -> list[ResultColumn]:
    grain = [ResultColumn(question.grain, question.grain.capitalize(), "date", "date")] if question.grain else []
    return grain + [
        ResultColumn(dimension.name, dimension.label, dimension.unit, _type_of(dimension))
        for dimension in question.dimensions
    ]


def _type_of(dimension: Dimension) -> ResultType:
    if dimension.kind == "number":
        return "integer" if dimension.unit in _WHOLE else _TYPES[dimension.unit]
    return _KIND_TYPES[dimension.kind]


def _metric_columns(metrics: Iterable[Metric], *, compared: bool) -> list[ResultColumn]:
    columns = []
    for metric in metrics:
        columns.append(ResultColumn(metric.name, metric.label, metric.unit, _TYPES[metric.unit]))
        for suffix, words in _ADDED.items() if compared else ():
            if suffix != "growth":
                columns.append(
                    ResultColumn(
                        f"{metric.name}_{suffix}", f"{metric.label}, {words}", metric.unit, _TYPES[metric.unit]
                    )
                )
            elif metric.unit != "percent":
                columns.append(ResultColumn(f"{metric.name}_{suffix}", f"{metric.label}, {words}", "percent", "float"))
    return columns


def _ordered(question: Question, query: MetricQuery, columns: Sequence[ResultColumn], joined: exp.Select) -> exp.Select:
    """Return the last SELECT: conditions on metrics, order with all keys as tie-break, limit with the count of rows."""
    inner = joined.copy()
    withs = inner.args.pop("with_", None)
    select = exp.select(*(exp.column(column.name, quoted=True) for column in columns)).from_("result")
    if query.limit is not None:
        select = select.select(exp.alias_(parsed("count(*) OVER ()"), "total_rows")).limit(query.limit)
    for metric, wanted in question.metric_filters:
        select = select.where(condition_on(exp.column(metric.name, quoted=True), metric, wanted))
    order = _order(question, query, columns)
    select = select.order_by(*order) if order else select
    select.set("with_", withs)
    return select.with_("result", as_=inner)


def _order(question: Question, query: MetricQuery, columns: Sequence[ResultColumn]) -> list[exp.Ordered]:
    known = [column.name for column in columns]
    wanted = [(order.field, order.direction == "desc") for order in query.order]
    for name, _ in wanted:
        if name not in known:
            raise ToolRetry(f"The result has no column '{name}' to sort by.{did_you_mean(name, known)}")
    default: list[tuple[str, bool]] = [(question.grain, False)] if question.grain else []
    if not wanted and question.dimensions:
        default.append((question.metrics[0].name, True))
    ties = [(name, False) for name in keys(question)]
    by_name = dict(reversed([*(wanted or default), *ties]))
    ordered = dict.fromkeys(name for name, _ in [*(wanted or default), *ties])
    return [exp.Ordered(this=exp.column(name, quoted=True), desc=by_name[name], nulls_first=False) for name in ordered]


def _as_of_sql(parts: Sequence[Slice]) -> str | None:
    """Return SQL of the newest as-of that the states are of; None without states."""
    pinned = [newest(part) for part in parts if part.pins_as_of]
    if not pinned:
        return None
    together = exp.union(*pinned, distinct=False) if len(pinned) > 1 else pinned[0]
    return (
        exp.select(exp.alias_(exp.Max(this=exp.column("as_of")), "as_of"))
        .from_(together.subquery("states"))
        .sql("duckdb")
    )
