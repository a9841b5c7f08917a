"""Small charts as SVG text, for pages and PDFs: no browser and no plotting library is needed to draw them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 480, 240, 36
INK, ACCENT, CONTEXT = "#55606c", "#1f4f8f", "#c3cad3"


def reliability(predicted: Sequence[float], observed: Sequence[float]) -> str:
    """Draw predicted against observed rates, with the line on which they agree."""
    top = max([*predicted, *observed, 1e-9])
    points = [_place(x / top, y / top) for x, y in zip(predicted, observed, strict=True)]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ACCENT}"/>' for x, y in points)
    return _drawn(_path([_place(0, 0), _place(1, 1)], CONTEXT) + dots, f"{top:.0%}", f"{top:.0%}")


def gain(events: Sequence[int]) -> str:
    """Draw the share of events caught by the riskiest tenths, beside the diagonal of a ranking by chance."""
    total, caught, places = max(sum(events), 1), 0, [_place(0, 0)]
    for number, count in enumerate(events, start=1):
        caught += count
        places.append(_place(number / len(events), caught / total))
    return _drawn(_path([_place(0, 0), _place(1, 1)], CONTEXT) + _path(places, ACCENT), "100%", "100%")


def line(values: Sequence[float]) -> str:
    """Draw a series from nothing up."""
    top = max([*values, 1e-9])
    places = [_place(number / max(len(values) - 1, 1), value / top) for number, value in enumerate(values)]
    return _drawn(_path(places, ACCENT), f"{top:.1%}", "")


def bars(weights: Sequence[tuple[str, float]]) -> str:
    """Draw named weights as bars from the left."""
    top, step, left = max([weight for _, weight in weights] or [1.0]) or 1.0, 22, 190
    parts = []
    for place, (name, weight) in enumerate(weights):
        y, length = step * place, (WIDTH - left) * weight / top
        parts.append(
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end" fill="{INK}" font-size="12">{escape(name)}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{length:.1f}" height="14" fill="{ACCENT}"/>'
        )
    return _document("".join(parts), step * max(len(weights), 1))


def _place(x: float, y: float) -> tuple[float, float]:
    return MARGIN + x * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - y * (HEIGHT - 2 * MARGIN)


def _path(places: Sequence[tuple[float, float]], colour: str) -> str:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _drawn(inside: str, top: str, right: str) -> str:
    (left, bottom), (end, above) = _place(0, 0), _place(1, 1)
    frame = _path([(left, above), (left, bottom), (end, bottom)], INK)
    words = (
        f'<text x="{left - 4}" y="{above + 4}" text-anchor="end" fill="{INK}" font-size="11">{escape(top)}</text>'
        f'<text x="{end}" y="{bottom + 16}" text-anchor="end" fill="{INK}" font-size="11">{escape(right)}</text>'
    )
    return _document(frame + words + inside, HEIGHT)


def _document(inside: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"{inside}</svg>"
    )
