"""A source's file as columns of text, read and parsed with errors that name file, line and expectation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from governance.errors import SourceError

if TYPE_CHECKING:
    from typing import Any

#: Endings a delimited file may have, the first found wins.
ENDINGS = (".csv.gz", ".csv", ".asc")
EMPTY = ["", " ", "?", "NULL", "\\N"]
MONEY = pa.decimal128(18, 2)


@dataclass(frozen=True)
class Records:
    """Columns of text out of one file.

    Parameters
    ----------
    path
        The file.
    table
        All columns as strings, empty values as nulls.
    row_word, first_row
        How a row is named in messages: line 2 onwards in a delimited file, row 1 onwards in Parquet.
    """

    path: Path
    table: pa.Table
    row_word: str = "line"
    first_row: int = 2

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def has(self, column: str) -> bool:
        """Whether the file has ``column``."""
        return column in self.table.column_names

    @property
    def present(self) -> str:
        """The columns there are, as they stand in messages."""
        return ", ".join(self.table.column_names)

    def text(self, column: str, *, required: bool = False) -> pa.Array:
        """Return the text of ``column``, spaces trimmed; ``required`` refuses an empty value."""
        values = pc.utf8_trim_whitespace(self.table[column].combine_chunks())
        if required and values.null_count:
            raise self.error(int(pc.index(values.is_null(), True).as_py()), column, "is empty")
        return values

    def code(self, column: str, known: Collection[str]) -> pa.Array:
        """Return the text of ``column``, each value one of ``known``."""
        values = self.text(column, required=True)
        strange = pc.invert(pc.is_in(values, value_set=pa.array(sorted(known))))
        if pc.any(strange).as_py():
            row = int(pc.index(strange, True).as_py())
            raise self.error(row, column, f"is {values[row].as_py()!r}, expected one of {', '.join(sorted(known))}")
        return values

    def money(self, column: str) -> pa.Array:
        """Return ``column`` as DECIMAL(18,2)."""
        return self._parsed(self.text(column, required=True), MONEY, column, "an amount with at most two decimals")

    def integers(self, column: str) -> pa.Array:
        """Return ``column`` as whole numbers."""
        return self._parsed(self.text(column, required=True), pa.int32(), column, "a whole number")

    def dates(self, column: str) -> pa.Array:
        """Return ``column`` as dates of the 20th century: ``1995-03-24`` (a time after it is dropped) or ``950324``."""
        text = self.text(column, required=True)
        compact = len(text) > 0 and "-" not in text[0].as_py()
        iso = iso_date(text) if compact else pc.utf8_slice_codeunits(text, 0, 10)
        return self.parsed_dates(iso, column, "a date as YYMMDD" if compact else "a date as YYYY-MM-DD")

    def parsed_dates(self, iso: pa.Array, column: str, expected: str) -> pa.Array:
        """Return ISO text made out of ``column`` as dates."""
        return self._parsed(iso, pa.date32(), column, expected)

    def error(self, row: int, column: str, problem: str) -> SourceError:
        """Return the error that says what is wrong with ``column`` in the ``row``-th row (from 0)."""
        return SourceError(f"{self.path.name}, {self.row_word} {row + self.first_row}: {column} {problem}.")

    def _parsed(self, values: pa.Array, target: Any, column: str, expected: str) -> pa.Array:
        try:
            return values.cast(target)
        except pa.ArrowInvalid:
            pass
        row = _first_unparsed(values, target)
        raise self.error(row, column, f"is {self.table[column][row].as_py()!r}, expected {expected}")


def iso_date(compact: pa.Array) -> pa.Array:
    """Turn ``950324`` into ``1995-03-24``, text to text."""
    parts = [pc.utf8_slice_codeunits(compact, start, stop) for start, stop in ((0, 2), (2, 4), (4, None))]
    return pc.binary_join_element_wise(pc.binary_join_element_wise("19", parts[0], ""), *parts[1:], "-")


def read_delimited(folder: Path, stem: str, columns: Sequence[str], renamed: Mapping[str, str]) -> Records:
    """Read ``stem`` with one of `ENDINGS`; comma or semicolon is told by its first line.

    Parameters
    ----------
    columns
        Columns that must be there, after renaming.
    renamed
        Name in the file → name here.

    Raises
    ------
    SourceError
        Missing file or column, a row of another width, bytes that are not UTF-8.
    """
    path = find(folder, [stem + ending for ending in ENDINGS])
    bad_rows: list[Any] = []

    def note(row: Any) -> str:
        bad_rows.append(row)
        return "skip"

    try:
        header = _header(path)
        delimiter = ";" if ";" in header else ","
        names = [name.strip().strip('"').lstrip("\ufeff") for name in header.split(delimiter)]
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, invalid_row_handler=note),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=EMPTY
            ),
        )
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read as delimited UTF-8 text: {error}") from error
    if bad_rows:
        row = bad_rows[0]
        raise SourceError(
            f"{path.name}, line {row.number}: {row.actual_columns} fields, expected {row.expected_columns}."
        )
    return _checked(Records(path, table), columns, renamed)


def read_parquet(path: Path, columns: Sequence[str]) -> Records:
    """Read a Parquet file as columns of text."""
    try:
        typed = pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name} is not a readable Parquet file: {error}") from error
    schema = pa.schema([(name, pa.string()) for name in typed.column_names])
    return _checked(Records(path, typed.cast(schema), "row", 1), columns, {})


def find(folder: Path, names: Sequence[str]) -> Path:
    """Return the first of ``names`` in ``folder``."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    present = ", ".join(sorted(entry.name for entry in folder.iterdir())) if folder.is_dir() else "no such folder"
    raise SourceError(
        f"{names[0]} is missing in {folder}: expected {' or '.join(names)}; there is: {present or 'nothing'}."
    )


def _checked(records: Records, columns: Sequence[str], renamed: Mapping[str, str]) -> Records:
    names = [renamed.get(name, name) for name in records.table.column_names]
    missing = [column for column in columns if column not in names]
    if missing:
        raise SourceError(
            f"{records.path.name} lacks the column{'s'[: len(missing) > 1]} {', '.join(missing)}: "
            f"expected {', '.join(columns)}; there is: {', '.join(names)}."
        )
    return Records(records.path, records.table.rename_columns(names), records.row_word, records.first_row)


def _header(path: Path) -> str:
    with pa.input_stream(str(path)) as stream:
        start: bytes = stream.read(4096)
    return start.decode("utf-8", errors="ignore").split("\n", 1)[0].strip()


def _parses(values: pa.Array, target: Any) -> bool:
    try:
        values.cast(target)
    except pa.ArrowInvalid:
        return False
    return True


def _first_unparsed(values: pa.Array, target: Any) -> int:
    """Return the position of the first value that does not parse, by halving."""
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _parses(values[low:middle], target) else (low, middle)
    return low
