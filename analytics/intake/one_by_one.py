"""Postings enriched, and a month added up, as they come: the declarations of the intake, read once, row by row.

An engine's statement costs tens of milliseconds however few its rows, so the expressions that the intake compiles to
SQL are evaluated in this process (`analytics.rowwise`). Letters beyond ASCII, about whose upper case and blanks engines
have rules of their own, are left to the engine (`analytics.intake.prepared`). Tests hold both to the intake's values.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.schema import CORE, MONEY, RAW_POSTINGS
from governance.group_commit import GroupCommit

if TYPE_CHECKING:
    import ibis

    from analytics.rowwise.relations import Lookup

Row = Mapping[str, Any]
KEYS = ("counterparty", "vpa")
CENT = Decimal("0.01")
#: Names that are known for what they are; of those beyond, the ones met least recently are looked up again.
MOST_PARTIES = 50_000


class _EveryMonth:
    """A timeline of whatever months there are rows of."""

    keys = ("customer_id",)

    def place(self, events: ibis.Table, moment: str) -> ibis.Table:
        """Put each row into the calendar month in which it was known."""
        from analytics.pipeline.periods import calendar_period

        return events.mutate(period=calendar_period(events[moment]))


class OneByOne:
    """What enriches postings and adds months up, for any number of callers at a time.

    Parameters
    ----------
    currency
        The books' main currency.
    """

    def __init__(self, currency: str) -> None:
        from analytics.intake.prepared import Prepared
        from analytics.intake.steps import transactions
        from analytics.pipeline.enrich import finished, parsed
        from analytics.rowwise.relations import RowByRow

        self._engine = Prepared()
        self._through_engine: GroupCommit[_Beyond] = GroupCommit(self._enrich_together)
        self._fixes: list[_Fixes] = []
        coming, parties, corrections = (self._engine.table(name) for name in ("coming", "parties", "corrections"))
        self._enriching = RowByRow(transactions(finished(parsed(coming), parties, corrections)), self._lookup)
        self._adding = RowByRow(self._months(currency), lambda _right, _key: _kind_of)
        self.correct(())
        _party(("XYZZY", ""))  # what is learnt of names is read now, not while somebody waits

    def _months(self, currency: str) -> ibis.Table:
        from analytics.pipeline.aggregate import account_months, customer_months
        from analytics.pipeline.books import Books

        held = {table.name: self._engine.empty(table) for table in CORE}
        names = [each.name for each in fields(Books) if each.name != "currency"]
        timeline: Any = _EveryMonth()
        books = Books(**{name: held[name] for name in names}, currency=currency)
        return customer_months(account_months(books, timeline), ["customer_id", "period"])

    def _lookup(self, right: Any, key: Sequence[str]) -> Lookup:
        """What finds the rows that enriched ones are joined to: who the names are, what people corrected."""
        if right.find(type(self._engine.table("parties").op()))[0].name == "parties":
            return _Parties(right.to_expr()).of
        fixes = _Fixes(right.to_expr(), key)
        self._fixes.append(fixes)
        return fixes.of

    def correct(self, corrections: Iterable[Row]) -> None:
        """Hold what people corrected, from now on."""
        self._engine.correct(corrections)
        for each in self._fixes:
            each.held = self._engine.keyed(each.table, each.key)

    def enriched(self, postings: Sequence[Row]) -> list[dict[str, Any]]:
        """Enrich postings like `analytics.schema.RAW_POSTINGS`, as an intake of them would.

        Returns
        -------
        list of dict
            Rows like `analytics.schema.TRANSACTIONS`, not yet beside other rows, in the order of the postings.
        """
        typed = [_typed(posting) for posting in postings]
        beyond = _Beyond([row for row in typed if not _is_ascii(row)])
        if beyond.rows:
            self._through_engine.add(beyond)
        given = iter(beyond.given)
        return [self._enriching.rows([row])[0] if _is_ascii(row) else next(given) for row in typed]

    def months(self, postings: Sequence[Row], accounts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add up postings of one customer's month by the measures of the monthly table.

        Parameters
        ----------
        postings
            Rows like `analytics.schema.TRANSACTIONS`, that which is looked at last.
        accounts
            Account → kind.

        Returns
        -------
        dict, dict
            Measure → figure of the last posting's month, without it and with it; nothing where there is no row in the
            books' currency.
        """
        rows = [{**row, "account_id": (row["account_id"], accounts[row["account_id"]])} for row in postings]
        read = self._adding.read(rows)
        after, before = self._adding.over(read), self._adding.over(read[:-1])
        month = self._adding.over(read[-1:])
        wanted = month[0]["period"] if month else None
        return _figures(before, wanted), _figures(after, wanted)

    def _enrich_together(self, waiting: Sequence[_Beyond]) -> None:
        """Enrich the postings of all who wait; numbers stand for their ids meanwhile, which may be the same twice."""
        rows = [row for each in waiting for row in each.rows]
        found: list[dict[str, Any]] = [{}] * len(rows)
        for row in self._engine.enriched([{**row, "posting_id": str(at)} for at, row in enumerate(rows)]):
            at = int(row["transaction_id"])
            found[at] = {**row, "transaction_id": rows[at]["posting_id"]}
        for each in waiting:
            each.given, found = found[: len(each.rows)], found[len(each.rows) :]


class _Beyond:
    """Postings of one caller with letters beyond ASCII, and what they became."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.given: list[dict[str, Any]] = []


class _Fixes:
    """Corrections of one scope by the text that they fit."""

    def __init__(self, table: ibis.Table, key: Sequence[str]) -> None:
        self.table, self.key = table, tuple(key)
        self.held: Mapping[tuple[Any, ...], Row] = {}

    def of(self, key: tuple[Any, ...]) -> Row | None:
        """The correction that fits."""
        return self.held.get(key)


class _Parties:
    """Who stands behind a name and an address, remembered as a row of a table over those of the parties."""

    def __init__(self, table: ibis.Table) -> None:
        from analytics.rowwise.relations import RowByRow

        self._table = RowByRow(table)
        self._held: OrderedDict[tuple[Any, ...], Row] = OrderedDict()
        self._keeping = threading.Lock()

    def of(self, key: tuple[Any, ...]) -> Row:
        """Who that is."""
        with self._keeping:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        (found,) = self._table.rows([_party(key)])
        with self._keeping:
            self._held[key] = found
            while len(self._held) > MOST_PARTIES:
                self._held.popitem(last=False)
        return found


def _party(key: tuple[Any, ...]) -> Row:
    import pyarrow as pa

    from analytics.pipeline.enrichment.parties import parties_of

    columns = [pa.array([text], pa.string()) for text in key]
    found: Row = parties_of(pa.table(columns, names=list(KEYS))).to_pylist()[0]
    return found


def _kind_of(key: tuple[Any, ...]) -> Row:
    """The account that a name of `OneByOne.months` stands for: it brings its kind along."""
    ((_, kind),) = key
    return {"kind": kind}


def _figures(months: Iterable[Row], period: int | None) -> dict[str, Any]:
    found = next((month for month in months if month["period"] == period), {})
    return {name: figure for name, figure in found.items() if name not in ("customer_id", "period")}


#: Type of a column → what makes a caller's value one of it.
_TYPED: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        MONEY: lambda value: Decimal(value).quantize(CENT),
        "DATE": lambda value: value.date() if isinstance(value, dt.datetime) else value,
    }
)
_TEXTS = tuple(column.name for column in RAW_POSTINGS.columns if column.type == "VARCHAR")


def _typed(posting: Row) -> dict[str, Any]:
    row = {column.name: posting.get(column.name) for column in RAW_POSTINGS.columns}
    for column in RAW_POSTINGS.columns:
        if column.type in _TYPED and row[column.name] is not None:
            row[column.name] = _TYPED[column.type](row[column.name])
    return row


def _is_ascii(row: Row) -> bool:
    return all(text is None or text.isascii() for name in _TEXTS if (text := row[name]) is not None)
