"""What a statement says it adds up to: opening and closing balance, sums and numbers of debits and credits.

Banks print it above the table, in rows of the table that are no postings, or below it. Rows with a date are left alone:
they are postings, whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analytics.ingest.shape import Shape, cut

if TYPE_CHECKING:
    from analytics.ingest.tables import Table

_SIDE = {"debit": r"(?:debits?|dr|withdrawals?)", "credit": r"(?:credits?|cr|deposits?)"}
#: What is told → how its label begins. ``{total}`` is optional where a row of labels stands above a row of figures.
_LABELS: Mapping[str, str] = {
    "opening_balance": r"opening bal(?:ance)?",
    "closing_balance": r"closing bal(?:ance)?",
    "debit_count": rf"(?:{_SIDE['debit']}\.? (?:count|nos?)|(?:no\.?|nos\.?|number|count) of {_SIDE['debit']})",
    "credit_count": rf"(?:{_SIDE['credit']}\.? (?:count|nos?)|(?:no\.?|nos\.?|number|count) of {_SIDE['credit']})",
    "debits": rf"{{total}}{_SIDE['debit']}(?: (?:amount|amt\.?|total))?",
    "credits": rf"{{total}}{_SIDE['credit']}(?: (?:amount|amt\.?|total))?",
}
ALONE = {what: re.compile(rf"^\W*{p.format(total='total (?:of )?')}\b", re.IGNORECASE) for what, p in _LABELS.items()}
IN_A_ROW = {
    what: re.compile(rf"^\W*{p.format(total='(?:total (?:of )?)?')}\W*$", re.IGNORECASE) for what, p in _LABELS.items()
}
TOTALS = re.compile(r"^\W*(?:grand |transaction |statement )?totals?\W*$", re.IGNORECASE)
FIGURE = re.compile(r"^\W*?([(-]?)\s*([\d,]+(?:\.\d{1,2})?)\)?\s*(dr|cr)?\W*$", re.IGNORECASE)
DATE = re.compile(r"^\W*\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}\b")
COUNTS = ("debit_count", "credit_count")
#: Bytes at a file's end, and rows of a sheet's, in which a summary is looked for.
TAIL_BYTES, TAIL_ROWS = 16_384, 60


@dataclass(frozen=True)
class Summary:
    """What a statement says of its sums; None where it does not. Debits and credits are positive."""

    opening_balance: Decimal | None = None
    closing_balance: Decimal | None = None
    debits: Decimal | None = None
    credits: Decimal | None = None
    debit_count: int | None = None
    credit_count: int | None = None

    def as_json(self) -> dict[str, str]:
        """Return what is told, as text."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


def summary_of(table: Table) -> Summary:
    """Look for a summary before a table, under its heading, and at the file's end."""
    below = table.grid.head[table.shape.heading_line :]
    found = {**_read(table.before, table.shape), **_read(_until_dated(below, table.shape), table.shape)}
    return Summary(**{**found, **_read(_tail(table), table.shape)})


def _read(rows: Sequence[Sequence[str]], shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, row in enumerate(rows):
        if _dated(row, shape):
            continue
        following = rows[place + 1] if place + 1 < len(rows) else ()
        found |= _labelled(row, following) or _totals(row, shape) or dict(_alone(row))
    return found


def _labelled(row: Sequence[str], figures: Sequence[str]) -> dict[str, Any]:
    """Read labels that stand side by side above their figures."""
    labels = {at: what for at, cell in enumerate(row) for what, label in IN_A_ROW.items() if label.match(cell)}
    values = {what: _figure(what, figures[at]) if at < len(figures) else None for at, what in labels.items()}
    return values if len(labels) >= 2 and None not in values.values() else {}


def _totals(row: Sequence[str], shape: Shape) -> dict[str, Any]:
    """Read a row of totals: what stands under debit and credit."""
    if not any(TOTALS.match(cell) for cell in row):
        return {}
    sides = {"debits": "debit", "credits": "credit"}
    found = {
        what: _figure(what, row[shape.columns[role]])
        for what, role in sides.items()
        if shape.columns.get(role, len(row)) < len(row)
    }
    return found if len(found) == 2 and None not in found.values() else {}


def _alone(row: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Read labels with their figure in the same cell or in the next that has one."""
    for at, cell in enumerate(row):
        for what, label in ALONE.items():
            if hit := label.match(cell):
                rest = [cell[hit.end() :].lstrip(" :-–=\t"), *row[at + 1 :]]
                said = next((each for each in rest if re.search(r"\w", each)), "")
                value = _figure(what, said)
                if value is not None:
                    yield what, value


def _figure(what: str, text: str) -> Any:
    hit = FIGURE.match(re.sub(r"(?i)^\W*(inr|rs\.?|₹)", "", text.strip()))
    if not hit or not re.search(r"\d", text):
        return None
    size = Decimal(hit[2].replace(",", ""))
    if what in COUNTS:
        return int(size) if size == int(size) else None
    negative = hit[1] in ("(", "-") or (hit[3] or "").lower() == "dr"
    return -size if negative and what.endswith("balance") else size


def _dated(row: Sequence[str], shape: Shape) -> bool:
    at = shape.columns["date"]
    return at < len(row) and bool(DATE.match(row[at]))


def _until_dated(rows: Sequence[Sequence[str]], shape: Shape) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    for row in rows:
        if _dated(row, shape):
            break
        found.append(row)
    return found


def _tail(table: Table) -> list[Sequence[str]]:
    """Return the rows after the last dated one among a file's last rows."""
    rows: list[Sequence[str]] = [*_last_rows(table)]
    dated = [place for place, row in enumerate(rows) if _dated(row, table.shape)]
    return rows[dated[-1] + 1 :] if dated else []


def _last_rows(table: Table) -> Sequence[Sequence[str]]:
    if table.grid.rows is not None:
        return table.grid.rows[-TAIL_ROWS:]
    if table.survey.kind != "text" or table.survey.path.suffix == ".gz":
        return ()
    with table.survey.path.open("rb") as file:
        file.seek(max(0, table.survey.bytes - TAIL_BYTES) // 2 * 2)
        text = file.read().decode(table.survey.encoding, errors="replace")
    return [cut(line, table.grid.delimiter) for line in text.splitlines() if line.strip()]
