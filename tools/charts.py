"""Charts as plotly-ready JSON: chosen by the question, drawn the same on screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Okabe–Ito, in its order.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
CONTEXT = "#9AA3AD"
#: Where magnitude begins: the ground of a field that holds next to nothing, and one that holds a little.
PALEST, PALER, DEEPEST = "#F2F5F9", "#B9D4EA", "#00588A"

_TICK = {"percent": ".1%", "currency": "~s", "count": ",d", "days": ",d"}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _layout(title: str, **axes: Any) -> dict[str, Any]:
    return {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 14}},
        "margin": {"l": 8, "r": 16, "t": 44, "b": 40},
        "showlegend": False,
        "colorway": list(PALETTE),
        **axes,
    }


def ranking(
    labels: Sequence[str], values: Sequence[Any], *, label: str, unit: str, title: str
) -> Mapping[str, Any] | None:
    """Horizontal bars, the largest on top; None when there is nothing to draw."""
    if not labels:
        return None
    bars = {
        "type": "bar", "orientation": "h", "x": [_number(value) for value in values],
        "y": [str(each) for each in labels],
        "marker": {"color": PALETTE[0]}, "hovertemplate": "%{y}: %{x}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [bars],
        "layout": _layout(
            title,
            xaxis={"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK.get(unit, "")},
            yaxis={"autorange": "reversed", "automargin": True, "type": "category"},
        ),
    }


def distribution(
    lows: Sequence[float],
    values: Sequence[Any],
    *,
    width: float,
    label: str,
    unit: str,
    across: str,
    title: str,
    suffix: str = "",
) -> Mapping[str, Any] | None:
    """Upright bars over ranges of a number, each from its low end on; None when there is nothing to draw."""
    if not lows:
        return None
    bars = {
        "type": "bar", "x": [low + width / 2 for low in lows], "y": [_number(value) for value in values],
        "width": width * 0.88, "marker": {"color": PALETTE[0]},
        "customdata": [f"{low:g} to {low + width:g}{suffix}" for low in lows],
        "hovertemplate": "%{customdata}: %{y}<extra></extra>",
    }  # fmt: skip
    xaxis = {"title": {"text": across}, "ticksuffix": suffix, "rangemode": "tozero", "tick0": 0, "dtick": 2 * width}
    yaxis = {"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK.get(unit, "")}
    return {"data": [bars], "layout": _layout(title, xaxis=xaxis, yaxis=yaxis)}


def grouped(
    labels: Sequence[str], series: Mapping[str, Sequence[Any]], *, label: str, unit: str, title: str
) -> Mapping[str, Any] | None:
    """Upright bars side by side, the first series in grey as what the others are held against."""
    if not labels:
        return None
    colours = (CONTEXT, *PALETTE)
    bars = [
        {"type": "bar", "name": name, "x": [str(each) for each in labels], "y": [_number(value) for value in values],
         "marker": {"color": colours[place]}}
        for place, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    yaxis = {"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK.get(unit, "")}
    layout = _layout(title, xaxis={"type": "category"}, yaxis=yaxis)
    return {"data": bars, "layout": layout | {"showlegend": True, "barmode": "group"}}


def curves(
    series: Mapping[str, Sequence[tuple[float, float]]], *, label: str, unit: str, across: str, title: str,
    across_unit: str = "",
) -> Mapping[str, Any] | None:  # fmt: skip
    """Lines over a number, each named where it ends; None where none has three points."""
    drawn = {name: points for name, points in series.items() if len(points) > 2}
    if not drawn:
        return None
    lines, names = [], []
    for place, (name, points) in enumerate(drawn.items()):
        colour = PALETTE[place % len(PALETTE)]
        lines.append({"type": "scatter", "mode": "lines", "name": name, "x": [x for x, _ in points],
                      "y": [_number(y) for _, y in points], "line": {"color": colour}})  # fmt: skip
        names.append({"x": points[-1][0], "y": _number(points[-1][1]), "text": name, "showarrow": False,
                      "xanchor": "left", "xshift": 5, "font": {"size": 11, "color": colour}})  # fmt: skip
    layout = _layout(
        title,
        xaxis={"title": {"text": across}, "rangemode": "tozero", "tickformat": _TICK.get(across_unit, "")},
        yaxis={"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK.get(unit, "")},
    )
    return {"data": lines, "layout": layout | {"annotations": names}}


def heat(
    across: Sequence[str],
    down: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    *,
    label: str,
    title: str,
    from_: str,
    to: str,
) -> Mapping[str, Any] | None:
    """A table of shares, the larger the darker, each written in its field; None without a field."""
    if not across or not down:
        return None
    field = {
        "type": "heatmap", "x": list(across), "y": list(down), "z": [list(row) for row in shares], "zmin": 0, "zmax": 1,
        "colorscale": [[0, PALEST], [0.15, PALER], [1, DEEPEST]], "showscale": False, "xgap": 2, "ygap": 2,
        "texttemplate": "%{z:.1%}", "hoverongaps": False,
        "hovertemplate": f"{from_} %{{y}}, {to} %{{x}}: %{{z:.1%}} {label}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [field],
        "layout": _layout(
            title,
            xaxis={"title": {"text": to}, "type": "category", "side": "top"},
            yaxis={"title": {"text": from_}, "type": "category", "autorange": "reversed"},
        ),
    }


def trend(
    times: Sequence[Any], series: Mapping[str, Sequence[Any]], *, label: str, unit: str, title: str
) -> Mapping[str, Any] | None:
    """Lines over time, the last value labelled; None with fewer than two points."""
    if len(times) < 2:
        return None
    lines = [
        {
            "type": "scatter", "mode": "lines+markers", "name": name, "x": [str(time) for time in times],
            "y": [_number(value) for value in values],
        }
        for name, values in series.items()
    ]  # fmt: skip
    layout = _layout(
        title,
        xaxis={"type": "date"},
        yaxis={"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK.get(unit, "")},
    )
    return {"data": lines, "layout": layout | {"showlegend": len(lines) > 1}}


def forecast(
    past: Sequence[tuple[Any, Any]], ahead: Sequence[Sequence[Any]], *, label: str, title: str
) -> Mapping[str, Any]:
    """The past as a line, the forecast dashed within its interval; ``ahead`` has time, expected, low, high."""
    times = [str(row[0]) for row in ahead]
    joined = [str(past[-1][0]), *times]
    last = _number(past[-1][1])
    band = {
        "type": "scatter", "mode": "lines", "name": "80 % interval", "fill": "toself", "line": {"width": 0},
        "x": [*times, *times[::-1]], "hoverinfo": "skip", "fillcolor": "rgba(0, 114, 178, 0.18)",
        "y": [*(_number(row[3]) for row in ahead), *(_number(row[2]) for row in reversed(ahead))],
    }  # fmt: skip
    lines = [
        {"type": "scatter", "mode": "lines+markers", "name": label, "x": [str(time) for time, _ in past],
         "y": [_number(value) for _, value in past], "line": {"color": PALETTE[0]}},
        {"type": "scatter", "mode": "lines+markers", "name": "expected", "x": joined,
         "y": [last, *(_number(row[1]) for row in ahead)], "line": {"color": PALETTE[0], "dash": "dash"}},
    ]  # fmt: skip
    yaxis = {"title": {"text": label}, "rangemode": "tozero", "tickformat": _TICK["currency"]}
    return {
        "data": [band, *lines],
        "layout": _layout(title, xaxis={"type": "date"}, yaxis=yaxis) | {"showlegend": True},
    }


def waterfall(
    steps: Sequence[tuple[str, float]], *, base: float, title: str, start: str = "Average borrower", end: str = "Score"
) -> Mapping[str, Any]:
    """Points: from the base through each concept to the score."""
    bars = {
        "type": "waterfall", "orientation": "v", "measure": ["absolute", *["relative"] * len(steps), "total"],
        "x": [start, *[name for name, _ in steps], end],
        "y": [base, *[points for _, points in steps], 0],
        "decreasing": {"marker": {"color": PALETTE[5]}}, "increasing": {"marker": {"color": PALETTE[2]}},
        "totals": {"marker": {"color": CONTEXT}}, "texttemplate": "%{delta:+.0f}",
    }  # fmt: skip
    layout = _layout(title, xaxis={"automargin": True}, yaxis={"title": {"text": "points"}})
    return {"data": [bars], "layout": layout}


def reliability(
    predicted: Sequence[float], observed: Sequence[float], counts: Sequence[int], *, title: str
) -> Mapping[str, Any] | None:
    """Observed over predicted rates with the diagonal; None without points."""
    if not predicted:
        return None
    end = max(*predicted, *observed, 0.01)
    points = {
        "type": "scatter", "mode": "markers+lines", "x": list(predicted), "y": list(observed),
        "text": [f"{count} borrowers" for count in counts], "marker": {"color": PALETTE[0], "size": 8},
        "hovertemplate": "predicted %{x:.1%}, observed %{y:.1%}, %{text}<extra></extra>",
    }  # fmt: skip
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, end],
        "y": [0, end],
        "line": {"color": CONTEXT, "dash": "dot"},
    }
    layout = _layout(
        title,
        xaxis={"title": {"text": "predicted"}, "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"title": {"text": "observed"}, "tickformat": ".0%", "rangemode": "tozero"},
    )
    return {"data": [diagonal, points], "layout": layout}
