"""From a finished turn to the answer on screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.model_view import shown
from tools.result import Source, Table

if TYPE_CHECKING:
    from assistant.calls import Call
    from tools.result import ToolResult


def gathered(calls: Sequence[Call]) -> dict[str, Any]:
    """The parts of an answer that come from results: tables, chart, SQL, sources, dates, versions."""
    results = [call.result for call in calls]
    tables = [table for result in results for table in _tables(result)]
    return {
        "table": _principal_table(results),
        "tables": tuple(tables) if len(tables) > 1 else (),
        "chart": next((result.chart for result in reversed(results) if result.chart is not None), None),
        "sql": tuple(unique(sql for result in results for sql in result.sql)),
        "sources": _sources(results),
        "as_of": _newest(result.as_of for result in results),
        "model_versions": {name: version for result in results for name, version in result.model_versions.items()},
    }


def plain_statement(result: ToolResult, *, facts: int = 6) -> str:
    """A statement made of a result alone, for when nothing of the prose could be kept."""
    said = [
        f"{name.replace('_', ' ')} {shown(fact.value, fact.unit)}"
        for name, fact in result.facts.items()
        if fact.value not in (None, "")
    ]
    dated = f" As of {result.as_of}." if result.as_of else ""
    listed = f" {'; '.join(said[:facts])}." if said else ""
    return f"{result.title.rstrip('.')}.{dated}{listed[:1]}{listed[1:2].upper()}{listed[2:]}"


def interpreted(calls: Sequence[Call]) -> str:
    """How the question was understood, told by the calls."""
    said = [(call.tool, ", ".join(f"{name}={value}" for name, value in call.args.items())) for call in calls]
    return "; ".join(f"{tool}({arguments})" for tool, arguments in said)


def unique(items: Iterable[str]) -> list[str]:
    """The items in order, each once."""
    return list(dict.fromkeys(items))


def _tables(result: ToolResult) -> list[Table]:
    return [table for table in (result.table, *result.tables) if table is not None]


def _principal_table(results: Sequence[ToolResult]) -> Table | None:
    """The table of the last call that has one: what came before led to it."""
    return next((result.table for result in reversed(results) if result.table is not None), None)


def _sources(results: Sequence[ToolResult]) -> tuple[Source, ...]:
    return tuple({source.id: source for result in results for source in result.sources}.values())


def _newest(dates: Iterable[dt.date | None]) -> dt.date | None:
    known = [date for date in dates if date is not None]
    return max(known, default=None)
