"""The right side: what the selected answer rests on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Answer
from assistant.moving import month_of
from tools.result import Source
from ui.chart_spec import chart_spec
from ui.conversation import arguments_line
from ui.facts import ScreenFacts
from ui.language import day, say
from ui.markup import render
from ui.python_text import ADDRESS, python_text
from ui.reasons import Reasoned, reasons_of
from ui.session import Session, tables_of
from ui.sql_text import pretty
from ui.table_page import Page, View, table_page

#: A source's status → how its badge is coloured.
SOURCE_TONES: dict[str, Literal["good", "warn", "bad"]] = {
    "in force": "good", "draft": "warn", "not yet in force": "warn", "superseded": "bad", "withdrawn": "bad",
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One tab of the evidence: its key, its name, how much it holds."""

    key: str
    name: str
    count: int

    @property
    def label(self) -> str:
        """Name and, where it says something, the count."""
        return f"{say(self.name)} {self.count}" if self.key in ("sql", "sources") and self.count else say(self.name)


@dataclass(frozen=True)
class Draft:
    """A statement that was edited, and why it did not run."""

    sql: str
    refused: str


def evidence_html(session: Session, facts: ScreenFacts, draft: Draft | None = None) -> str:
    """The evidence of the selected answer, or what would stand here.

    Parameters
    ----------
    draft
        A statement that a person edited and that the guard did not let run.
    """
    answer = session.current
    if answer is None:
        return render("evidence_empty.html")
    pages = pages_of(answer, session.views, facts.currency)
    reasons = reasons_of(answer, facts.currency)
    panels = panels_of(answer, pages, reasons)
    return render(
        "evidence.html",
        answer=answer,
        key=f"{session.conversation_id}-{session.selected}",
        panels=panels,
        first="sql"
        if draft
        else next((panel.key for panel in panels if panel.count and panel.key != "receipt"), "receipt"),
        pages=pages,
        chart=chart_spec(answer.chart),
        reasons=reasons,
        statements=[pretty(statement) for statement in answer.sql],
        draft=draft,
        python=python_text(answer.steps),
        address=ADDRESS,
        months=facts.months if answer.steps and answer.status == "answered" else (),
        month=_month(answer, facts),
        facts=facts,
        files=files_of(answer) if facts.takes_files else (),
        tone=lambda source: SOURCE_TONES.get(_words(source.status), ""),
        words=_words,
        validity=validity,
        number=facts.counted,
        arguments=arguments_line,
    )


def _month(answer: Answer, facts: ScreenFacts) -> dt.date | None:
    """The month end that the answer is of, where it can be run as of another."""
    clock = facts.as_of or answer.as_of
    return month_of([{"tool": step.tool, "args": step.args} for step in answer.steps], clock) if clock else None


def files_of(answer: Answer) -> tuple[str, ...]:
    """The kinds of file an answer can be taken along as."""
    if answer.status != "answered" or not answer.receipt_id:
        return ()
    return ("pdf", "xlsx", "csv", "html", "png", "svg") if answer.chart else (
        ("pdf", "xlsx", "csv", "html") if answer.table else ("pdf", "html")
    )  # fmt: skip


def waiting_html() -> str:
    """The shape of the evidence while its answer is on the way."""
    return render("evidence_waiting.html")


def pages_of(answer: Answer, views: dict[int, View], currency: str) -> list[Page]:
    """The windows of the answer's tables."""
    return [table_page(table, views.get(place, View()), currency) for place, table in enumerate(tables_of(answer))]


def panels_of(answer: Answer, pages: list[Page], reasons: list[Reasoned]) -> list[Panel]:
    """The tabs in their order; Why stands there only when there are reasons."""
    panels = [
        Panel("table", "Table", len(pages)),
        Panel("chart", "Chart", int(bool(answer.chart))),
        Panel("why", "Why", len(reasons)),
        Panel("sql", "SQL", len(answer.sql)),
        Panel("sources", "Sources", len(answer.sources)),
        Panel("receipt", "Receipt", 1),
    ]
    return [panel for panel in panels if panel.count or panel.key != "why"]


def validity(source: Source) -> str:
    """From when to when a source holds, in words."""
    start, end = source.effective_from, source.effective_to
    if start and end:
        return say("{start} to {end}", start=day(start), end=day(end))
    if start:
        return say("from {day}", day=day(start))
    return say("until {day}", day=day(end)) if end else ""


def _words(status: str) -> str:
    return status.replace("_", " ").strip().lower()
