"""A chart as a picture that says whose it is: SVG by our own drawing, PNG of that SVG; no browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from ui.paper.declaration import FOLDER
from ui.paper.drawing import FAINT, FONT, INK, chart_svg
from ui.paper.fonts import Fonts

WIDE, HIGH, MARGIN = 920, 420, 28
#: Letters of a line of the title, and of the small lines below.
TITLE_LINE, SMALL_LINE = 84, 150
#: Picture elements to the inch: twice a screen's.
FINE = 144.0


def chart_picture(chart: Mapping[str, Any], told: Mapping[str, Any], *, currency: str) -> str:
    """The chart as SVG with its title above, and below it as of when, of what, for whom and by which receipt.

    Parameters
    ----------
    told
        A paper's: title, as-of, scope, receipt.
    """
    heading = _lines(str(told["title"]), TITLE_LINE)
    notes = _lines(
        f"As of {told['as_of']} · {told['scope']} · personal data {told['personal']} · books {told['snapshot']} · "
        f"receipt {told['receipt']}", SMALL_LINE,
    )  # fmt: skip
    notes += _lines(f"CONFIDENTIAL · {told['tenant']} · made {told['made']} for {told['by']}", SMALL_LINE)
    top = MARGIN + 24 * len(heading) + 8
    height = top + HIGH + 16 * len(notes) + MARGIN
    parts = [f'<rect width="{WIDE}" height="{height}" fill="#FFFFFF"/>', _mark(str(told["tenant"]), height)]
    parts += [_text(MARGIN, MARGIN + 16 + 24 * place, line, 18, INK, bold=True) for place, line in enumerate(heading)]
    inner = chart_svg(chart, width=WIDE - 2 * MARGIN, height=HIGH - 16, currency=currency)
    parts.append(f'<g transform="translate({MARGIN} {top})">{inner}</g>')
    parts += [_text(MARGIN, top + HIGH + 16 * place + 8, line, 10.5, FAINT) for place, line in enumerate(notes)]
    title = f"<title>{escape(str(told['title']))}</title>"
    size = f'viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}"'
    body = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">{title}{body}</svg>'


def as_png(svg: str, fonts: Fonts) -> bytes:
    """A picture of an SVG."""
    import typst

    made: Any = typst.compile(
        FOLDER / "picture.typ", format="png", ppi=FINE, sys_inputs={"svg": json.dumps(svg)}, **fonts.options
    )
    return made if isinstance(made, bytes) else made[0]


def _mark(tenant: str, height: int) -> str:
    """The watermark, barely there, across the picture."""
    middle = f"translate({WIDE / 2} {height / 2}) rotate(-20)"
    words = escape(f"CONFIDENTIAL · {tenant.upper()}")
    return (
        f'<text transform="{middle}" text-anchor="middle" font-size="52" font-weight="700" fill="#1F4F8F" '
        f'fill-opacity="0.05">{words}</text>'
    )


def _text(x: float, y: float, words: str, size: float, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}>{escape(words)}</text>'


def _lines(text: str, most: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, most) or [""]
