"""Answers made for who looks, as pages draw them: the text, a chart or the first rows, and why where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ui.chart_spec import ChartSpec, chart_spec
from ui.pages.troubles import Trouble
from ui.pages.visit import ask
from ui.sql_text import pretty
from ui.table_page import Page, View, table_page

if TYPE_CHECKING:
    from assistant.answer import Answer
    from ui.pages.acting import Offered

#: Pixels that such a chart is high, at least and at most, and what each bar that lies on its side takes.
LEAST, MOST, BAR = 224, 560, 17
#: Status → what stands in the answer's place.
_INSTEAD: Mapping[str, tuple[Literal["locked", "unavailable"], str]] = {
    "refused": ("locked", "Not within your permissions"),
    "failed": ("unavailable", "Not available here"),
    "abstained": ("unavailable", "Not available here"),
}


@dataclass(frozen=True)
class Made:
    """One answer as the template draws it."""

    key: str
    question: str
    beside: str
    ask: str
    acts: tuple[Offered, ...] = ()
    answer: Answer | None = None
    chart: ChartSpec | None = None
    table: Page | None = None
    sql: tuple[str, ...] = ()
    trouble: Trouble | None = None
    height: int = LEAST


def made(
    key: str, asked: str, answer: Answer | Trouble, currency: str, *, beside: str, rows: int,
    question: str = "", acts: tuple[Offered, ...] = (),
) -> Made:  # fmt: skip
    """Draw an answer, or what stands in its place.

    Parameters
    ----------
    asked
        The question as Ask is asked it.
    question
        As it is shown, where there is no answer that says it.
    rows
        Rows of its table that are shown.
    """
    if isinstance(answer, Trouble):
        return Made(key, question, beside, ask(asked), acts, trouble=answer)
    if answer.status != "answered":
        kind, title = _INSTEAD[answer.status]
        return Made(key, answer.question, beside, ask(asked), acts, trouble=Trouble(kind, title, answer.text))
    first = answer.table.model_copy(update={"rows": answer.table.rows[:rows]}) if answer.table else None
    return Made(
        key, answer.question, beside, ask(asked), acts, answer, chart_spec(answer.chart),
        table_page(first, View(), currency) if first else None, tuple(pretty(each) for each in answer.sql),
        height=_height(answer.chart or {}),
    )  # fmt: skip


def _height(chart: Mapping[str, Any]) -> int:
    """High enough for every bar that lies on its side to be named."""
    bars = [len(trace.get("y") or ()) for trace in chart.get("data") or () if trace.get("orientation") == "h"]
    return min(max(LEAST, 64 + BAR * max(bars, default=0)), MOST)
