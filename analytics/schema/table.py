"""What a table of the books is declared as."""

from __future__ import annotations

from dataclasses import dataclass

from governance.personal_data import PERSONAL_COLUMNS

MONEY = "DECIMAL(18,2)"


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB type and meaning."""

    name: str
    type: str
    description: str

    @property
    def personal(self) -> bool:
        """Whether the column holds personal data."""
        return self.name in PERSONAL_COLUMNS


@dataclass(frozen=True)
class Table:
    """One canonical table. ``sort_by`` is the order its rows are stored in."""

    schema: str
    name: str
    description: str
    key: tuple[str, ...]
    sort_by: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def qualified(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def ddl(self) -> str:
        """The columns as they stand in CREATE TABLE."""
        return ", ".join(f'"{column.name}" {column.type}' for column in self.columns)


def declared(name: str, description: str, key: str, sort_by: str, columns: str, schema: str = "core") -> Table:
    """Declare a table; ``columns`` has a line for each: name, type and meaning, parted by bars."""
    rows = [line.split("|") for line in columns.strip().splitlines()]
    return Table(
        schema,
        name,
        description,
        tuple(key.split()),
        tuple(sort_by.split()),
        tuple(Column(a.strip(), b.strip(), c.strip()) for a, b, c in rows),
    )
