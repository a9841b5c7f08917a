"""One window of a table: sorted by value over all rows, written cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from assistant.prose.numbers import MISSING
from tools.result import Column, Table
from ui.theme.figures import ColumnStyle, column_style, typed

PAGE_ROWS = 500
#: Rows, as the tool gave them, that decide how a column is written.
JUDGED_ROWS = 5_000
Tone = Literal["good", "warn", "bad", ""]

#: Words of a status column → what they mean for the eye. Everything else stays ink.
TONES: dict[str, Tone] = {
    "very high": "bad", "high": "bad", "npa": "bad", "sma-2": "bad", "written off": "bad",
    "medium": "warn", "moderate": "warn", "sma-1": "warn", "sma-0": "warn",
    "pass": "good", "warn": "warn", "fail": "bad", "ok": "good", "done": "good", "active": "good", "good": "good",  # nosec B105  # results of checks
    "refused": "bad", "failed": "bad", "overdue": "bad", "reported late": "bad", "open": "warn", "revoked": "bad",
    "disabled": "bad", "in force": "good", "given": "good", "withdrawn": "bad",
    "low": "good", "very low": "good", "standard": "good",
}  # fmt: skip
_STATUS_COLUMNS = frozenset({"band", "sma_class", "risk_band", "status", "state", "outcome"})


@dataclass(frozen=True)
class View:
    """What of a table is on screen: sort column, direction, page."""

    sort: str | None = None
    descending: bool = True
    page: int = 0

    def sorted_by(self, column: Column) -> View:
        """The view after a press on a column's heading: one way, the other way, as it came."""
        first = column.type != "text" or column.unit != "text"
        if self.sort != column.name:
            return View(column.name, first)
        return replace(self, descending=not first, page=0) if self.descending == first else View()


@dataclass(frozen=True)
class Heading:
    """A column's head."""

    name: str
    text: str
    numeric: bool
    direction: Literal["ascending", "descending", "none"]


@dataclass(frozen=True)
class Cell:
    """One cell: its text, how it lies, what it opens."""

    text: str
    numeric: bool = False
    missing: bool = False
    long: bool = False
    tone: Tone = ""
    question: str = ""

    @property
    def kind(self) -> str:
        """Its style classes: n for figures, m for missing, long for text that wraps."""
        marks = {"n": self.numeric, "m": self.missing, "long": self.long}
        return " ".join(mark for mark, holds in marks.items() if holds)


@dataclass(frozen=True)
class Page:
    """What the screen draws of a table."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    first: int
    page: int
    pages: int

    @property
    def last(self) -> int:
        """Number of the last row shown, counted from 1."""
        return self.first + len(self.rows) - 1


def table_page(table: Table, view: View, currency: str = "INR") -> Page:
    """Sort all rows, cut the window, write its cells. Lists are left to the Why panel and the file."""
    shown = [place for place, column in enumerate(table.columns) if column.type != "list"]
    rows = sorted_rows(table, view)
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(view.page, 0), pages - 1)
    window = rows[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    judged = table.rows[:JUDGED_ROWS]
    styles = {place: column_style(table.columns[place], (row[place] for row in judged), currency) for place in shown}
    return Page(
        title=table.title,
        headings=tuple(_heading(styles[place], view) for place in shown),
        rows=tuple(tuple(_cell(row[place], styles[place]) for place in shown) for row in window),
        total=len(rows),
        first=page * PAGE_ROWS + 1 if rows else 0,
        page=page,
        pages=pages,
    )


def sorted_rows(table: Table, view: View) -> list[Sequence[Any]]:
    """All rows in the view's order; what is missing comes last either way."""
    place = next((place for place, column in enumerate(table.columns) if column.name == view.sort), None)
    if place is None:
        return list(table.rows)
    column = table.columns[place]
    keyed = [(_key(typed(row[place], column)), row) for row in table.rows]
    present = [pair for pair in keyed if pair[0] is not None]
    alike = len({_kind(key) for key, _ in present}) < 2
    present.sort(key=lambda pair: pair[0] if alike else str(pair[0]), reverse=view.descending)
    return [row for _, row in present] + [row for key, row in keyed if key is None]


def _key(value: Any) -> Any:
    """What a value is sorted by: a number, a moment in UTC, or text as people order it."""
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return str(value).casefold()


def _kind(key: Any) -> type:
    return float if isinstance(key, int | Decimal) else type(key)


def _heading(style: ColumnStyle, view: View) -> Heading:
    direction: Literal["ascending", "descending", "none"] = "none"
    if view.sort == style.column.name:
        direction = "descending" if view.descending else "ascending"
    return Heading(style.column.name, style.heading, style.numeric, direction)


def _cell(value: Any, style: ColumnStyle) -> Cell:
    text = style.write(value)
    if text == MISSING:
        return Cell(MISSING, style.numeric, missing=True, long=style.long)
    name = style.column.name
    if name in _STATUS_COLUMNS:
        return Cell(text, tone=TONES.get(text.casefold(), ""))
    return Cell(text, style.numeric, long=style.long, question=f"Tell me about {text}" if name == "customer_id" else "")
