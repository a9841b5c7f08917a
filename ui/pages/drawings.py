"""Charts made of a result's rows, by name: which column goes where is declared with the block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tools import charts
from tools.result import Column, ToolResult

Chart = Mapping[str, Any] | None


def bars(result: ToolResult, _: str, *, x: str, y: str, rows: int = 12) -> Chart:
    """Horizontal bars in the result's order: ``y`` names them, ``x`` is how long they are."""
    if result.table is None:
        return None
    labels, values = _column(result, y)[1][:rows], _column(result, x)
    return charts.ranking(
        [str(each) for each in labels], values[1][:rows], label=values[0].label, unit=values[0].unit, title=""
    )


def lines(result: ToolResult, _: str, *, x: str, y: list[str]) -> Chart:
    """Lines over time: one for each column of ``y``."""
    if result.table is None:
        return None
    found = {name: _column(result, name) for name in y}
    first = next(iter(found.values()))[0]
    series = {column.label: values for column, values in found.values()}
    return charts.trend(_column(result, x)[1], series, label=first.label, unit=first.unit, title="")


def _column(result: ToolResult, name: str) -> tuple[Column, list[Any]]:
    if result.table is None:
        raise AssertionError("a chart is drawn of rows")
    place = next(place for place, column in enumerate(result.table.columns) if column.name == name)
    return result.table.columns[place], [row[place] for row in result.table.rows]


DRAWINGS: Mapping[str, Callable[..., Chart]] = {"bars": bars, "lines": lines}
