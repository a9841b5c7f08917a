"""Rows of the books in memory, in columns, found by a key: for what is asked of one customer after the other.

A look-up in the lake opens files, some 20 ms each time however few the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

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
    then
        Name of a column of moments by which the rows of a key are ordered.
    """

    def __init__(self, table: pa.Table, key: str, then: str | None = None) -> None:
        self._table = table
        self._places = _places(table, key)
        self._moments = None if then is None else table[then].to_numpy()

    def of(self, value: str, *, since: dt.datetime | None = None) -> list[dict[str, Any]]:
        """The rows of one key, in the table's order; where they have moments, those from one on."""
        begin, count = self._places.get(value, (0, 0))
        if since is not None and self._moments is not None:
            early = int(self._moments[begin : begin + count].searchsorted(np.datetime64(since)))
            begin, count = begin + early, count - early
        found: list[dict[str, Any]] = self._table.slice(begin, count).to_pylist() if count else []
        return found


def grouped(workspace: Workspace, principal: Principal, rows: str, key: str, then: str | None = None) -> Grouped | None:
    """Rows of the books grouped by a key, kept until the next publish; None where they are too many.

    Parameters
    ----------
    rows
        A SELECT, as Munshi itself writes it.
    """
    what = f"grouped by {key}, {then}: {rows}"
    return workspace.remember(principal, what, lambda: _read(workspace, principal, rows, key, then))


def _read(workspace: Workspace, principal: Principal, rows: str, key: str, then: str | None) -> Grouped | None:
    if workspace.query(principal, f"SELECT count(*) FROM ({rows})").rows[0][0] > MOST_ROWS:
        return None
    seconds, order = workspace.settings.statement_seconds, key if then is None else f"{key}, {then}"
    table = workspace.reader(principal).table(f"SELECT * FROM ({rows}) ORDER BY {order}", seconds=seconds)
    return Grouped(table, key, then)


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
