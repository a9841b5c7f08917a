"""Books in memory for as long as they are looked at: the tables of the lake, empty but for what is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analytics.schema import TABLES
from analytics.warehouse import passing_connection
from analytics.writer import Writer

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "1GB"


@contextmanager
def passing_books(tables: Mapping[str, pa.Table]) -> Iterator[Writer]:
    """Open books that hold some rows and are gone afterwards; nothing is written to the workspace.

    Parameters
    ----------
    tables
        Qualified name (``core.transactions``) → rows, matched by column name.
    """
    connection = passing_connection(threads=1, memory=MEMORY)
    try:
        connection.execute("ATTACH ':memory:' AS books")
        for schema in sorted({table.schema for table in TABLES}):
            connection.execute(f"CREATE SCHEMA books.{schema}")
        for table in TABLES:
            connection.execute(f"CREATE TABLE books.{table.qualified} ({table.ddl})")
        connection.execute("BEGIN")
        writer = Writer(connection)
        for qualified, rows in tables.items():
            if rows.num_rows:
                writer.append(qualified, rows)
        yield writer
    finally:
        connection.close()
