"""What the columns of tables look like: how full, how various, how large; which are keys, which lead to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "whole", "number", "date", "boolean", "other"]

#: Values of a text column that are kept: with more it is told apart by more than a list can hold.
MOST_VALUES = 200
#: Share of a column's values that must be found in a key before it is taken to lead there.
INCLUDED = 0.9
_KINDS: Mapping[str, Kind] = {
    "VARCHAR": "text", "UUID": "text", "DATE": "date", "TIMESTAMP": "date", "TIMESTAMP WITH TIME ZONE": "date",
    "TIMESTAMP_NS": "date", "TIMESTAMP_MS": "date", "TIMESTAMP_S": "date", "BOOLEAN": "boolean", "DOUBLE": "number",
    "FLOAT": "number", "TINYINT": "whole", "SMALLINT": "whole", "INTEGER": "whole", "BIGINT": "whole",
    "HUGEINT": "whole", "UTINYINT": "whole", "USMALLINT": "whole", "UINTEGER": "whole", "UBIGINT": "whole",
}  # fmt: skip


@dataclass(frozen=True)
class ColumnProfile:
    """One column.

    Attributes
    ----------
    type
        The engine's type.
    filled, distinct
        Rows with a value, and different values.
    low, high
        Smallest and largest value as text.
    values
        Every value with how often it occurs, the most frequent first, of a column of text or whole numbers with few.
    """

    name: str
    type: str
    filled: int
    distinct: int
    low: str | None
    high: str | None
    values: tuple[tuple[str, int], ...] = ()

    @property
    def kind(self) -> Kind:
        """What the values are."""
        return "number" if self.type.startswith("DECIMAL") else _KINDS.get(self.type, "other")


@dataclass(frozen=True)
class TableProfile:
    """One table: ``rows`` and its columns; ``renamed`` tells the columns' own names where they differ."""

    name: str
    original: str
    rows: int
    columns: Mapping[str, ColumnProfile]
    renamed: Mapping[str, str] = field(default_factory=dict)

    def unique(self) -> list[str]:
        """Columns whose every row has a value of its own."""
        return [each.name for each in self.columns.values() if self.rows and each.filled == each.distinct == self.rows]


@dataclass(frozen=True)
class Inclusion:
    """``found`` of the ``distinct`` values of a column occur in a key of another table."""

    left: str
    column: str
    right: str
    key: str
    found: int
    distinct: int

    @property
    def whole(self) -> bool:
        """Whether every value is found."""
        return self.found == self.distinct


def profile_table(connection: Any, relation: str, name: str, original: str, renamed: Mapping[str, str]) -> TableProfile:
    """Return what a table's columns look like: one pass for the counts, one for each column of few values."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    counts = ", ".join(
        f'count("{column}"), count(DISTINCT "{column}"), min("{column}")::VARCHAR, max("{column}")::VARCHAR'
        for column, *_ in described
    )
    rows, *figures = connection.execute(f"SELECT count(*), {counts} FROM {relation}").fetchone()
    columns = {}
    for place, (column, kind, *_) in enumerate(described):
        filled, distinct, low, high = figures[4 * place : 4 * place + 4]
        found = ColumnProfile(column, kind, filled, distinct, low, high)
        if found.kind in ("text", "whole", "boolean") and 0 < distinct <= MOST_VALUES:
            values = connection.execute(
                f'SELECT "{column}"::VARCHAR, count(*) FROM {relation} WHERE "{column}" IS NOT NULL '
                "GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
            found = ColumnProfile(column, kind, filled, distinct, low, high, tuple(values))
        columns[column] = found
    return TableProfile(name, original, rows, columns, dict(renamed))


def inclusions(
    connection: Any, schema: str, tables: Sequence[TableProfile], keys: Mapping[str, str]
) -> list[Inclusion]:
    """Return which columns hold values of other tables' keys.

    Parameters
    ----------
    schema
        Where the tables are, as SQL writes it.
    keys
        Table → its key.
    """
    found = []
    for table in tables:
        for column in table.columns.values():
            if column.kind not in ("text", "whole") or not column.distinct or column.name == keys.get(table.name):
                continue
            for other in tables:
                key = keys.get(other.name)
                if key is None or other is table or other.columns[key].kind != column.kind:
                    continue
                hits = connection.execute(
                    f'SELECT count(DISTINCT l."{column.name}") FROM {schema}."{table.name}" l '
                    f'SEMI JOIN {schema}."{other.name}" r ON l."{column.name}" = r."{key}"'
                ).fetchone()[0]
                if hits >= INCLUDED * column.distinct:
                    found.append(Inclusion(table.name, column.name, other.name, key, hits, column.distinct))
    return found
