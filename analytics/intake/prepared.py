"""The statements that enrich postings, compiled and planned once, over whatever postings are at hand.

A statement planned over empty tables must not know that they were: the engine would keep what it saw in their columns'
statistics as if it held for ever. So statistics take no part in plans here; a test holds the values to the intake's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analytics.schema import CORRECTIONS, RAW_POSTINGS, Table, arrow_schema

if TYPE_CHECKING:
    import ibis

Row = Mapping[str, Any]
KEYS = ("counterparty", "vpa")


class Prepared:
    """An engine in memory that holds nothing but the rows at hand, for one caller at a time."""

    def __init__(self) -> None:
        from analytics.engine import passing_backend, steps_apart
        from analytics.intake.steps import transactions
        from analytics.pipeline.enrich import finished, parsed
        from analytics.pipeline.enrichment.parties import parties_of

        self._backend: Any = passing_backend(threads=1, memory="512MB")
        self._connection = self._backend.con
        self._turn = threading.Lock()
        for name, table in (("coming", RAW_POSTINGS), ("corrections", CORRECTIONS)):
            self._connection.execute(f"CREATE TABLE {name} ({table.ddl})")
        with steps_apart():
            reading = self._backend.compile(parsed(self.table("coming")))
            self._connection.execute(f"CREATE TABLE said AS {reading} LIMIT 0")
            self._connection.register("nobody", parties_of(_no_keys()))
            self._connection.execute("CREATE TABLE parties AS SELECT * FROM nobody")
            self._connection.unregister("nobody")
            tables = [self.table(name) for name in ("said", "parties", "corrections")]
            finishing = self._backend.compile(transactions(finished(*tables)))
        self._connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        self._connection.execute(f"PREPARE reading AS INSERT INTO said BY NAME {reading}")
        self._connection.execute(f"PREPARE finishing AS {finishing}")

    def table(self, name: str) -> ibis.Table:
        """One of its tables: ``coming``, ``parties`` or ``corrections``, for expressions over them."""
        found: ibis.Table = self._backend.table(name)
        return found

    def empty(self, table: Table) -> ibis.Table:
        """A canonical table without rows, for expressions over it."""
        with self._turn:
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({table.ddl})")
        return self.table(table.name)

    def correct(self, corrections: Iterable[Row]) -> None:
        """Hold what people corrected, from now on."""
        with self._turn:
            self._fill("corrections", CORRECTIONS, corrections)

    def keyed(self, table: ibis.Table, key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
        """What an expression over the corrections gives now, by its key."""
        with self._turn:
            found = self._rows(self._backend.compile(table))
        return {tuple(row[name] for name in key): row for row in found}

    def enriched(self, postings: Iterable[Row]) -> list[dict[str, Any]]:
        """Enrich postings like `analytics.schema.RAW_POSTINGS`, as an intake of them would; in any order."""
        import pyarrow as pa

        from analytics.pipeline.enrichment.parties import parties_of

        with self._turn:
            self._fill("coming", RAW_POSTINGS, postings)
            self._connection.execute("DELETE FROM said")
            self._connection.execute("EXECUTE reading")
            texts = ", ".join(f"coalesce({name}, '')" for name in KEYS)
            found = self._connection.execute(f"SELECT DISTINCT {texts} FROM said").fetchall()
            columns = [pa.array(each, pa.string()) for each in zip(*found, strict=True)]
            self._put("parties", parties_of(pa.table(columns, names=list(KEYS))))
            return self._rows("EXECUTE finishing")

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        cursor = self._connection.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _fill(self, name: str, table: Table, rows: Iterable[Row]) -> None:
        import pyarrow as pa

        schema = arrow_schema(table)
        kept = [{column: row.get(column) for column in schema.names} for row in rows]
        self._put(name, pa.Table.from_pylist(kept, schema=schema))

    def _put(self, name: str, rows: Any) -> None:
        """Make a table hold these rows alone."""
        self._connection.execute(f"DELETE FROM {name}")
        if rows.num_rows:
            self._connection.register("arriving", rows)
            self._connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM arriving")
            self._connection.unregister("arriving")


def _no_keys() -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array([], pa.string()) for name in KEYS})
