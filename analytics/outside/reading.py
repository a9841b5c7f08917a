"""The tables of a database, of a folder of files, or behind an address, as SELECTs under plain names."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from governance.errors import SourceError

#: Ending of a file → the engine's function that reads it.
READERS = {
    ".csv": "read_csv", ".csv.gz": "read_csv", ".tsv": "read_csv", ".tsv.gz": "read_csv", ".parquet": "read_parquet",
}  # fmt: skip
_SQLITE, _DUCKDB = b"SQLite format 3\x00", b"DUCK"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_MOMENT = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"


@dataclass(frozen=True)
class OutsideTable:
    """One table.

    Attributes
    ----------
    name
        Its plain name: lower case, letters, digits and '_'.
    original
        Its name where it comes from.
    select
        SELECT of its rows on the connection it was opened on, its columns under plain names.
    renamed
        Plain name of a column → its own, where they differ.
    """

    name: str
    original: str
    select: str
    renamed: dict[str, str]


def outside_tables(connection: Any, address: str) -> Iterator[OutsideTable]:
    """Open ``address`` on an engine's connection and yield its tables, by name.

    Parameters
    ----------
    connection
        A connection to DuckDB, which stays open while the SELECTs are used.
    address
        A DuckDB or SQLite file, a CSV or Parquet file, a folder of such, or an address that Ibis opens.

    Raises
    ------
    SourceError
        There is no such thing, it cannot be read, or it holds no table.
    """
    reserved = _reserved(connection)
    taken: set[str] = set()
    try:
        for original, relation in _relations(connection, address):
            name = plain_name(original, reserved, taken)
            yield _table(connection, name, original, relation, reserved)
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001  each engine has errors of its own, and they may tell the address
        raise SourceError(f"{_shown(address)} cannot be read ({type(error).__name__}): look at its address.") from None
    if not taken:
        raise SourceError(f"{_shown(address)} holds no table: a database, CSV or Parquet files are wanted.")


def plain_name(original: str, reserved: frozenset[str], taken: set[str]) -> str:
    """Return a name of lower-case letters, digits and '_' that is no word of the language and not taken; take it."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", original)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.casefold()).strip("_") or "column"
    name = f"n_{name}" if name[0].isdigit() else name
    name = f"{name}_" if name in reserved else name
    plain, count = name, 2
    while plain in taken:
        plain, count = f"{name}_{count}", count + 1
    taken.add(plain)
    return plain


def _reserved(connection: Any) -> frozenset[str]:
    found = connection.execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    ).fetchall()
    return frozenset(row[0] for row in found)


def _relations(connection: Any, address: str) -> Iterator[tuple[str, str]]:
    if "://" in address:
        yield from _behind_ibis(connection, address)
        return
    path = Path(address)
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.is_file() and (ending := _ending(file)):
                yield file.name.removesuffix(ending), f"{READERS[ending]}({_text(file)})"
        return
    if not path.is_file():
        raise SourceError(f"There is no {address}: give a database file, a folder of CSV or Parquet, or an address.")
    if ending := _ending(path):
        yield path.name.removesuffix(ending), f"{READERS[ending]}({_text(path)})"
        return
    yield from _of_file(connection, path)


def _of_file(connection: Any, path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(_SQLITE):
        yield from _of_sqlite(connection, path)
    elif head[8:12] == _DUCKDB:
        connection.execute(f"ATTACH {_text(path)} AS outside (READ_ONLY)")
        found = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'outside' AND NOT internal "
            "ORDER BY 1, 2"
        ).fetchall()
        for schema, name in found:
            yield (name if schema == "main" else f"{schema}_{name}"), f"outside.{_quoted(schema)}.{_quoted(name)}"
    else:
        known = ", ".join(READERS)
        raise SourceError(f"{path.name} is neither a DuckDB nor an SQLite database, nor one of {known}.")


def _of_sqlite(connection: Any, path: Path) -> Iterator[tuple[str, str]]:
    """Copy each table of an SQLite file; a column of mixed types becomes text."""
    import pyarrow as pa

    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as source:
        names = source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        for place, (name,) in enumerate(names):
            cursor = source.execute(f"SELECT * FROM {_quoted(name)}")
            columns = [column[0] for column in cursor.description]
            values = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(columns)
            arrays = [_typed(pa, each) for each in values]
            connection.register(f"fetched_{place}", pa.Table.from_arrays(arrays, names=columns))
            yield name, f"fetched_{place}"


def _typed(pa: Any, values: Sequence[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.array(values, pa.string())
    if kinds <= {int, float}:
        return pa.array(values, pa.float64() if float in kinds else pa.int64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _behind_ibis(connection: Any, address: str) -> Iterator[tuple[str, str]]:
    import ibis

    source = ibis.connect(address)
    for place, name in enumerate(sorted(source.list_tables())):
        connection.register(f"fetched_{place}", source.table(name).to_pyarrow())
        yield name, f"fetched_{place}"
    source.disconnect()


def _table(connection: Any, name: str, original: str, relation: str, reserved: frozenset[str]) -> OutsideTable:
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    taken: set[str] = set()
    plain = {column: plain_name(column, reserved, taken) for column, *_ in described}
    texts = [column for column, kind, *_ in described if kind == "VARCHAR"]
    dated = _dates_in_text(connection, relation, texts)
    selected = ", ".join(
        f"{_quoted(column)}{f'::{dated[column]}' if column in dated else ''} AS {_quoted(plain[column])}"
        for column, *_ in described
    )
    renamed = {new: old for old, new in plain.items() if new != old}
    return OutsideTable(name, original, f"SELECT {selected} FROM {relation}", renamed)


def _dates_in_text(connection: Any, relation: str, columns: list[str]) -> dict[str, str]:
    """Column of text → DATE or TIMESTAMP, where every value is written so: SQLite knows no dates."""
    if not columns:
        return {}
    tests = [
        f"count({q}) > 0 AND bool_and(regexp_matches({q}, '{form}') AND try_cast({q} AS {kind}) IS NOT NULL)"
        for q in map(_quoted, columns)
        for form, kind in ((_DATE, "DATE"), (_MOMENT, "TIMESTAMP"))
    ]
    row = connection.execute(f"SELECT {', '.join(tests)} FROM {relation}").fetchone()
    pairs = zip(columns, zip(row[::2], row[1::2], strict=True), strict=True)
    return {column: "DATE" if day else "TIMESTAMP" for column, (day, moment) in pairs if day or moment}


def _ending(path: Path) -> str:
    """Return the ending by which a file is read; the longest that fits, or nothing."""
    return max((ending for ending in READERS if path.name.casefold().endswith(ending)), key=len, default="")


def _shown(address: str) -> str:
    """Return an address without what may be secret in it."""
    return f"The {address.partition(':')[0]} database" if "://" in address else address


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
