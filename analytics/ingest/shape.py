"""Where the postings stand in one file: which layout its headings are, from which line, which cell tells what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.ingest.layout import IGNORED, Layout, heading_key

#: Delimiters a text file may have, the likelier first.
DELIMITERS = (",", "\t", ";", "|", "~")
#: A heading stands within so many lines.
DEEPEST_HEADING = 120
#: How much one word before the table that speaks for a layout weighs, beside the share of headings it knows.
MARK_WEIGHT = 0.5
USUAL_WEIGHT = 0.25


@dataclass(frozen=True)
class Shape:
    """A layout, found in a file.

    Attributes
    ----------
    layout
        The layout.
    heading_line
        Line of the heading, from 1.
    heading
        Its cells.
    columns
        Role → position of its cell.
    delimiter
        What parts the cells; empty for a workbook.
    score
        How well the headings fit, for choosing between layouts.
    """

    layout: Layout
    heading_line: int
    heading: tuple[str, ...]
    columns: Mapping[str, int]
    delimiter: str
    score: float

    @property
    def width(self) -> int:
        """Number of cells a row has."""
        return max(position for position, name in enumerate(self.heading) if name.strip()) + 1

    def called(self, role: str) -> str:
        """The heading of a role's column, as the file spells it."""
        return self.heading[self.columns[role]].strip()


def cut(line: str, delimiter: str) -> list[str]:
    """Cut one line of a file's head into cells."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    found = re.findall(rf'(?:^|{re.escape(delimiter)})("(?:[^"]|"")*"|[^{re.escape(delimiter)}]*)', line)
    return [cell.strip().removeprefix('"').removesuffix('"').replace('""', '"').strip() for cell in found]


def shapes(rows: Sequence[Sequence[str]], layouts: Sequence[Layout], delimiter: str = "") -> list[Shape]:
    """Return every layout whose heading is among ``rows``, the best fit first."""
    found: list[Shape] = []
    for number, row in enumerate(rows[:DEEPEST_HEADING], start=1):
        if sum(bool(cell.strip()) for cell in row) >= 3:
            before = "\n".join(" ".join(cell for cell in earlier if cell) for earlier in rows[: number - 1])
            fits = (_fit(layout, row, number, delimiter, before) for layout in layouts)
            found += [shape for shape in fits if shape is not None]
        if found:
            break
    return sorted(found, key=lambda shape: -shape.score)


def columns_of(layout: Layout, heading: Sequence[str]) -> dict[str, int]:
    """Return role → position for the headings that ``layout`` knows; a second side column is the balance's."""
    found: dict[str, int] = {}
    for position, cell in enumerate(heading):
        role = layout.role_of(cell)
        if role == "sign" and "sign" in found:
            role = "balance_sign"
        if role and role != IGNORED:
            found.setdefault(role, position)
    return found


def missing(columns: Mapping[str, int]) -> tuple[str, ...]:
    """Return what a table needs to be postings, and does not have."""
    lacking = [] if "date" in columns else ["a date"]
    if not ("amount" in columns or {"debit", "credit"} <= set(columns)):
        lacking.append("an amount, or a debit and a credit column")
    return tuple(lacking)


def _fit(layout: Layout, row: Sequence[str], number: int, delimiter: str, before: str) -> Shape | None:
    columns = columns_of(layout, row)
    if missing(columns) or "narration" not in columns:
        return None
    if "amount" in columns and {"debit", "credit"} <= set(columns):
        del columns["amount"]
    named = [cell for cell in row if cell.strip()]
    known = sum(layout.role_of(cell) is not None for cell in named)
    usual = sum(heading_key(cell) in _usual(layout) for cell in named)
    marked = bool(layout.marks) and re.search(layout.marks, before, re.IGNORECASE) is not None
    score = (known + USUAL_WEIGHT * usual) / len(named) + MARK_WEIGHT * marked
    if known < 0.6 * len(named):
        return None
    return Shape(layout, number, tuple(row), columns, delimiter, round(score, 3))


def _usual(layout: Layout) -> set[str]:
    return {heading_key(names[0]) for names in layout.headings.values()}
