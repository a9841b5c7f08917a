"""What a connection loads, and what a writer remembers of a SELECT."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest

from analytics import warehouse, writer
from analytics.warehouse import Writer


def test_an_extension_that_was_altered_is_loaded_by_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "extensions" / f"v{duckdb.__version__}"
    folder.mkdir(parents=True)
    body = bytearray(warehouse._signed("httpfs").read_bytes())
    body[len(body) // 2] ^= 1
    for name in ("httpfs", "other"):
        (folder / f"{name}.duckdb_extension").write_bytes(body)
    monkeypatch.setattr(warehouse, "files", lambda _package: tmp_path)
    with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
        warehouse._signed.__wrapped__("httpfs")
    monkeypatch.undo()
    with warehouse.passing_connection(threads=1, memory="1GB") as opened:
        with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
            opened.execute(f"LOAD '{folder}/other.duckdb_extension'")
        with pytest.raises(duckdb.InvalidInputException, match="while database is running"):
            opened.execute("SET allow_unsigned_extensions=true")


def test_a_select_compiled_before_reads_the_connection_it_is_asked_of() -> None:
    found = []
    for told in ({"a": [1, 2]}, {"a": [5]}, {"a": [1], "b": ["x"]}):
        with duckdb.connect() as connection:
            books = Writer(connection)
            books.execute("BEGIN")
            rows = books.hold("told", pa.table(told))
            found.append(books.arrow(rows.filter(rows.a > 1)).to_pydict())
    assert found == [{"a": [2]}, {"a": [5]}, {"a": [], "b": []}]
    assert writer._compiled.cache_info().hits > 0


def test_rows_in_memory_are_not_remembered_with_their_select() -> None:
    with duckdb.connect() as connection:
        before = writer._compiled.cache_info().currsize
        for number in (1, 2):
            asked = ibis.memtable(pa.table({"a": [number]})).filter(ibis._.a > 0)
            assert Writer(connection).arrow(asked).to_pydict() == {"a": [number]}
        assert writer._compiled.cache_info().currsize == before
