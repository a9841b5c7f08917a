"""Postings enriched, and a month added up, as they come: the statements of the intake, compiled and planned once.

A statement planned over empty tables must not know that they were: the engine would keep what it saw in their columns'
statistics as if it held for ever. So statistics take no part in plans here; a test holds the values to the intake's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from analytics.schema import ACCOUNTS, CORE, CORRECTIONS, RAW_POSTINGS, TRANSACTIONS, Table, arrow_schema

if TYPE_CHECKING:
    import ibis

Row = Mapping[str, Any]
KEYS = ("counterparty", "vpa")


class _EveryMonth:
    """A timeline of whatever months there are rows of."""

    keys = ("customer_id",)

    def place(self, events: ibis.Table, moment: str) -> ibis.Table:
        """Put each row into the calendar month in which it was known."""
        from analytics.pipeline.periods import calendar_period

        return events.mutate(period=calendar_period(events[moment]))


class OneByOne:
    """An engine in memory that holds nothing but the rows at hand; one caller enriches while another adds up.

    Parameters
    ----------
    currency
        The books' main currency.
    """

    def __init__(self, currency: str) -> None:
        from analytics.engine import passing_backend, steps_apart
        from analytics.intake.steps import transactions
        from analytics.pipeline.enrich import finished, parsed
        from analytics.pipeline.enrichment.parties import parties_of

        self._backend: Any = passing_backend(threads=1, memory="512MB")
        self._connection = self._backend.con
        self._adding = self._connection.cursor()
        self._enriching_turn, self._adding_turn = threading.Lock(), threading.Lock()
        for name, table in (("coming", RAW_POSTINGS), ("corrections", CORRECTIONS)):
            self._connection.execute(f"CREATE TABLE {name} ({table.ddl})")
        for table in CORE:
            self._connection.execute(f"CREATE TABLE {table.name} ({table.ddl})")
        with steps_apart():
            reading = self._backend.compile(parsed(self._backend.table("coming")))
            self._connection.execute(f"CREATE TABLE said AS {reading} LIMIT 0")
            self._connection.register("nobody", parties_of(_no_keys()))
            self._connection.execute("CREATE TABLE parties AS SELECT * FROM nobody")
            self._connection.unregister("nobody")
            tables = [self._backend.table(name) for name in ("said", "parties", "corrections")]
            finishing = self._backend.compile(transactions(finished(*tables)))
            adding = self._backend.compile(self._months(currency))
        self._connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        self._connection.execute(f"PREPARE reading AS INSERT INTO said BY NAME {reading}")
        self._connection.execute(f"PREPARE finishing AS {finishing}")
        self._adding.execute(f"PREPARE adding AS {adding}")

    def _months(self, currency: str) -> ibis.Table:
        from analytics.pipeline.aggregate import account_months, customer_months
        from analytics.pipeline.books import Books

        names = [each.name for each in fields(Books) if each.name != "currency"]
        books = Books(**{name: self._backend.table(name) for name in names}, currency=currency)
        timeline: Any = _EveryMonth()
        return customer_months(account_months(books, timeline), ["customer_id", "period"])

    def correct(self, corrections: Iterable[Row]) -> None:
        """Hold what people corrected, from now on."""
        with self._enriching_turn:
            self._fill(self._connection, "corrections", CORRECTIONS, corrections)

    def enriched(self, postings: Sequence[Row]) -> list[dict[str, Any]]:
        """Enrich postings like `analytics.schema.RAW_POSTINGS`, as an intake of them would.

        Returns
        -------
        list of dict
            Rows like `analytics.schema.TRANSACTIONS`, not yet beside other rows.
        """
        import pyarrow as pa

        from analytics.pipeline.enrichment.parties import parties_of

        with self._enriching_turn:
            self._fill(self._connection, "coming", RAW_POSTINGS, postings)
            self._connection.execute("DELETE FROM said")
            self._connection.execute("EXECUTE reading")
            texts = ", ".join(f"coalesce({name}, '')" for name in KEYS)
            found = self._connection.execute(f"SELECT DISTINCT {texts} FROM said").fetchall()
            columns = [pa.array(each, pa.string()) for each in zip(*found, strict=True)]
            self._put(self._connection, "parties", parties_of(pa.table(columns, names=list(KEYS))))
            return self._rows(self._connection, "EXECUTE finishing")

    def months(self, postings: Mapping[str, Sequence[Row]], accounts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Add up postings of one month by the measures of the monthly table.

        Parameters
        ----------
        postings
            Name → rows like `analytics.schema.TRANSACTIONS` that are added up together.
        accounts
            Account → kind.

        Returns
        -------
        dict
            Name → measure → figure; a name without a row in the books' currency is left out.
        """
        named = [{**row, "customer_id": name, "account_id": f"{name} {row['account_id']}"}
                 for name, rows in postings.items() for row in rows]  # fmt: skip
        kinds = {f"{name} {row['account_id']}": accounts[row["account_id"]]
                 for name, rows in postings.items() for row in rows}  # fmt: skip
        held = [{"account_id": name, "kind": kind} for name, kind in kinds.items()]
        with self._adding_turn:
            self._fill(self._adding, "transactions", TRANSACTIONS, named)
            self._fill(self._adding, "accounts", ACCOUNTS, held)
            found = self._rows(self._adding, "EXECUTE adding")
        return {str(row.pop("customer_id")): {name: None if value is None else float(value)
                                              for name, value in row.items() if name != "period"}
                for row in found}  # fmt: skip

    def _rows(self, connection: Any, statement: str) -> list[dict[str, Any]]:
        cursor = connection.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _fill(self, connection: Any, name: str, table: Table, rows: Iterable[Row]) -> None:
        import pyarrow as pa

        schema = arrow_schema(table)
        kept = [{column: row.get(column) for column in schema.names} for row in rows]
        self._put(connection, name, pa.Table.from_pylist(kept, schema=schema))

    def _put(self, connection: Any, name: str, rows: Any) -> None:
        """Make a table hold these rows alone."""
        connection.execute(f"DELETE FROM {name}")
        if rows.num_rows:
            connection.register("arriving", rows)
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM arriving")
            connection.unregister("arriving")


def _no_keys() -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array([], pa.string()) for name in KEYS})
