"""A chart as the browser draws it: the tool's own spec, every text from data shown as text."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ui.language import say

#: Templates of ours that plotly reads tags in; everything else in a trace is data.
_TEMPLATES = frozenset({"hovertemplate", "texttemplate"})


#: Names of series and axes: ours where the catalogue knows them.
_SENTENCES = frozenset({"name", "text"})
_CODE_WORD = re.compile(r"[a-z]+(_[a-z]+)+")


@dataclass(frozen=True)
class ChartSpec:
    """Title and figure; the title is drawn by the page, so that it wraps."""

    title: str
    figure: str


def chart_spec(chart: Mapping[str, Any] | None) -> ChartSpec | None:
    """The figure as JSON, its title taken out, its data's texts escaped against plotly's own tags."""
    if not chart:
        return None
    layout = dict(chart.get("layout") or {})
    title = layout.pop("title", "")
    text = title.get("text", "") if isinstance(title, Mapping) else title
    data = [_plain(trace) for trace in chart.get("data") or ()]
    return ChartSpec(str(text or ""), json.dumps({"data": data, "layout": _plain(layout)}))


def _plain(value: Any, name: str = "") -> Any:
    """JSON-ready; a NaN becomes a gap, never a word."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, name) for each in value]
    if isinstance(value, str):
        if name in _SENTENCES:
            value = say(value)
        return value if name in _TEMPLATES else _words(value).replace("&", "&amp;").replace("<", "&lt;")
    if isinstance(value, Decimal):
        return _plain(float(value))
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, dt.date) else value


def _words(text: str) -> str:
    """A code word as a person reads it; names of plotly's own have no underscore."""
    return text.replace("_", " ") if _CODE_WORD.fullmatch(text) else text
