"""What may be said: every figure, date, word and source of the results, the calls and the question."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.dates import Period, periods
from assistant.figures import Figure, Kind, figures
from assistant.orders import is_order, without_orders

if TYPE_CHECKING:
    from assistant.calls import Call
    from tools.result import Source, Table

#: Rows of a table whose cells a sentence may lean on; further ones are on screen, not in prose.
ROWS = 1_000
SLACK = 1e-9

#: Words in a fact's name that call it an extreme.
HIGHEST = frozenset(("highest", "max", "maximum", "largest", "most", "top", "peak"))
LOWEST = frozenset(("lowest", "min", "minimum", "smallest", "least", "cutoff"))

IDENTIFIER = re.compile(r"[A-Za-z]\w*")
WORD = re.compile(r"\w+(?:[-/.&'’]\w+)*")

#: Kind a figure is written as → pools of evidence it may come from, and what their values are multiplied by.
POOLS: Mapping[Kind, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "percent": (("fraction", 1.0), ("bare", 1.0), ("bare", 0.01), ("percentage", 0.01)),
        "points": (("fraction", 1.0), ("bare", 1.0), ("bare", 0.01), ("percentage", 0.01)),
        "currency": (("money", 1.0), ("bare", 1.0)),
        "times": (("bare", 1.0),),
        "ordinal": (("number", 1.0), ("bare", 1.0)),
        "plain": (("number", 1.0), ("money", 1.0), ("fraction", 1.0), ("bare", 1.0), ("percentage", 1.0)),
    }
)
#: Unit of a fact or column → pool. Points and scores may be written as percentages (a percentile), text is anything.
UNIT_POOLS: Mapping[str, str] = MappingProxyType(
    {"currency": "money", "percent": "fraction", "ratio": "bare", "points": "percentage", "text": "bare"}
)
KIND_POOLS: Mapping[Kind, str] = MappingProxyType(
    {"currency": "money", "percent": "fraction", "points": "fraction", "plain": "bare"}
)


class Pool:
    """Numbers to look a figure up in."""

    def __init__(self) -> None:
        self._numbers: dict[str, set[float]] = defaultdict(set)
        self._sorted: dict[str, list[float]] = {}

    def add(self, pool: str, value: float) -> None:
        """Put a number in; its sign is dropped, since a fall by 5 and a change of −5 say the same."""
        self._numbers[pool].add(abs(value))
        self._sorted.pop(pool, None)

    def add_text(self, text: str) -> None:
        """Put the figures of a text in."""
        for figure in figures(text):
            self.add(KIND_POOLS.get(figure.kind, "number"), figure.value)

    def holds(self, figure: Figure) -> bool:
        """Whether ``figure`` is one of the numbers, as rounded as it is written."""
        return any(
            self._near(pool, abs(figure.value) / factor, figure.half / factor) for pool, factor in POOLS[figure.kind]
        )

    def _near(self, pool: str, value: float, half: float) -> bool:
        if pool not in self._sorted:
            self._sorted[pool] = sorted(self._numbers[pool])
        numbers = self._sorted[pool]
        slack = half + SLACK * max(1.0, value)
        place = bisect_left(numbers, value - slack)
        return place < len(numbers) and numbers[place] <= value + slack


def pool_of(unit: str, values: Iterable[float]) -> Pool:
    """The numbers of one column, as figures of a text are looked up."""
    pool = Pool()
    for value in values:
        pool.add(UNIT_POOLS.get(unit, "number"), value)
    return pool


@dataclass
class Evidence:
    """Everything a sentence may rest on.

    Attributes
    ----------
    anywhere
        Figures of facts, titles, arguments, warnings, passages and the question.
    cells
        Figures of tables, row by row under what names the row: a customer id, or a unique first text.
    highest, lowest
        Figures of facts that are called so.
    """

    anywhere: Pool = field(default_factory=Pool)
    cells: Pool = field(default_factory=Pool)
    rows: dict[str, Pool] = field(default_factory=lambda: defaultdict(Pool))
    days: set[dt.date] = field(default_factory=set)
    spans: list[Period] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    citations: set[str] = field(default_factory=set)
    passages: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    highest: Pool = field(default_factory=Pool)
    lowest: Pool = field(default_factory=Pool)
    _unread: list[Table] = field(default_factory=list)

    def add_text(self, text: str) -> None:
        """Let a sentence repeat what a text says, but for what reads like an order."""
        text = without_orders(text)
        self.anywhere.add_text(text)
        self.spans += periods(text)
        self.add_words(text)
        self._add_phrase(text)

    def _add_phrase(self, text: str) -> None:
        """Let a sentence repeat a short text with a figure in it as it stands, or with spaces for underscores."""
        spaced = text.replace("_", " ")
        if len(text) <= 200 and next(figures(spaced), None):
            self.phrases |= {text.casefold(), spaced.casefold()}

    def add_words(self, text: str) -> None:
        """Let a sentence use the words of a text."""
        self.words.update(folded_words(text))

    def add_value(self, value: Any, unit: str, *pools: Pool) -> None:
        """Let a sentence say a fact's or a cell's value."""
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int | float | Decimal):
            for pool in pools:
                pool.add(UNIT_POOLS.get(unit, "number"), float(value))
        elif isinstance(value, dt.date):
            self.days.add(value.date() if isinstance(value, dt.datetime) else value)
        elif isinstance(value, Mapping):
            self.add_value(list(value.values()), unit, *pools)
        elif isinstance(value, list | tuple):
            for each in value:
                self.add_value(each, unit, *pools)
        else:
            self._add_string(str(value), pools)

    def _add_string(self, text: str, pools: Sequence[Pool]) -> None:
        if is_order(text):  # a name or narration that is one in part is none in full
            return
        self.add_words(text)
        self._add_phrase(text)
        if any(sign.isdigit() for sign in text) and not IDENTIFIER.fullmatch(text):
            self.spans += periods(text)
            for pool in pools:
                pool.add_text(text)

    def extremes(self, name: str) -> tuple[Pool, ...]:
        """The pools of highest and lowest figures that a fact of this name belongs to."""
        words = set(name.split("_"))
        return tuple(pool for pool, said in ((self.highest, HIGHEST), (self.lowest, LOWEST)) if words & said)

    def add_table(self, table: Table) -> None:
        """Let a sentence use a table: its size and labels at once, its first thousand rows when `read_tables` is."""
        self.tables.append(table)
        self._unread.append(table)
        self.anywhere.add("number", len(table.rows))
        self.add_words(" ".join((table.title, *(f"{column.name} {column.label}" for column in table.columns))))

    def read_tables(self) -> bool:
        """Read the rows of tables not read yet, which most sentences do without; whether there were any."""
        unread, self._unread = self._unread, []
        for table in unread:
            self._read(table)
        return bool(unread)

    def _read(self, table: Table) -> None:
        named = _naming_columns(table)
        for row in (*table.rows[:ROWS], *table.rows[max(ROWS, len(table.rows) - 1) :]):  # an order has two ends
            keys = [" ".join(key_words(str(row[place]))) for place in named if row[place] is not None]
            pools = (self.cells, *(self.rows[key] for key in keys)) if keys else (self.cells, self.anywhere)
            for column, value in zip(table.columns, row, strict=True):
                self.add_value(value, column.unit, *pools)

    def add_source(self, source: Source) -> None:
        """Let a sentence quote a passage and cite it."""
        for text in (source.quote, source.title, source.section, source.status):
            self.add_text(text)
        self.passages.append(spaced(without_orders(source.quote)))
        self.days.update(day for day in (source.effective_from, source.effective_to) if day)
        self.citations.update(
            name.casefold() for name in (source.id, f"{source.id}#{source.section}", f"{source.title}#{source.section}")
        )

    def dated(self, period: Period) -> bool:
        """Whether a day or period of the results is the one a sentence names, or lies within it."""
        return any(period.holds(day) for day in self.days) or any(
            period.holds(span.first) and period.holds(span.last) and (not span.yearless or period.yearless)
            for span in self.spans
        )


def folded_words(text: str) -> set[str]:
    """The words of a text in lower case, compound ones whole and in parts."""
    folded = text.casefold()
    whole = WORD.findall(folded) + WORD.findall(folded.replace("_", " "))
    return {part for word in whole for part in (word, *re.split(r"[-/.&'’]", word))}


def evidence_of(calls: Iterable[Call], *texts: str) -> Evidence:
    """Collect what the calls brought, and ``texts`` (the question, say)."""
    evidence = Evidence()
    for text in texts:
        evidence.add_text(text)
    for call in calls:
        result = call.result
        for text in (
            call.tool,
            result.title,
            *result.warnings,
            *result.model_versions,
            *result.model_versions.values(),
        ):
            evidence.add_text(text)
        for name, value in _flat(call.args):
            evidence.add_words(name)
            evidence.add_value(value, "text", evidence.anywhere)
            evidence.days |= _eves(value)
        for name, fact in result.facts.items():
            evidence.add_text(name.replace("_", " "))
            evidence.add_value(fact.value, fact.unit, evidence.anywhere, *evidence.extremes(name))
            if isinstance(fact.value, str) and not is_order(fact.value):
                evidence.add_text(fact.value)
        for table in (result.table, *result.tables):
            if table is not None:
                evidence.add_table(table)
        for source in result.sources:
            evidence.add_source(source)
        evidence.add_value(result.as_of, "date")
    return evidence


def _flat(args: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in args.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        yield name, value


def _eves(value: Any) -> set[dt.date]:
    """The day before a date given as an argument: the last day of a period that ends before it."""
    if not isinstance(value, str):
        return set()
    return {period.first - dt.timedelta(days=1) for period in periods(value) if period.first == period.last}


def key_words(text: str) -> list[str]:
    """The words of a text as rows are named by, underscores and other signs left out."""
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", text.casefold()))


def spaced(text: str) -> str:
    """The words and figures of a text in lower case, one space between, one at each end: for finding it in another."""
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return f" {words} "


def _naming_columns(table: Table) -> list[int]:
    """Columns that name a row: identifiers, and the first text column when no value of it occurs twice."""
    places = [place for place, column in enumerate(table.columns) if column.name.endswith("_id")]
    texts = [place for place, column in enumerate(table.columns) if column.type == "text"]
    if not places and texts:
        values = [row[texts[0]] for row in table.rows[:ROWS]]
        places = texts[:1] if len(set(map(str, values))) == len(values) else []
    return places
