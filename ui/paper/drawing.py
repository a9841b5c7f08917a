"""A chart's spec as SVG: bars, lines with their band, points, tables of shares. No browser, no plotting library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tools.charts import CONTEXT, DEEPEST, PALER, PALEST, PALETTE
from ui.paper.scales import Scale, Write, exactly, month_marks, on_day, ticks, writer

INK, FAINT, GRID = "#171B21", "#5B6570", "#E3E7EC"
FONT = "Inter, Noto Sans, Liberation Sans, DejaVu Sans, Arial, sans-serif"
#: Widths of a letter and height of a line of the small text, in pixels.
LETTER, LINE, SMALL = 6.1, 14, 10.5
#: Longest name beside a bar, in letters.
LONGEST = 26
_DASHES = {"dash": "6 4", "dot": "2 4"}


@dataclass
class Sheet:
    """The drawing as it grows."""

    width: int
    height: int
    parts: list[str] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled box."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="{fill}"/>'
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, width: float = 1.6, dash: str = "") -> None:
        """A line through points."""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{_DASHES[dash]}"' if dash in _DASHES else ""
        self.parts.append(
            f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """A pale area around points."""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{told}" fill="{colour}" fill-opacity="0.16"/>')

    def dot(self, x: float, y: float, colour: str) -> None:
        """A point."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>')

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", colour: str = FAINT) -> None:
        """Small text; what comes from data is text and nothing else."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{SMALL}">'
            f"{escape(words)}</text>"
        )

    def svg(self) -> str:
        """The document."""
        size = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">{"".join(self.parts)}</svg>'


@dataclass(frozen=True)
class Frame:
    """The field that marks are drawn in, and how values are written on it."""

    x: Scale
    y: Scale
    write: Write


def chart_svg(chart: Mapping[str, Any], *, width: int = 640, height: int = 260, currency: str = "INR") -> str:
    """Draw a chart's spec.

    Parameters
    ----------
    chart
        A plotly figure as `tools.charts` makes them.
    width, height
        Pixels.
    currency
        ISO code of money on its axes.

    Raises
    ------
    KeyError
        A kind of trace that none of our charts has.
    """
    sheet = Sheet(width, height)
    traces, layout = [dict(each) for each in chart["data"]], dict(chart.get("layout") or {})
    first = traces[-1]
    kind = "across" if first["type"] == "bar" and first.get("orientation") == "h" else first["type"]
    _KINDS[kind](sheet, traces, layout, currency)
    return sheet.svg()


def _across(sheet: Sheet, traces: list[dict[str, Any]], layout: Mapping[str, Any], currency: str) -> None:
    """Bars from the left, each named before it and its value behind it."""
    names = [_cut(str(each)) for each in traces[0]["y"]]
    values = [float(each or 0) for each in traces[0]["x"]]
    write = exactly(_form(layout, "xaxis"), currency)
    left = max((len(name) for name in names), default=0) * LETTER + 12
    right = max((len(write(value)) for value in values), default=0) * LETTER + 12
    low, high = min(0.0, *values), max(*values, 1e-12)
    x = Scale(low, high, left, sheet.width - right)
    step = min((sheet.height - 8) / max(len(names), 1), 30.0)
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        middle = 4 + step * (place + 0.5)
        start, end = sorted((x.place(0), x.place(value)))
        sheet.text(left - 8, middle + 3.5, name, anchor="end", colour=INK)
        sheet.rectangle(start, middle - step * 0.34, end - start, step * 0.68, PALETTE[0])
        sheet.text(end + 6, middle + 3.5, write(value), colour=INK)


def _upright(sheet: Sheet, traces: list[dict[str, Any]], layout: Mapping[str, Any], currency: str) -> None:
    """Bars from below: of ranges of a number, or of names, side by side where there are several series."""
    tops = [float(each or 0) for trace in traces for each in trace["y"]]
    names = [] if "width" in traces[0] else [str(each) for each in traces[0]["x"]]
    lows, wide = ([float(each) for each in traces[0]["x"]], float(traces[0]["width"])) if not names else ([], 1.0)
    x_low, x_high = (-0.5, len(names) - 0.5) if names else (min(lows) - wide * 0.6, max(lows) + wide * 0.6)
    frame = _framed(sheet, layout, currency, (x_low, x_high), (min(0.0, *tops), max(tops)), marks=bool(not names))
    each_wide = (0.76 / len(traces)) if names else wide
    for number, trace in enumerate(traces):
        colour = (trace.get("marker") or {}).get("color") or PALETTE[number % len(PALETTE)]
        for place, value in enumerate(trace["y"]):
            middle = place - 0.38 + each_wide * (number + 0.5) if names else lows[place]
            start, end = frame.x.place(middle - each_wide / 2), frame.x.place(middle + each_wide / 2)
            top, foot = sorted((frame.y.place(float(value or 0)), frame.y.place(0)))
            sheet.rectangle(start + 0.5, top, end - start - 1, foot - top, colour)
    for place, name in enumerate(names):
        sheet.text(frame.x.place(place), sheet.height - 20, _cut(name, 14), anchor="middle")


def _lines(sheet: Sheet, traces: list[dict[str, Any]], layout: Mapping[str, Any], currency: str) -> None:
    """Lines over time or over a number, the last value of each written at its end."""
    timed = (layout.get("xaxis") or {}).get("type") == "date"
    drawn = [(trace, _points(trace, timed)) for trace in traces]
    flat = [point for _, points in drawn for point in points]
    if not flat:
        return
    labels = [_end(trace, points, layout, currency) for trace, points in drawn]
    xs, ys = [x for x, _ in flat], [y for _, y in flat]
    frame = _framed(
        sheet, layout, currency, (min(xs), max(xs)), (min(0.0, *ys), max(ys)), timed=timed,
        right=max((len(label) for label in labels), default=0) * LETTER + 10,
    )  # fmt: skip
    taken: list[tuple[float, float, float]] = []
    for number, ((trace, points), label) in enumerate(zip(drawn, labels, strict=True)):
        colour = _colour(trace, number)
        placed = [(frame.x.place(x), frame.y.place(y)) for x, y in points]
        if trace.get("fill") == "toself":
            sheet.area(placed, PALETTE[0])
            continue
        sheet.line(placed, colour, dash=(trace.get("line") or {}).get("dash", ""))
        if "markers" in trace.get("mode", ""):
            for x, y in placed:
                sheet.dot(x, y, colour)
        if label and placed and (not timed or points[-1][0] == max(xs)):
            x, y = placed[-1]
            end = x + 6 + len(label) * LETTER
            while any(abs(y - other) < LINE and x < right and left < end for left, right, other in taken):
                y -= 2
            taken.append((x, end, y))
            sheet.text(x + 6, y + 3.5, label, colour=colour)


def _heat(sheet: Sheet, traces: list[dict[str, Any]], layout: Mapping[str, Any], _: str) -> None:
    """A table of shares, the larger the darker."""
    trace = traces[0]
    across, down = [_spaced(each) for each in trace["x"]], [_spaced(each) for each in trace["y"]]
    left = max(len(name) for name in down) * LETTER + 14
    wide, high = (sheet.width - left) / len(across), min((sheet.height - 36) / len(down), 40.0)
    sheet.text(left, 11, f"{_title(layout, 'yaxis')} a month end, down; {_title(layout, 'xaxis')} the next, across")
    for column, name in enumerate(across):
        sheet.text(left + wide * (column + 0.5), 30, name, anchor="middle")
    for row, name in enumerate(down):
        top = 36 + high * row
        sheet.text(left - 8, top + high / 2 + 3.5, name, anchor="end", colour=INK)
        for column, share in enumerate(trace["z"][row]):
            if share is None:
                continue
            x = left + wide * column
            sheet.rectangle(x + 1, top + 1, wide - 2, high - 2, _shade(float(share)))
            words = "#FFFFFF" if share > 0.45 else INK
            sheet.text(x + wide / 2, top + high / 2 + 3.5, f"{share:.1%}", anchor="middle", colour=words)


def _steps(sheet: Sheet, traces: list[dict[str, Any]], layout: Mapping[str, Any], currency: str) -> None:
    """A waterfall: from the first total by each step to the last."""
    trace, at, spans = traces[0], 0.0, []
    for measure, value in zip(trace["measure"], trace["y"], strict=True):
        start = 0.0 if measure in ("absolute", "total") else at
        at = at if measure == "total" else start + float(value)
        spans.append((measure, start, at))
    ends = [each for _, start, end in spans for each in (start, end)]
    frame = _framed(sheet, layout, currency, (-0.5, len(spans) - 0.5), (min(ends), max(ends)), marks=False)
    for place, (measure, start, end) in enumerate(spans):
        colour = CONTEXT if measure != "relative" else PALETTE[2] if end > start else PALETTE[5]
        top, foot = sorted((frame.y.place(start), frame.y.place(end)))
        left, right = frame.x.place(place - 0.36), frame.x.place(place + 0.36)
        sheet.rectangle(left, top, right - left, foot - top, colour)
        sheet.text(frame.x.place(place), sheet.height - 20, _cut(str(trace["x"][place]), 12), anchor="middle")


_KINDS: Mapping[str, Callable[[Sheet, list[dict[str, Any]], Mapping[str, Any], str], None]] = {
    "across": _across, "bar": _upright, "scatter": _lines, "heatmap": _heat, "waterfall": _steps,
}  # fmt: skip


def _framed(
    sheet: Sheet, layout: Mapping[str, Any], currency: str, across: tuple[float, float], up: tuple[float, float], *,
    timed: bool = False, marks: bool = True, right: float = 8,
) -> Frame:  # fmt: skip
    """Draw the axes: barely there, written from the left and below."""
    values = ticks(*up)
    write = writer(_form(layout, "yaxis"), currency, values)
    left = max(len(write(value)) for value in values) * LETTER + 12
    titled = _title(layout, "xaxis")
    top, bottom = 22.0, sheet.height - (38.0 if titled else 24.0)
    y, x = Scale(values[0], values[-1], bottom, top), Scale(*across, left, sheet.width - right)
    for value in values:
        sheet.line([(left, y.place(value)), (sheet.width - right, y.place(value))], GRID, width=0.8)
        sheet.text(left - 6, y.place(value) + 3.5, write(value), anchor="end")
    sheet.text(0, 11, _title(layout, "yaxis"))
    sheet.text((left + sheet.width - right) / 2, sheet.height - 6, titled, anchor="middle")
    if marks:
        for at, words in month_marks(*across, max(3, sheet.width // 90)) if timed else _numbers(layout, across):
            sheet.text(x.place(at), bottom + 15, words, anchor="middle" if left + 12 < x.place(at) else "start")
    return Frame(x, y, write)


def _numbers(layout: Mapping[str, Any], across: tuple[float, float]) -> list[tuple[float, str]]:
    values = [each for each in ticks(*across) if across[0] <= each <= across[1]]
    axis = layout.get("xaxis") or {}
    write = writer(axis.get("tickformat") or "", "", values, axis.get("ticksuffix") or "")
    return [(value, write(value)) for value in values]


def _points(trace: Mapping[str, Any], timed: bool) -> list[tuple[float, float]]:
    pairs = zip(trace["x"], trace["y"], strict=True)
    placed = [(on_day(str(x)) if timed else float(x), y) for x, y in pairs]
    return [(x, float(y)) for x, y in placed if x is not None and y is not None]


def _end(
    trace: Mapping[str, Any], points: Sequence[tuple[float, float]], layout: Mapping[str, Any], currency: str
) -> str:
    """What stands at a line's end: its name where there are several, its last value over time."""
    if not points or trace.get("fill") == "toself" or (trace.get("line") or {}).get("color") == CONTEXT:
        return ""
    timed = (layout.get("xaxis") or {}).get("type") == "date"
    name = str(trace.get("name") or "") if layout.get("showlegend") or not timed else ""
    value = exactly(_form(layout, "yaxis"), currency)(points[-1][1]) if timed else ""
    return f"{name} {value}".strip()


def _colour(trace: Mapping[str, Any], number: int) -> str:
    told = (trace.get("line") or {}).get("color") or (trace.get("marker") or {}).get("color")
    return str(told or PALETTE[number % len(PALETTE)])


def _shade(share: float) -> str:
    """The colour of a share, between the three that a table of shares goes by."""
    begin, end, part = (PALEST, PALER, share / 0.15) if share < 0.15 else (PALER, DEEPEST, (share - 0.15) / 0.85)
    mixed = (
        round(int(begin[place : place + 2], 16) * (1 - part) + int(end[place : place + 2], 16) * part)
        for place in (1, 3, 5)
    )
    return "#" + "".join(f"{each:02X}" for each in mixed)


def _form(layout: Mapping[str, Any], axis: str) -> str:
    return str((layout.get(axis) or {}).get("tickformat") or "")


def _title(layout: Mapping[str, Any], axis: str) -> str:
    return str(((layout.get(axis) or {}).get("title") or {}).get("text") or "")


def _cut(name: str, most: int = LONGEST) -> str:
    told = _spaced(name)
    return told if len(told) <= most else f"{told[: most - 1]}…"


def _spaced(name: str) -> str:
    return name.replace("_", " ") if name.islower() else name
