"""Rows of the books in memory, in columns, found by a key: for what is asked of one customer after the other.

A look-up in the lake opens files, some 20 ms each time however few the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.principal import Principal
    from tools.workspace import Workspace

#: With more rows than these, each key is looked up in the books.
MOST_ROWS = 2_000_000


class Grouped:
    """A table in the order of its key.

    Parameters
    ----------
    key
        Name of a column of text by which the rows lie together.
    """

    def __init__(self, table: pa.Table, key: str) -> None:
        self._table = table
        self._places = _places(table, key)

    def of(self, value: str) -> list[dict[str, Any]]:
        """The rows of one key, in the table's order."""
        place = self._places.get(value)
        found: list[dict[str, Any]] = [] if place is None else self._table.slice(*place).to_pylist()
        return found


def grouped(workspace: Workspace, principal: Principal, rows: str, key: str) -> Grouped | None:
    """Rows of the books grouped by a key, kept until the next publish; None where they are too many.

    Parameters
    ----------
    rows
        A SELECT, as Munshi itself writes it.
    """
    return workspace.remember(principal, f"grouped by {key}: {rows}", lambda: _read(workspace, principal, rows, key))


def _read(workspace: Workspace, principal: Principal, rows: str, key: str) -> Grouped | None:
    if workspace.query(principal, f"SELECT count(*) FROM ({rows})").rows[0][0] > MOST_ROWS:
        return None
    seconds = workspace.settings.statement_seconds
    table = workspace.reader(principal).table(f"SELECT * FROM ({rows}) ORDER BY {key}", seconds=seconds)
    return Grouped(table, key)


def _places(table: pa.Table, key: str) -> Mapping[str, tuple[int, int]]:
    """Key → where its rows begin, and how many there are."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return {}
    runs = pc.run_end_encode(table[key].combine_chunks())
    ends = runs.run_ends.to_pylist()
    begins = [0, *ends[:-1]]
    values = runs.values.to_pylist()
    return {value: (begin, end - begin) for value, begin, end in zip(values, begins, ends, strict=True)}
