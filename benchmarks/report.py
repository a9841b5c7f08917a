"""What a benchmark hands back: one table, its targets, and notes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Cell = str | int | float | None
Unit = Literal["s", "ms", "×", ""]


@dataclass(frozen=True)
class Target:
    """A figure and the bound it is held to.

    Attributes
    ----------
    limit
        Highest value that is good; the lowest with ``at_least``.
    """

    name: str
    value: float
    limit: float
    unit: Unit
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def text(self) -> str:
        """Return the target as a line."""
        sign = "≥" if self.at_least else "≤"
        verdict = "met" if self.met else "MISSED"
        return f"{verdict:<6}  {self.name}: {shown(self.value)} {self.unit} ({sign} {shown(self.limit)})"


@dataclass(frozen=True)
class Report:
    """The outcome of one benchmark.

    Attributes
    ----------
    rows
        As many cells as ``columns``; a number is shown with a sensible number of digits.
    notes
        Sentences under the table.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    targets: Sequence[Target] = ()
    notes: Sequence[str] = ()
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def text(self) -> str:
        """Return table, targets and notes for a terminal."""
        head = f"{self.name}: {self.title}"
        lines = [head, "─" * len(head), *_aligned(self.columns, self.rows), ""]
        lines += [target.text() for target in self.targets]
        lines += [f"note    {note}" for note in [*self.notes, self._load_note()]]
        return "\n".join([*lines, ""])

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "targets": [{**vars(target), "met": target.met} for target in self.targets],
            "notes": list(self.notes),
            "load": self.load,
        }

    def _load_note(self) -> str:
        return f"load of the machine at the end {self.load:.1f} on {os.cpu_count()} cores"


def shown(cell: Cell) -> str:
    """Return a cell as it is printed: three digits that mean something, thousands parted."""
    if cell is None:
        return ""
    if isinstance(cell, str | int):
        return f"{cell:,}" if isinstance(cell, int) else cell
    digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
    return f"{cell:,.{digits}f}"


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return the lines of a table: words to the left, figures to the right."""
    texts = [list(columns), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(text[place]) for text in texts) for place in range(len(columns))]
    right = [any(isinstance(row[place], int | float) for row in rows) for place in range(len(columns))]
    return [
        "  ".join(
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in texts
    ]
