"""A database opened beside the books, only to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analytics.outside.profile import Inclusion, TableProfile, inclusions, profile_table
from analytics.outside.reading import outside_tables

SCHEMA = "source"


@dataclass(frozen=True)
class Examined:
    """What a database looks like: its tables, their keys, and which columns hold values of other tables' keys."""

    tables: Sequence[TableProfile]
    keys: Mapping[str, str]
    inclusions: Sequence[Inclusion]


def examine(address: str, key_of: Callable[[TableProfile], str], *, threads: int = 2, memory: str = "2GB") -> Examined:
    """Read every table of ``address`` into memory, and say what it looks like.

    Parameters
    ----------
    key_of
        Names the key of a table, or nothing.

    Raises
    ------
    SourceError
        It cannot be read.
    """
    from analytics.warehouse import passing_connection

    connection = passing_connection(threads=threads, memory=memory)
    try:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        tables = []
        for table in outside_tables(connection, address):
            held = f'{SCHEMA}."{table.name}"'
            connection.execute(f"CREATE TABLE {held} AS {table.select}")
            tables.append(profile_table(connection, held, table.name, table.original, table.renamed))
        keys = {table.name: key for table in tables if (key := key_of(table))}
        return Examined(tables, keys, inclusions(connection, SCHEMA, tables, keys))
    finally:
        connection.close()
