"""Rows scored: probability, points and band of each that can be, what is wrong of each that cannot."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tools.batch.reading import ID, Rows

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.models.protocol import Scorer

#: A spreadsheet takes text that begins with one of these for a formula.
FORMULA = r"^[=+\-@\t\r\n]"


def scored(model: Scorer, rows: Rows, first: int) -> pa.Table:
    """Score rows.

    Parameters
    ----------
    first
        Number of the first row in the whole file, from 1.

    Returns
    -------
    pyarrow.Table
        ``row, customer_id, probability, score, band, error``, a row for each.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(rows.ids)
    good = np.flatnonzero(pc.is_null(rows.faults).to_numpy(zero_copy_only=False))
    figures = {name: rows.figures[name].to_numpy() for name in model.features}
    frame = pd.DataFrame(figures, copy=False).iloc[good]
    frame = frame.assign(customer_id="", as_of="")
    found = model.score(frame) if len(frame) else None

    def placed(name: str, kind: Any) -> pa.Array:
        if found is None:
            return pa.nulls(count, kind)
        values = pa.array(found[name].to_numpy(), kind)
        if len(good) == count:
            return values
        place = np.full(count, -1)
        place[good] = np.arange(len(good))
        return values.take(pa.array(place, mask=place < 0))

    return pa.table(
        {
            "row": pa.array(np.arange(first, first + count)), ID: rows.ids,
            "probability": placed("probability", pa.float64()), "score": placed("score", pa.int32()),
            "band": placed("band", pa.string()), "error": rows.faults,
        }
    )  # fmt: skip


def packed(table: pa.Table) -> bytes:
    """A table as bytes to keep."""
    import pyarrow as pa

    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def unpacked(content: bytes) -> pa.Table:
    """Undo `packed`."""
    import pyarrow as pa

    return pa.ipc.open_stream(content).read_all()


def as_csv(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A result as CSV, RFC 4180, no cell of which a spreadsheet would run."""
    import pyarrow.compute as pc
    from pyarrow import csv

    for at, piece in enumerate(pieces):
        table = unpacked(piece)
        ids = table[ID]
        guarded = pc.if_else(pc.match_substring_regex(ids, FORMULA), pc.binary_join_element_wise("'", ids, ""), ids)
        table = table.set_column(table.column_names.index(ID), ID, guarded)
        sink = io.BytesIO()
        csv.write_csv(table, sink, csv.WriteOptions(include_header=at == 0, quoting_style="needed"))
        yield sink.getvalue()


def as_parquet(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A result as one Parquet file, a group of rows for each piece."""
    from pyarrow import parquet

    sink = _Drained()
    writer: Any = None
    for piece in pieces:
        table = unpacked(piece)
        if writer is None:
            writer = parquet.ParquetWriter(sink, table.schema)
        writer.write_table(table)
        yield sink.drained()
    if writer is not None:
        writer.close()
        yield sink.drained()


class _Drained(io.RawIOBase):
    """What is written, to be taken away part by part."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()
        self._gone = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held += content
        return len(content)

    def tell(self) -> int:
        return self._gone + len(self._held)

    def drained(self) -> bytes:
        """Everything written since."""
        content = bytes(self._held)
        self._gone += len(content)
        self._held.clear()
        return content
