"""The compiler: slices of views as CTEs, joined on the keys, compared, filtered, ordered, limited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from knowledge.aggregates import Slice, aggregate, as_of, slices, sums
from knowledge.definitions import definitions
from knowledge.members import members
from knowledge.query import CompiledQuery, MetricQuery, ResultColumn, ResultType
from knowledge.resolve import Question, resolve
from knowledge.shaping import (
    added_up,
    changes,
    each_columns,
    limited,
    on_metrics,
    on_shown,
    order_of,
    over_groups,
    ratio_of,
    refuse_what_does_not_go_together,
    shared,
)
from knowledge.sql import aliased, column
from knowledge.vocabulary import Dimension, Metric, Unit, Vocabulary
from knowledge.windows import Window, windows

_TYPES: dict[Unit, ResultType] = {
    "currency": "decimal", "percent": "float", "ratio": "float", "score": "float", "points": "float", "days": "float",
    "months": "float", "number": "float", "count": "integer", "date": "date", "text": "text",
}  # fmt: skip
_WHOLE = frozenset({"days", "months", "points", "score", "count"})
_KIND_TYPES: dict[str, ResultType] = {"time": "date", "boolean": "boolean", "category": "text"}


def build(vocabulary: Vocabulary, query: MetricQuery, data_clock: dt.date) -> CompiledQuery:
    """Compile a query; see `knowledge.compile.compile_query`."""
    select, question, query, now, before, current = _composed(vocabulary, query, data_clock)
    columns = _columns(question, query)
    return CompiledQuery(
        sql=select.sql("duckdb", pretty=True),
        columns=tuple(columns),
        definitions=definitions(vocabulary, question, query, now, before),
        counts_rows=query.limit is not None and not query.together,
        as_of_sql=_as_of_sql(current),
        views=frozenset(table.name for table in select.find_all(exp.Table) if table.db == "semantic"),
    )


def _composed(
    vocabulary: Vocabulary, query: MetricQuery, data_clock: dt.date
) -> tuple[exp.Select, Question, MetricQuery, Window, Window | None, Sequence[Slice]]:
    """Return the SELECT of a query, with the query looked up, its windows and its slices of now."""
    refuse_what_does_not_go_together(query)
    chosen = members(vocabulary, query, lambda asked: _composed(vocabulary, asked, data_clock)[0])
    question = replace(resolve(vocabulary, query), members=chosen)
    query = query.model_copy(update={"grain": question.grain})
    now, before = windows(query, data_clock)
    current = slices(vocabulary, question, now)
    earlier = slices(vocabulary, question, before, "_before") if before else []
    columns = _columns(question, query)
    source = "result" if len([*current, *earlier]) > 1 else current[0].name
    select = _final(question, query, columns, "shared" if query.share else source)
    for part in [*current, *earlier]:
        if part.as_of_name:
            select = select.with_(part.as_of_name, as_=as_of(part), copy=False)
        select = select.with_(part.name, as_=aggregate(part), copy=False)
    if len([*current, *earlier]) > 1:
        select = select.with_("result", as_=_joined(question, current, earlier), copy=False)
    if query.share:
        select = select.with_("shared", as_=shared(question, source), copy=False)
    return select, question, query, now, before, current


def keys(question: Question) -> tuple[str, ...]:
    """Return the names of the columns that rows are grouped by: grain, dimensions, what a statistic goes over."""
    over = question.over
    return (*_shown_keys(question), *([over.name] if over and over not in question.dimensions else []))


def _shown_keys(question: Question) -> tuple[str, ...]:
    grain = (question.grain,) if question.grain else ()
    return (*grain, *(dimension.name for dimension in question.dimensions))


def _joined(question: Question, current: Sequence[Slice], earlier: Sequence[Slice]) -> exp.Select:
    """Put every slice side by side: rows that agree on all keys, NULLs included; one row each without keys."""
    parts = [*current, *earlier]
    names = keys(question)
    values = {column.alias: column for part in current for column in _values(part, "")}
    values |= {column.alias: column for part in earlier for column in _values(part, "_previous")}
    ordered = [
        values[name]
        for metric in question.metrics
        for name in (metric.name, f"{metric.name}_previous")
        if name in values
    ]
    selected = [*(aliased(_first_of(name, parts), name) for name in names), *ordered]
    select = exp.select(*selected, copy=False).from_(parts[0].name)
    for position, part in enumerate(parts[1:], start=1):
        agree = [
            exp.NullSafeEQ(this=_first_of(name, parts[:position]), expression=column(name, part.name)) for name in names
        ]
        kind = "full" if names else "cross"
        select = select.join(part.name, join_type=kind, on=exp.and_(*agree) if names else None, copy=False)
    return select


def _first_of(name: str, parts: Sequence[Slice]) -> exp.Expr:
    found = [column(name, part.name) for part in parts]
    return exp.Coalesce(this=found[0], expressions=found[1:]) if len(found) > 1 else found[0]


def _values(part: Slice, suffix: str) -> list[exp.Expr]:
    """Return the metrics of a slice; a group without events has none, which is zero."""
    values = []
    for metric in part.metrics:
        value: exp.Expr = column(metric.name, part.name)
        if sums(metric) and metric.time_kind != "snapshot" and keys(part.question):
            value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
        values.append(aliased(value, metric.name + suffix))
    return values


def _columns(question: Question, query: MetricQuery) -> list[ResultColumn]:
    grain = [ResultColumn(question.grain, question.grain.capitalize(), "date", "date")] if question.grain else []
    dimensions = [ResultColumn(d.name, d.label, d.unit, _type_of(d)) for d in question.dimensions]
    if query.each:
        return [*grain, *dimensions, *each_columns(question, query.each)]
    metrics = [column for metric in question.metrics for column in _metric_columns(metric, query)]
    if query.together:
        return metrics
    if query.ratio:
        above, below = (metric.label for metric in question.metrics)
        metrics.append(ResultColumn("ratio", f"{above} over {below}", "ratio", "float"))
    return [*grain, *dimensions, *metrics]


def _type_of(dimension: Dimension) -> ResultType:
    if dimension.kind == "number":
        return "integer" if dimension.unit in _WHOLE else _TYPES[dimension.unit]
    return _KIND_TYPES[dimension.kind]


def _metric_columns(metric: Metric, query: MetricQuery) -> Iterable[ResultColumn]:
    """Yield a metric's column and what a comparison or a share adds; ratios change in points and do not grow."""
    compared = query.compare_to is not None or query.against is not None
    name, label, unit, kind = metric.name, metric.label, metric.unit, _TYPES[metric.unit]
    yield ResultColumn(name, label, unit, kind)
    if compared:
        yield ResultColumn(f"{name}_previous", f"{label}, before", unit, kind)
        yield ResultColumn(f"{name}_change", f"{label}, change", unit, kind)
    if compared and unit != "percent":
        yield ResultColumn(f"{name}_growth", f"{label}, growth", "percent", "float")
    if query.share:
        yield ResultColumn(f"{name}_share", f"{label}, share", "percent", "float")


def _final(question: Question, query: MetricQuery, columns: Sequence[ResultColumn], source: str) -> exp.Select:
    """Return the last SELECT: changes, conditions, order, limit with the count of all rows."""
    shown = _shown_keys(question)
    if query.each:
        select = over_groups(question, query.each, shown, source)
        return limited(_ordered(select, query, columns, shown), query)
    computed = changes(question.metrics)
    if query.ratio:
        computed["ratio"] = ratio_of(question.metrics)
    selected = [
        aliased(computed[found.name], found.name) if found.name in computed else column(found.name) for found in columns
    ]
    select = exp.select(*selected, copy=False).from_(source)
    select = select.where(*on_metrics(question), *on_shown(question), copy=False)
    if query.together:
        return added_up(question, query, _ordered(select, query, columns, ()))
    return limited(_ordered(select, query, columns, shown), query)


def _ordered(
    select: exp.Select, query: MetricQuery, columns: Sequence[ResultColumn], names: Sequence[str]
) -> exp.Select:
    order = order_of(query, columns, names, columns[len(names)].name)
    return select.order_by(*order, copy=False) if order else select


def _as_of_sql(parts: Sequence[Slice]) -> str | None:
    """Return SQL of the newest as-of that the states are of; None without states."""
    pinned = [as_of(part) for part in parts if part.as_of_name]
    if not pinned:
        return None
    together = exp.union(*pinned, distinct=False) if len(pinned) > 1 else pinned[0]
    newest = exp.Max(this=exp.column("as_of")).as_("as_of")
    return exp.select(newest).from_(together.subquery("states")).sql("duckdb")
