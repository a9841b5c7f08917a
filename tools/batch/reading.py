"""A piece of an upload as rows of figures, with what is wrong said of each row that cannot be scored."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import SourceError, did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

ID = "customer_id"
CSV, PARQUET = "csv", "parquet"
LONGEST_HEADER = 64 << 10
#: Columns that nothing reads: so many are told, of each so many characters.
MOST_UNUSED, LONGEST_NAME = 200, 64
#: Texts that stand for nothing known.
NOTHING = ["", "NULL", "null", "NA", "NaN", "nan"]
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
#: Rows of a Parquet file that are read together; rows and bytes, unpacked, that one may have.
PARQUET_ROWS = 65_536
MOST_PARQUET_ROWS, MOST_UNPACKED = 20_000_000, 8 << 30


@dataclass(frozen=True)
class Rows:
    """Rows in the order of the file.

    Attributes
    ----------
    ids
        Text; NULL where the row could not be read at all.
    figures
        A DOUBLE column for each feature, NULL where not known.
    faults
        Text for each row; NULL where it can be scored.
    """

    ids: pa.Array
    figures: pa.Table
    faults: pa.Array


def header_of(start: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter and the names of a CSV file's first line.

    Raises
    ------
    SourceError
        There is no such line.
    """
    import csv

    line, end, _ = start[:LONGEST_HEADER].partition(b"\n")
    if not end:
        raise SourceError("The file has no line of names followed by rows: expected CSV with a heading.")
    try:
        text = line.decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError:
        raise SourceError("The file's first line is not UTF-8: save it as CSV UTF-8.") from None
    delimiter = max(",;\t", key=text.count)
    return delimiter, tuple(name.strip() for name in next(csv.reader([text], delimiter=delimiter), []))


def check_names(names: Sequence[str], wanted: Sequence[str]) -> None:
    """Pass where a file has the columns that a model reads.

    Raises
    ------
    SourceError
        Names every column that is missing or there twice, and what there is.
    """
    twice = sorted({name for name in names if names.count(name) > 1 and name in (ID, *wanted)})
    if twice:
        raise SourceError(f"The file has {', '.join(twice)} twice.")
    missing = [name for name in (ID, *wanted) if name not in names]
    if missing:
        hint = did_you_mean(missing[0], [name for name in names if name])
        raise SourceError(f"The file lacks the columns {', '.join(missing)}.{hint}")


def unused_names(names: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The columns of a file that nothing reads, in its order, each cut to what fits a line."""
    read = {"", ID, *wanted}
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in names if name not in read))[:MOST_UNUSED]


def csv_rows(piece: bytes, delimiter: str, names: Sequence[str], wanted: Sequence[str]) -> Rows:
    """Read whole lines without the heading."""
    import pyarrow as pa

    broken: list[tuple[int, str]] = []
    try:
        table = _read(piece, delimiter, names, wanted, pa.float64(), broken)
        figures = table.select(list(wanted))
        faults = pa.nulls(len(table), pa.string())
    except pa.ArrowInvalid:
        broken.clear()
        try:
            table = _read(piece, delimiter, names, wanted, pa.string(), broken)
        except pa.ArrowInvalid:
            raise SourceError("The file holds text that is not UTF-8, or a quote that is not closed.") from None
        figures, faults = _figures(table, wanted)
    return _with_broken(_judged(table[ID].combine_chunks(), figures, faults), broken)


def _read(
    piece: bytes, delimiter: str, names: Sequence[str], wanted: Sequence[str], kind: Any, broken: list[tuple[int, str]]
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    def note(row: Any) -> str:
        broken.append((row.number, f"{row.actual_columns} fields, expected {row.expected_columns}"))
        return "skip"

    return csv.read_csv(
        io.BytesIO(piece),
        read_options=csv.ReadOptions(column_names=list(names), use_threads=False, block_size=len(piece) + 1),
        parse_options=csv.ParseOptions(delimiter=delimiter, invalid_row_handler=note),
        convert_options=csv.ConvertOptions(
            include_columns=[ID, *wanted], column_types={ID: pa.string(), **dict.fromkeys(wanted, kind)},
            strings_can_be_null=True, null_values=NOTHING,
        ),
    )  # fmt: skip


def _figures(table: pa.Table, wanted: Sequence[str]) -> tuple[pa.Table, pa.Array]:
    """Return columns of text as figures, and which row holds what is none: its column, not its value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    faults = pa.nulls(len(table), pa.string())
    columns = {}
    for name in wanted:
        text = table[name].combine_chunks()
        good = pc.fill_null(pc.match_substring_regex(text, NUMBER), True)
        wrong = pc.and_(pc.invert(good), pc.is_null(faults))
        faults = pc.if_else(wrong, pa.scalar(f"{name}: is no number"), faults)
        kept = pc.if_else(good, pc.utf8_trim_whitespace(text), pa.scalar(None, pa.string()))
        columns[name] = pc.cast(kept, pa.float64())
    return pa.table(columns), faults


def _judged(ids: Any, figures: Any, faults: Any) -> Rows:
    """Say what else keeps a row from being scored: no id, no end to a figure, nothing known."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = np.ones(len(ids), bool)
    for name in figures.column_names:
        values = figures[name].to_numpy()  # what is not known as NaN
        if np.isfinite(values).all():
            nothing[:] = False
            continue
        endless = np.isinf(values)
        if endless.any():
            wrong = pc.and_(pa.array(endless), pc.is_null(faults))
            faults = pc.if_else(wrong, pa.scalar(f"{name}: is no number"), faults)
        nothing &= np.isnan(values)
    known = pc.is_null(faults)
    faults = pc.if_else(pc.and_(known, pc.is_null(ids)), pa.scalar(f"{ID}: is missing"), faults)
    faults = pc.if_else(pc.and_(pc.is_null(faults), pa.array(nothing)), pa.scalar("no figure is known"), faults)
    return Rows(ids, figures, faults)


def _with_broken(rows: Rows, broken: Sequence[tuple[int, str]]) -> Rows:
    """Put rows that had another number of fields back in their places."""
    import numpy as np
    import pyarrow as pa

    if not broken:
        return rows
    places = np.array([number - 1 for number, _ in broken])
    kept = np.setdiff1d(np.arange(len(rows.ids) + len(places)), places)
    take = np.full(len(kept) + len(places), -1)
    take[kept] = np.arange(len(kept))
    at = pa.array(take, mask=take < 0)
    said = np.full(len(take), None, dtype=object)
    said[kept] = rows.faults.to_pylist()
    said[places] = [text for _, text in broken]
    return Rows(rows.ids.take(at), rows.figures.take(at), pa.array(said, pa.string()))


def open_parquet(content: bytes, wanted: Sequence[str]) -> Any:
    """Open a Parquet file that has the columns.

    Raises
    ------
    SourceError
        It is none, lacks a column, holds text where figures belong, or unpacks to too much.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError("The file is not a readable Parquet file.") from error
    told = file.metadata
    unpacked = sum(told.row_group(at).total_byte_size for at in range(told.num_row_groups))
    if told.num_rows > MOST_PARQUET_ROWS or unpacked > MOST_UNPACKED:
        raise SourceError(f"The file holds {told.num_rows:,} rows, {unpacked >> 20:,} MiB unpacked: give it in parts.")
    schema = file.schema_arrow
    check_names(schema.names, wanted)
    kinds = {name: schema.field(name).type for name in wanted}
    figures = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null)
    strange = [name for name, kind in kinds.items() if not any(each(kind) for each in figures)]
    if strange:
        raise SourceError(f"The columns {', '.join(strange)} hold no figures.")
    return file


def parquet_batches(file: Any, wanted: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Read some rows after the other."""
    yield from file.iter_batches(batch_size=PARQUET_ROWS, columns=[ID, *wanted], use_threads=False)


def parquet_rows(batch: pa.RecordBatch, wanted: Sequence[str]) -> Rows:
    """Judge a batch of rows."""
    import pyarrow as pa

    table = pa.Table.from_batches([batch])
    figures = pa.table({name: table[name].cast(pa.float64()) for name in wanted})
    return _judged(table[ID].cast(pa.string()).combine_chunks(), figures, pa.nulls(len(table), pa.string()))
