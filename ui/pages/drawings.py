"""Charts made of a result's rows, by name: which column goes where is declared with the block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tools import charts
from tools.result import Column, ToolResult

Chart = Mapping[str, Any] | None


def bars(result: ToolResult, *, x: str, y: str, rows: int = 12, order: Sequence[str] = ()) -> Chart:
    """Horizontal bars: ``y`` names them, ``x`` is how long they are."""
    column, values = _column(result, x)
    labels = [str(each) for each in _column(result, y)[1]]
    pairs = _ordered(list(zip(labels, values, strict=True)), order)[:rows]
    return charts.ranking(
        [name for name, _ in pairs], [value for _, value in pairs], label=column.label, unit=column.unit, title=""
    )


def distribution(
    result: ToolResult, *, x: str, y: str, width: float, label: str, across: str, suffix: str = ""
) -> Chart:
    """Upright bars: ``x`` is the lower end of a range of ``width``."""
    column, values = _column(result, y)
    lows = [float(each) for each in _column(result, x)[1]]
    return charts.distribution(
        lows, values, width=width, label=label, unit=column.unit, across=across, suffix=suffix, title=""
    )


def lines(result: ToolResult, *, x: str, y: Sequence[str], label: str = "") -> Chart:
    """Lines over time: one for each column of ``y``."""
    found = {name: _column(result, name) for name in y}
    first = next(iter(found.values()))[0]
    series = {column.label: values for column, values in found.values()}
    said = label or (first.label if len(found) == 1 else "")
    return charts.trend(_column(result, x)[1], series, label=said, unit=first.unit, title="")


def curves(result: ToolResult, *, series: str, x: str, y: str, label: str, across: str, unit: str = "percent") -> Chart:
    """One line for each value of ``series``."""
    named: dict[str, list[tuple[float, float]]] = {}
    for name, at, value in zip(*(_column(result, each)[1] for each in (series, x, y)), strict=True):
        named.setdefault(str(name), []).append((float(at), float(value)))
    return charts.curves(named, label=label, unit=unit, across=across, title="")


def paired(result: ToolResult, *, x: str, y: Sequence[str], label: str, across: str, unit: str = "percent") -> Chart:
    """Lines over a number, one for each column of ``y``."""
    beneath, places = _column(result, x)
    found = {column.label: values for column, values in (_column(result, name) for name in y)}
    series = {
        name: [(float(at), float(value)) for at, value in zip(places, values, strict=True)]
        for name, values in found.items()
    }
    return charts.curves(series, label=label, unit=unit, across=across, across_unit=beneath.unit, title="")


def heat(
    result: ToolResult, *, down: str, across: str, share: str, order: Sequence[str], label: str, from_: str, to: str
) -> Chart:
    """A table of shares, both ways in the order given; a field without rows stays empty."""
    fields = dict(
        zip(
            zip(_column(result, down)[1], _column(result, across)[1], strict=True), _column(result, share)[1],
            strict=True,
        )
    )  # fmt: skip
    rows = [each for each in order if any(each == begin for begin, _ in fields)]
    places = [each for each in order if any(each == end for _, end in fields)]
    shares = [[_or_none(fields.get((row, place))) for place in places] for row in rows]
    return charts.heat(places, rows, shares, label=label, title="", from_=from_, to=to)


def _ordered(pairs: list[tuple[str, Any]], order: Sequence[str]) -> list[tuple[str, Any]]:
    places = {name: place for place, name in enumerate(order)}
    return sorted(pairs, key=lambda pair: places.get(pair[0], len(places))) if order else pairs


def _or_none(value: Any) -> float | None:
    return None if value is None else float(value)


def _column(result: ToolResult, name: str) -> tuple[Column, list[Any]]:
    if result.table is None:
        raise AssertionError("a chart is drawn of rows")
    place = next(place for place, column in enumerate(result.table.columns) if column.name == name)
    return result.table.columns[place], [row[place] for row in result.table.rows]


DRAWINGS: Mapping[str, Callable[..., Chart]] = {
    "bars": bars, "distribution": distribution, "lines": lines, "curves": curves, "paired": paired,
    "heat": heat,
}  # fmt: skip
