"""Governed metrics, split and filtered: compiled from the semantic layer, never written by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from governance.errors import ToolRefused
from governance.permission import instead
from governance.principal import Principal
from knowledge.compile import compile_query
from knowledge.query import CompiledQuery, Each, Filter, MetricQuery, Order, Period, Who
from knowledge.vocabulary import Grain
from tools import charts
from tools.arguments import OneOrMore
from tools.credit_health import ModelHealth
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import bands_warning
from tools.workspace import Workspace

#: Views whose figures come from a model.
_NAMED_MODEL = re.compile(r"\bmodel = '(\w+)'", re.IGNORECASE)
_BAND = re.compile(r"\bband\b")
#: View → the model that fills it; those without a name are of the models that the statement names.
MODEL_VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "scores_history": "", "scores_latest": "", "borrowers": "credit", "unusual_transactions": "anomalies",
        "goals": "goals", "segments": "segments", "forecasts": "forecast",
    }
)  # fmt: skip
CHARTED_ROWS = 30


def query_metrics(
    workspace: Workspace,
    principal: Principal,
    *,
    metrics: Annotated[OneOrMore, Field(min_length=1)],
    dimensions: OneOrMore = [],  # noqa: B006
    filters: list[Filter] = [],  # noqa: B006
    grain: Annotated[Grain | None, Field(description="bucket of time to split by")] = None,
    period: Annotated[Period | None, Field(description="half-open; all time by default")] = None,
    compare_to: Literal["previous_period", "previous_year"] | None = None,
    order: list[Order] = [],  # noqa: B006
    limit: Annotated[int | None, Field(ge=1, description="rows to keep; the total is told")] = None,
    skip: Annotated[int, Field(ge=0, description="rows to leave out before them")] = 0,
    any_filters: Annotated[list[Filter], Field(description="at least one of these must hold")] = [],  # noqa: B006
    against: Annotated[Period | None, Field(description="a period of one's own to compare with")] = None,
    share: Annotated[bool, Field(description="add each group's share of the sum over all groups")] = False,
    each: Annotated[Each | None, Field(description="a statistic over customers, loans, …")] = None,
    ratio: Annotated[bool, Field(description="add the first metric over the second")] = False,
    together: Annotated[bool, Field(description="one row: the sum over the rows shown")] = False,
    who: Annotated[list[Who], Field(description="only customers whose own figure meets each")] = [],  # noqa: B006
) -> ToolResult:
    """Compile the question, run it, and return its rows with each metric's definition.

    Raises
    ------
    ToolRetry
        A metric, dimension or value does not exist, or cannot be combined.
    ToolRefused
        It reads a view the caller may not see, or singles out customers by what is told of groups only.
    """
    query = MetricQuery(
        metrics=tuple(metrics), dimensions=tuple(dimensions), filters=tuple(filters), grain=grain, period=period,
        compare_to=compare_to, order=tuple(order), limit=limit, skip=skip,
        any_filters=tuple(any_filters), against=against, share=share, each=each, who=tuple(who), ratio=ratio,
        together=together,
    )  # fmt: skip
    clock = workspace.data_clock(principal)
    compiled = compile_query(workspace.vocabulary_of(principal), query, clock)
    views = compiled.views
    _permit(workspace, principal, views)
    found = workspace.query(principal, compiled.sql).rows
    width = len(compiled.columns)
    rows = tuple(tuple(row[:width]) for row in found)
    total = int(found[0][width]) if compiled.counts_rows and found else len(rows)
    health = _health(workspace, principal, compiled.sql, views)
    ruled = bands_warning(workspace, principal) if health.versions and _BAND.search(compiled.sql) else ()
    columns = tuple(
        Column(name=column.name, label=column.label, unit=column.unit, type=column.type) for column in compiled.columns
    )
    rows = _keys_as_names(rows, columns)
    title = _title(query, columns)
    return ToolResult(
        title=title,
        table=Table(title=title, columns=columns, rows=rows),
        facts=_facts(workspace, principal, columns, rows, total, query) | dict(health.facts),
        chart=_chart(columns, rows, query, title),
        sql=(compiled.sql,),
        model_versions=health.versions,
        warnings=(*_warnings(rows), *health.warnings, *ruled),
        as_of=_as_of(workspace, principal, compiled) or clock,
    )


def _keys_as_names(rows: tuple[tuple[Any, ...], ...], columns: Sequence[Column]) -> tuple[tuple[Any, ...], ...]:
    """Return the rows with keys in whole numbers as names: their columns are text, and no figures."""
    texts = [place for place, column in enumerate(columns) if column.type == "text"]
    keys = {place for place in texts if any(isinstance(row[place], int) for row in rows[:2])}
    if not keys:
        return rows
    return tuple(
        tuple(str(value) if place in keys and value is not None else value for place, value in enumerate(row))
        for row in rows
    )


def _health(workspace: Workspace, principal: Principal, sql: str, views: frozenset[str]) -> ModelHealth:
    """How the models stand whose results a statement reads: those it names and those that fill its views."""
    read = views & MODEL_VIEWS.keys()
    if not read:
        return ModelHealth({}, {}, (), None)
    filled = {MODEL_VIEWS[view] for view in read} - {""}
    models = sorted({*_NAMED_MODEL.findall(sql), *filled}) or ["credit"]
    found = [model_health(workspace, principal, model) for model in models]
    return ModelHealth(
        {model: version for each in found for model, version in each.versions.items()},
        {name: fact for each in found for name, fact in each.facts.items()},
        tuple(dict.fromkeys(said for each in found for said in each.warnings)),
        found[0].as_of,
    )


def _as_of(workspace: Workspace, principal: Principal, compiled: CompiledQuery) -> dt.date | None:
    if compiled.as_of_sql is None:
        return None
    found: dt.date | None = workspace.query(principal, compiled.as_of_sql).rows[0][0]
    return found


def _permit(workspace: Workspace, principal: Principal, views: frozenset[str]) -> None:
    hidden = sorted(views.difference(workspace.view_names(principal)))
    if hidden:
        view = workspace.vocabulary.views[hidden[0]]
        raise ToolRefused(
            f"{view.label} takes the permission {view.scope}, which the role {principal.role} does not hold."
            f"{instead(principal)}"
        )


def _measured(columns: Sequence[Column], query: MetricQuery) -> list[int]:
    names = [*query.metrics, *(f"{query.each.statistic}_{name}" for name in query.metrics if query.each)]
    counted = [f"count_{query.each.over}"] if query.each else []
    return [place for place, column in enumerate(columns) if column.name in (*names, *counted)]


def _title(query: MetricQuery, columns: Sequence[Column]) -> str:
    by_name = {column.name: column.label for column in columns}
    measured = ", ".join(columns[place].label for place in _measured(columns, query))
    split = [*([query.grain] if query.grain else []), *(by_name.get(name, name).lower() for name in query.dimensions)]
    return f"{measured} by {', '.join(split)}" if split else measured


def _facts(
    workspace: Workspace,
    principal: Principal,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    total: int,
    query: MetricQuery,
) -> dict[str, Fact]:
    facts = {"rows": Fact(value=len(rows), unit="count"), "total_rows": Fact(value=total, unit="count")}
    facts["currency"] = Fact(value=workspace.meta(principal).get("currency", ""))
    for name in query.metrics:
        metric = workspace.vocabulary.metrics[name]
        facts[f"definition_{name}"] = Fact(value=metric.description)
        facts[f"higher_is_{name}"] = Fact(value=metric.higher_is)
    if query.period is not None:
        facts["period_start"] = Fact(value=query.period.start, unit="date")
        facts["period_end"] = Fact(value=query.period.end, unit="date")
    if len(rows) == 1:
        facts |= {column.name: Fact(value=rows[0][place], unit=column.unit) for place, column in enumerate(columns)}
    return facts


def _warnings(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    empty = not rows or all(value is None for row in rows for value in row)
    return ("No row of the books matches: the figure is not available for this selection.",) if empty else ()


def _chart(columns: Sequence[Column], rows: Sequence[Sequence[Any]], query: MetricQuery, title: str) -> Any:
    measured = _measured(columns, query)
    if not measured or len(rows) < 2:
        return None
    place = measured[0]
    label, unit = columns[place].label, columns[place].unit
    if query.grain is not None:
        return _trend(columns, rows, query, place, title)
    labels = [" · ".join(str(value) for value in row[: len(query.dimensions)]) for row in rows[:CHARTED_ROWS]]
    return charts.ranking(labels, [row[place] for row in rows[:CHARTED_ROWS]], label=label, unit=unit, title=title)


def _trend(columns: Sequence[Column], rows: Sequence[Sequence[Any]], query: MetricQuery, place: int, title: str) -> Any:
    times = sorted({row[0] for row in rows if row[0] is not None})
    names = sorted({" · ".join(str(value) for value in row[1 : 1 + len(query.dimensions)]) for row in rows})
    if len(names) > len(charts.PALETTE):
        return None
    found = {(" · ".join(str(v) for v in row[1 : 1 + len(query.dimensions)]), row[0]): row[place] for row in rows}
    series = {name or columns[place].label: [found.get((name, time)) for time in times] for name in names}
    return charts.trend(times, series, label=columns[place].label, unit=columns[place].unit, title=title)
