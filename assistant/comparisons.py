"""Whether a comparison a sentence makes is borne out: more, less, rose, fell, highest, lowest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.evidence import spaced
from assistant.figures import Figure, figures

if TYPE_CHECKING:
    from assistant.evidence import Evidence
    from tools.result import Table

_UP = (
    "higher|more|larger|greater|bigger|above|riskier|longer|older|rose|risen|rises|increased|increases|grew|grown|"
    "climbed|gained"
)
_DOWN = (
    "lower|less|fewer|smaller|below|safer|shorter|younger|fell|fallen|falls|declined|declines|dropped|drops|decreased|"
    "shrank|eased"
)
MOVED = re.compile(rf"(?i)\b(?:(?P<up>{_UP}|up)|(?P<down>{_DOWN}|down))\b[^.]*?\bfrom\b(?P<old>.+?)\bto\b(?P<new>.+)")
THAN = re.compile(rf"(?i)\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b[^.;]*?\bthan\b")
THRESHOLD = re.compile(r"(?i)\bthan\s+(?:[₹$€£]|Rs\.?|INR|about|around)?\s?\d")
MOVEMENT = re.compile(
    r"(?i)\b(?:rose|risen|increased|grew|grown|climbed|fell|fallen|declined|dropped|decreased|shrank|doubled|tripled|"
    r"halved|worsened|improved|deteriorated|than)\b"
)
CLAUSE = re.compile(r"[,;:]\s|\s(?:and|but|while)\s")
#: Columns in which a higher number says less.
PLACES = frozenset({"position", "rank"})
MOST = re.compile(
    r"(?i)\b(?:(?P<up>highest|largest|greatest|biggest|most|riskiest)|(?P<down>lowest|smallest|least|safest))\b"
)


def contradiction(sentence: str, evidence: Evidence) -> str | None:
    """Return what is wrong with the comparison in ``sentence``; None when nothing is, or there is none."""
    if moved := MOVED.search(sentence):
        return _wrong_order(moved["new"], moved["old"], bool(moved["up"]))
    if (than := THAN.search(sentence)) and not THRESHOLD.search(sentence):
        return _wrong_comparison(sentence, than, evidence)
    for clause in CLAUSE.split(sentence):
        most = MOST.search(clause)
        if most and (fault := _wrong_extreme(clause, bool(most["up"]), evidence)):
            return fault
    return _unsupported(sentence, evidence)


def _wrong_order(greater: str, smaller: str, up: bool) -> str | None:
    high, low = _first(greater), _first(smaller)
    if high is None or low is None or high.kind != low.kind or high.value == low.value:
        return None
    return None if (high.value > low.value) == up else "the figures say the opposite"


def _wrong_comparison(sentence: str, than: re.Match[str], evidence: Evidence) -> str | None:
    before, after, up = sentence[: than.end()], sentence[than.end() :], bool(than["up"])
    if _first(before) and _first(after):
        return _wrong_order(before, after, up)
    for table, column in _named_tables(evidence):
        left, right = _row_named(before, table, column), _row_named(after, table, column)
        if left is not None and right is not None:
            compared = zip(_numbers(table, left, sentence), _numbers(table, right, sentence), strict=True)
            borne = any((a > b) == up and a != b for a, b in compared if a is not None and b is not None)
            return None if borne else "no column bears the comparison out"
    return _unsupported(sentence, evidence)


def _wrong_extreme(sentence: str, up: bool, evidence: Evidence) -> str | None:
    for table, column in _named_tables(evidence):
        row = _row_named(sentence, table, column)
        if row is None:
            continue
        columns = zip(*(_numbers(table, other, sentence) for other in range(len(table.rows))), strict=True)
        if not any(_is_extreme(values, row, up) for values in columns):
            return "it is no extreme of its table"
    return None


def _is_extreme(values: Sequence[float | None], row: int, up: bool) -> bool:
    known = [value for value in values if value is not None]
    return values[row] is not None and values[row] == (max(known) if up else min(known))


def _unsupported(sentence: str, evidence: Evidence) -> str | None:
    """A movement or comparison without any figure has to stand in the results or the question in so many words."""
    word = MOVEMENT.search(sentence)
    if word is None or _first(sentence) is not None:
        return None
    if word.group().lower() != "than" and word.group().lower() in evidence.words:
        return None
    return "nothing bears the comparison out"


def _first(text: str) -> Figure | None:
    return next(figures(text), None)


def _named_tables(evidence: Evidence) -> Iterator[tuple[Table, int]]:
    """Tables whose first text column names their rows, with that column."""
    for table in evidence.tables:
        texts = [place for place, column in enumerate(table.columns) if column.type == "text"]
        if texts and 1 < len(table.rows) <= 1_000 and len({row[texts[0]] for row in table.rows}) == len(table.rows):
            yield table, texts[0]


def _row_named(text: str, table: Table, column: int) -> int | None:
    """The one row that ``text`` names; None when it names none, or several."""
    said = spaced(text)
    named = [place for place, row in enumerate(table.rows) if row[column] and spaced(str(row[column])) in said]
    return named[0] if len(named) == 1 else None


def _numbers(table: Table, row: int, sentence: str) -> Sequence[float | None]:
    """A row's numbers, None for the rest; of the columns that ``sentence`` names, where it names any."""
    said = spaced(sentence)
    numeric = [place for place, column in enumerate(table.columns) if column.unit != "text" or column.type != "text"]
    named = [place for place in numeric if spaced(table.columns[place].label) in said]
    return [
        float(value)
        if place in (named or numeric)
        and isinstance(value, int | float | Decimal)
        and table.columns[place].name not in PLACES
        else None
        for place, value in enumerate(table.rows[row])
    ]
