"""The one connection that changes the books, and what a query returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.schema import TABLES, Table

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """What a query returned: ``columns`` are (name, DuckDB type)."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


class Writer:
    """The one connection that changes the books: a draft of them, that is published whole or not at all."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._backend: Any = None

    @property
    def backend(self) -> Any:
        """The Ibis backend over this connection."""
        if self._backend is None:
            from analytics.engine import ibis_backend

            self._backend = ibis_backend(self.connection)
        return self._backend

    def execute(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """Run one statement."""
        cursor = self.connection.execute(sql, parameters)
        columns = tuple((column[0], str(column[1])) for column in cursor.description or ())
        return Rows(columns, cursor.fetchall())

    def table(self, schema: str, name: str) -> ibis.Table:
        """``books.<schema>.<name>`` as an Ibis table."""
        return self.backend.table(name, database=("books", schema))

    def replace(self, qualified: str, expression: ibis.Table | str, sort_by: Sequence[str] = ()) -> None:
        """Make ``books.<qualified>`` anew from an expression, its rows in the order of ``sort_by``."""
        select = expression if isinstance(expression, str) else self.backend.compile(expression)
        order = f" ORDER BY {', '.join(sort_by)}" if sort_by else ""
        self.connection.execute(f"CREATE OR REPLACE TABLE books.{qualified} AS SELECT * FROM ({select}){order}")
        self.settle()  # a table replaced twice in one transaction loses the file of the first time

    def append(self, qualified: str, rows: pa.Table) -> None:
        """Append Arrow rows, matched by column name, in the table's own order."""
        order = next((f" ORDER BY {', '.join(t.sort_by)}" for t in TABLES if t.qualified == qualified), "")
        with self.registered(rows):
            self.connection.execute(f"INSERT INTO books.{qualified} BY NAME SELECT * FROM arriving{order}")

    def append_new(self, table: Table, rows: pa.Table) -> int:
        """Append the rows whose key is not there yet, the first of each key; return how many that were."""
        key = ", ".join(f'"{name}"' for name in table.key)
        books = f"books.{table.qualified}"
        with self.registered(rows):
            there, repeated = self.execute(
                f"SELECT (SELECT count(*) FROM {books}), (SELECT count(*) - count(DISTINCT ({key})) FROM arriving)"
            ).rows[0]
            first = f"SELECT DISTINCT ON ({key}) *" if repeated else "SELECT *"
            unseen = f" ANTI JOIN {books} USING ({key})" if there else ""
            order = ", ".join(table.sort_by)
            self.execute(f"INSERT INTO {books} BY NAME {first} FROM arriving{unseen} ORDER BY {order}")
            return int(self.execute(f"SELECT count(*) FROM {books}").rows[0][0]) - int(there)

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once: its rows in a temporary table of that name, which replaces an earlier one."""
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self.select(expression)}')
        self.settle()
        return self.temporary(name)

    def settle(self) -> None:
        """Commit to the draft what was done so far; readers see nothing of it before the publish.

        The engine reads rows of a transaction that is still open with one thread, committed ones with all.
        """
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """Keep Arrow rows in a temporary table of that name."""
        with self.registered(rows):
            self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM arriving')
        self.settle()
        return self.temporary(name)

    def temporary(self, name: str) -> ibis.Table:
        """The temporary table or view of that name."""
        return self.backend.table(name, database=("temp", "main"))

    def discard(self, prefix: str) -> None:
        """Let go of the temporary tables whose names begin so."""
        held = self.execute(
            "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, ?)", [prefix]
        ).rows
        for (name,) in held:
            self.execute(f'DROP TABLE temp.main."{name}"')

    def insert(self, qualified: str, rows: ibis.Table | str, *, where: str = "") -> int:
        """Append rows of an expression or SELECT, matched by column name, in the table's own order; return how many."""
        order = next((f" ORDER BY {', '.join(t.sort_by)}" for t in TABLES if t.qualified == qualified), "")
        only = f" WHERE {where}" if where else ""
        select = f"SELECT * FROM ({self.select(rows)}){only}{order}"
        return int(self.execute(f"INSERT INTO books.{qualified} BY NAME {select}").rows[0][0])

    def delete(self, qualified: str, rows: ibis.Table) -> int:
        """Take out the rows that agree with a row of ``rows`` in all its columns; return how many."""
        key = ", ".join(f'"{name}"' for name in rows.columns)
        where = f"({key}) IN (SELECT ({key}) FROM ({self.select(rows)}))"
        return int(self.execute(f"DELETE FROM books.{qualified} WHERE {where}").rows[0][0])

    def count(self, expression: ibis.Table) -> int:
        """How many rows an expression has."""
        return int(self.execute(f"SELECT count(*) FROM ({self.select(expression)})").rows[0][0])

    def select(self, expression: ibis.Table | str) -> str:
        """Return the SELECT of an expression; one that is compiled already stays as it is."""
        from analytics.engine import steps_apart

        if isinstance(expression, str):
            return expression
        self.backend._run_pre_execute_hooks(expression)  # tables in memory, which `compile` leaves out
        with steps_apart():
            return str(self.backend.compile(expression))

    @contextmanager
    def registered(self, rows: pa.Table) -> Iterator[None]:
        """Make Arrow rows readable as ``arriving``."""
        self.connection.register("arriving", rows)
        try:
            yield
        finally:
            self.connection.unregister("arriving")

    def arrow(self, expression: ibis.Table) -> pa.Table:
        """The expression's rows as an Arrow table."""
        return self.connection.sql(self.select(expression)).to_arrow_table()

    def frame(self, expression: ibis.Table) -> pd.DataFrame:
        """The expression's rows as a pandas frame."""
        rows: pd.DataFrame = self.connection.sql(self.select(expression)).df()
        return rows

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact about the workspace (currency, name, time zone …)."""
        self.execute("DELETE FROM books.meta.workspace WHERE key = ?", [key])
        self.execute("INSERT INTO books.meta.workspace VALUES (?, ?)", [key, value])
