"""What a connection loads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from analytics import warehouse


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
