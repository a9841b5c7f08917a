"""A tool's result as a model reads it: title, facts, a few rows; fenced, because it is data and not instruction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tools.result import Column, Source, Table, ToolResult

#: Rows of a long table that a model gets, and of one it gets whole: the person sees all in any case.
HEAD, WHOLE = 3, 6
#: Characters of a cell and of a passage; passages it gets with their text, the others by name.
CELL, PASSAGE, PASSAGES = 80, 800, 3

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
#: Units that a heading names, because the figures do not show them.
UNITS_SAID = ("currency", "days", "months", "points")
_MARKS = re.compile(r"<{3,}|>{3,}|`{3,}")


def model_view(result: ToolResult) -> str:
    """Return the text view of ``result``."""
    lines = ["<<<data", quoted(result.title, 400)]
    lines += [f"as of {result.as_of}"] if result.as_of else []
    lines += [f"{name}: {shown(fact.value, fact.unit)}" for name, fact in result.facts.items() if _says(fact.value)]
    for table in _tables(result):
        lines += _table_lines(table)
    lines += [line for place, source in enumerate(result.sources) for line in _passage_lines(source, place < PASSAGES)]
    lines += [f"warning: {quoted(warning, 400)}" for warning in result.warnings]
    lines.append(">>>")
    size = sum(len(table.rows) for table in _tables(result))
    if size:
        lines.append(f"The person sees all {size} rows.")
    return "\n".join(lines)


def quoted(text: str, limit: int) -> str:
    """Text from data on one line: no control characters, no fence marks, at most ``limit`` characters."""
    plain = _MARKS.sub("…", _UNPRINTABLE.sub(" ", text)).strip()
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def shown(value: Any, unit: str = "text") -> str:
    """A value as a model reads it; percent values are fractions and become percentages."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return "; ".join(shown(each) for each in value)
    if isinstance(value, bool | dt.date):
        return str(value)
    if unit == "percent" and isinstance(value, int | float | Decimal):
        return f"{float(value) * 100:.4g} %"
    if isinstance(value, float):
        return f"{value:.6g}"
    return quoted(str(value), CELL)


def _tables(result: ToolResult) -> Iterator[Table]:
    if result.table is not None:
        yield result.table
    yield from result.tables


def _table_lines(table: Table) -> list[str]:
    told = [place for place, column in enumerate(table.columns) if column.type != "list"]
    head = table.rows if len(table.rows) <= WHOLE else table.rows[:HEAD]
    return [
        f"table {quoted(table.title, 120)}: first {len(head)} of {len(table.rows)} rows",
        " | ".join(_heading(table.columns[place]) for place in told),
        *(" | ".join(shown(row[place], table.columns[place].unit) for place in told) for row in head),
    ]


def _heading(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit in UNITS_SAID else column.name


def _says(value: Any) -> bool:
    return value is not None and value != ""


def _passage_lines(source: Source, in_full: bool) -> list[str]:
    dates = f", from {source.effective_from}" if source.effective_from else ""
    name = f"passage [{source.id}] {quoted(source.title, 120)}, {quoted(source.section, 120)} ({source.status}{dates})"
    return [f"{name}:", quoted(source.quote, PASSAGE)] if in_full else [name]
