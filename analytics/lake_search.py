"""Every byte of the lake, decrypted and searched: its catalog and each data file that lies in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.traces import quoted, short_in

if TYPE_CHECKING:
    from analytics.traces import Identifiers

#: Types that hold no identifier as text: amounts, moments, truth values.
_FIGURES = ("DOUBLE", "FLOAT", "DATE", "TIME", "BOOLEAN", "DECIMAL", "INTERVAL")


@dataclass
class LakeSearch:
    """What was opened, and where the person was found.

    Attributes
    ----------
    bytes
        Of text that was read, decrypted.
    found
        Places, without what was found.
    unopened
        Files that the catalog has no key of.
    """

    data_files: int = 0
    catalog_tables: int = 0
    rows: int = 0
    bytes: int = 0
    found: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)


def search(connection: Any, folder: Path, known: Identifiers) -> LakeSearch:
    """Search the catalog attached as ``catalog`` and every file under ``folder``.

    Parameters
    ----------
    connection
        As `analytics.warehouse.Lake.inspecting` gives it.
    """
    done = LakeSearch()
    for (table,) in _rows(connection, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'catalog'"):
        done.catalog_tables += 1
        _search(connection, f'catalog."{table}"', f"catalog: {table}", known, done)
    keyed = {path: (table, key) for path, table, key in _data_files(connection, folder)}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if path not in keyed:
            done.unopened.append(path.relative_to(folder).as_posix())
            continue
        table, key = keyed[path]
        done.data_files += 1
        relation = (
            f"read_parquet({quoted(str(path))}, encryption_config = {{footer_key_value: from_base64({quoted(key)})}})"
        )
        _search(connection, relation, f"data file of {table}: {path.name}", known, done)
    return done


def _data_files(connection: Any, folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Path, table and key of every file the catalog knows, deletion files too."""
    kinds = ("ducklake_data_file", "ducklake_delete_file")
    every = " UNION ALL ".join(
        f"SELECT table_id, path, path_is_relative, encryption_key FROM catalog.{kind}" for kind in kinds
    )
    sql = (
        "SELECT f.path, f.path_is_relative, f.encryption_key, s.path, s.path_is_relative, t.path, t.path_is_relative, "
        f"s.schema_name || '.' || t.table_name FROM ({every}) AS f "
        "JOIN (SELECT DISTINCT ON (table_id) * FROM catalog.ducklake_table) AS t USING (table_id) "
        "JOIN (SELECT DISTINCT ON (schema_id) * FROM catalog.ducklake_schema) AS s USING (schema_id)"
    )
    for path, relative, key, schema, schema_relative, table, table_relative, name in _rows(connection, sql):
        place = folder
        for part, below in ((schema, schema_relative), (table, table_relative), (path, relative)):
            place = place / part if below else Path(part)
        yield place, name, key


def _search(connection: Any, relation: str, place: str, known: Identifiers, done: LakeSearch) -> None:
    """Read every row of a relation as text, and note the place where one names the person."""
    described = {name: kind for name, kind, *_ in _rows(connection, f"DESCRIBE SELECT * FROM {relation}")}
    columns = {name: kind for name, kind in described.items() if not kind.startswith(_FIGURES) or kind.endswith("]")}
    texts, blobs = ([name for name, kind in columns.items() if (kind == "BLOB") is wanted] for wanted in (False, True))
    short = " OR ".join(short_in(columns, known)) or "FALSE"
    rows, size, hits = _rows(
        connection,
        f"SELECT count(*), coalesce(sum(strlen(line) + strlen(bytes)), 0), count(*) FILTER (WHERE short "
        f"OR regexp_matches(line, {quoted(known.pattern)}, 'i') OR regexp_matches(bytes, {quoted(known.loose)}, 'i')) "
        f"FROM (SELECT {_joined(texts)} AS line, {_joined(blobs)} AS bytes, {short} AS short FROM {relation})",
    )[0]
    done.rows += int(rows)
    done.bytes += int(size)
    if hits:
        done.found.append(f"{place} ({hits} rows)")


def _joined(columns: list[str]) -> str:
    return "concat_ws(chr(31), '', {})".format(", ".join(f'"{name}"::VARCHAR' for name in columns)) if columns else "''"


def _rows(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return rows
