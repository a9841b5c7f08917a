"""Whether two feature builds wrote the same: every column of every table, by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.warehouse import Writer
    from benchmarks.feature_books import FeatureBooks

#: Munshi's table → the one made by hand, and the key of both.
PAIRS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "core.loan_status": ("by_hand.loan_status", ("loan_id", "as_of")),
        "features.monthly": ("by_hand.monthly", ("customer_id", "period")),
        "features.customer_monthly": ("by_hand.customer_monthly", ("customer_id", "as_of")),
    }
)
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Difference:
    """What comparing one column said.

    Attributes
    ----------
    values
        Rows compared.
    unequal
        Rows that differ by more than `TOLERANCE` of the larger (or absolutely under 1), or in being NULL.
    """

    table: str
    column: str
    values: int
    unequal: int
    example: str = ""

    @property
    def same(self) -> bool:
        """Whether every value is the same."""
        return self.unequal == 0

    def __str__(self) -> str:
        return f"{self.table}.{self.column} in {self.unequal:,} of {self.values:,} rows {self.example}".rstrip()


def differences(books: FeatureBooks) -> list[Difference]:
    """Compare the tables of both sides, which lie in the same books."""
    with books.workspace.lake.writer("comparing the benchmark's tables") as writer:
        return [found for table, (other, key) in PAIRS.items() for found in compared(writer, table, other, key)]


def compared(writer: Writer, table: str, other: str, key: tuple[str, ...]) -> list[Difference]:
    """Return a `Difference` for each column of either table, and one for the keys themselves."""
    ours, theirs = _columns(writer, table), _columns(writer, other)
    shared = [name for name in ours if name in theirs and name not in key]
    rows, keys_alone, *unequal = writer.execute(
        _comparison(table, other, key, {name: ours[name] for name in shared})
    ).rows[0]
    missing = [name for name in {**ours, **theirs} if name not in shared and name not in key]
    return [
        Difference(table, "/".join(key), rows, keys_alone),
        *(Difference(table, name, rows, count) for name, count in zip(shared, unequal, strict=True)),
        *(Difference(table, name, rows, rows, "(one side lacks it)") for name in missing),
    ]


def _comparison(table: str, other: str, key: tuple[str, ...], columns: Mapping[str, str]) -> str:
    """Return a SELECT of one row: rows, keys on one side only, and for each column the rows that differ."""
    counts = [f"count_if({_differs(name, type_)})" for name, type_ in columns.items()]
    alone = f"count_if(ours.{key[0]} IS NULL OR theirs.{key[0]} IS NULL)"
    selected = ", ".join(["count(*)", alone, *counts])
    return f"SELECT {selected} FROM books.{table} AS ours FULL JOIN books.{other} AS theirs USING ({', '.join(key)})"


def _differs(name: str, type_: str) -> str:
    ours, theirs = f'ours."{name}"', f'theirs."{name}"'
    if type_ in ("VARCHAR", "DATE"):
        return f"{ours} IS DISTINCT FROM {theirs}"
    gap = f"abs({ours}::DOUBLE - {theirs}::DOUBLE) > {TOLERANCE} * greatest(1, abs({ours}::DOUBLE))"
    return f"(({ours} IS NULL) <> ({theirs} IS NULL)) OR coalesce({gap}, false)"


def _columns(writer: Writer, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in writer.execute(f"DESCRIBE books.{table}").rows}
