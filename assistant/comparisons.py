"""Whether a comparison a sentence makes is borne out: more, less, rose, fell, highest, lowest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.evidence import pool_of, spaced
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
#: A movement by a factor: two figures of the sentence have to stand in that ratio.
FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "doubled": 2.0, "doubling": 2.0, "twofold": 2.0, "twice as": 2.0, "twice the": 2.0, "twice that": 2.0,
        "tripled": 3.0, "trebled": 3.0, "threefold": 3.0, "thrice": 3.0, "quadrupled": 4.0, "fourfold": 4.0,
        "fivefold": 5.0, "tenfold": 10.0, "halved": 0.5, "half as": 0.5,
    }
)  # fmt: skip
FACTOR = re.compile(rf"(?i)\b({'|'.join(FACTORS)})\b")
FACTOR_SLACK = 0.1
CLAUSE = re.compile(r"[,;:]\s|\s(?:and|but|while)\s")
#: Columns in which a higher number says less.
PLACES = frozenset({"position", "rank"})
MOST = re.compile(
    r"(?i)\b(?:(?P<up>highest|largest|greatest|biggest|most|riskiest|maximum)|"
    r"(?P<down>lowest|smallest|least|safest|minimum))\b"
)


def contradiction(sentence: str, evidence: Evidence) -> str | None:
    """Return what is wrong with the comparison in ``sentence``; None when nothing is, or there is none."""
    if (factor := FACTOR.search(sentence)) and not _in_ratio(sentence, FACTORS[factor.group().lower()]):
        return "no two figures bear the factor out"
    if moved := MOVED.search(sentence):
        return _wrong_order(moved["new"], moved["old"], bool(moved["up"]))
    if (than := THAN.search(sentence)) and not THRESHOLD.search(sentence):
        return _wrong_comparison(sentence, than, evidence)
    for clause in CLAUSE.split(sentence):
        most = MOST.search(clause)
        if most is None:
            continue
        named = _wrong_extreme(clause, bool(most["up"]), evidence)
        if fault := named or _wrong_figure(clause[most.end() :], bool(most["up"]), evidence):
            return fault
    return _unsupported(sentence, evidence)


def _wrong_order(greater: str, smaller: str, up: bool) -> str | None:
    high, low = _first(greater), _first(smaller)
    if high is None or low is None or high.kind != low.kind or high.value == low.value:
        return None
    return None if (high.value > low.value) == up else "the figures say the opposite"


def _in_ratio(sentence: str, factor: float) -> bool:
    """Whether two figures of one kind stand in a ratio, whichever comes first."""
    said = [figure for figure in figures(sentence) if figure.value > 0]
    return any(
        abs(left.value / right.value / factor - 1) <= FACTOR_SLACK
        for left in said
        for right in said
        if left.kind == right.kind and left is not right
    )


def _wrong_figure(said: str, up: bool, evidence: Evidence) -> str | None:
    """A figure called the highest or lowest that stands in a table has to be that of its column, or a fact's."""
    figure = next((each for each in figures(said) if each.kind in ("currency", "percent")), None)
    if figure is None or (evidence.highest if up else evidence.lowest).holds(figure):
        return None
    found = False
    for table in evidence.tables:
        for place, column in enumerate(table.columns):
            values = [float(row[place]) for row in table.rows if isinstance(row[place], int | float | Decimal)]
            if pool_of(column.unit, values).holds(figure):
                found = True
                if pool_of(column.unit, [max(values) if up else min(values)]).holds(figure):
                    return None
    return "it is no extreme of its column" if found else None


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
    """What is named has to be an extreme of a table it stands in: of one, where several answers name it."""
    named = False
    for table, column in _named_tables(evidence):
        row = _row_named(sentence, table, column)
        if row is None:
            continue
        named = True
        columns = zip(*(_numbers(table, other, sentence) for other in range(len(table.rows))), strict=True)
        if any(_is_extreme(values, row, up) for values in columns):
            return None
    return "it is no extreme of its table" if named else None


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
