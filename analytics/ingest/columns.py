"""A large file's rows as columns of text, cut block by block; a line that has another number of cells stays whole."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from analytics.ingest.shape import Shape
from analytics.ingest.survey import Survey

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

#: Bytes that are cut at a time.
BLOCK = 8 << 20
#: Share of a file's first rows that must have one and the same number of cells.
EVEN = 0.8


@dataclass
class Cut:
    """The rows of a file while they are read.

    Attributes
    ----------
    rows
        ``line`` and a text for each cell, ``c0`` on; good for one reading.
    whole
        ``(line, text)`` of the lines with another number of cells; complete once ``rows`` are read.
    """

    rows: ibis.Table
    width: int
    whole: list[tuple[int, str]] = field(default_factory=list)


def even_width(head: Sequence[Sequence[str]], shape: Shape) -> int | None:
    """Return how many cells the rows below the heading have, None where they differ too much."""
    counts = Counter(len(row) for row in head[shape.heading_line :] if row and row != [""])
    if not counts:
        return None
    width, rows = counts.most_common(1)[0]
    return width if rows >= EVEN * counts.total() and width > max(shape.columns.values()) else None


@contextmanager
def cut_columns(survey: Survey, shape: Shape, width: int, backend: Any) -> Iterator[Cut]:
    """Yield the rows below the heading, cut; memory holds a few blocks of them."""
    import ibis
    import pyarrow as pa

    names = [f"c{at}" for at in range(width)]
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in names)])
    name = f"cut_{uuid4().hex}"
    whole: list[tuple[int, str]] = []
    reader = pa.RecordBatchReader.from_batches(schema, _batches(survey, shape, names, whole))
    backend.con.register(name, reader)
    try:
        kinds: dict[str, Any] = {"line": "int64", **dict.fromkeys(names, "string")}
        yield Cut(backend.sql(f'SELECT * FROM "{name}"', schema=ibis.schema(kinds)), width, whole)
    finally:
        backend.con.unregister(name)


def _batches(
    survey: Survey, shape: Shape, names: Sequence[str], whole: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.csv as pc

    def keep(row: Any) -> str:
        whole.append((row.number, row.text))
        return "skip"

    blocks = pc.open_csv(
        survey.path,
        pc.ReadOptions(use_threads=False, block_size=BLOCK, skip_rows=shape.heading_line, column_names=list(names)),
        pc.ParseOptions(delimiter=shape.delimiter, ignore_empty_lines=False, invalid_row_handler=keep),
        pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    line, seen = shape.heading_line, 0
    for block in blocks:
        if block.num_rows:
            numbers = _lines(line, block.num_rows, [number for number, _ in whole[seen:]])
            line = int(numbers[-1])
            seen = bisect_right(whole, line, key=itemgetter(0))
            yield pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), *block.columns], names=["line", *names])


def _lines(before: int, rows: int, without: Sequence[int]) -> Any:
    """Return the numbers of the ``rows`` lines after ``before`` that are not among ``without``.

    The reader is a block ahead: what it kept whole may lie behind these rows.
    """
    import numpy as np

    numbers = np.arange(before + 1, before + 1 + rows + len(without))
    if without:
        numbers = np.setdiff1d(numbers, np.asarray(without, dtype=numbers.dtype), assume_unique=True)
    return numbers[:rows]
