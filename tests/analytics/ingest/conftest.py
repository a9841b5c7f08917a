"""What tests of reading share: a backend, and reading a file into rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from statement_reader import Read, Reader

from analytics.ingest.reading import read_file


@pytest.fixture(scope="session")
def backend() -> Any:
    import ibis

    return ibis.duckdb.connect(threads=1)


@pytest.fixture
def read(backend: Any, tmp_path: Path) -> Reader:
    """Read a path, or text or bytes as a file; account and customer are named unless told otherwise."""

    def reading(what: Path | str | bytes, name: str = "statement.csv", **options: Any) -> Read:
        path = what if isinstance(what, Path) else tmp_path / name
        if isinstance(what, str):
            path.write_text(what, "utf-8", newline="")
        elif isinstance(what, bytes):
            path.write_bytes(what)
        options = {"account": "A1", "customer": "C1"} | options
        parsed = read_file(path, backend, **options)
        postings = parsed.postings.order_by("line").to_pyarrow().to_pylist()
        rejected = parsed.rejected.order_by("line").to_pyarrow().to_pylist()
        assert parsed.told["rows_read"] == len(postings) + len(rejected)
        return Read(parsed, postings, rejected)

    return reading
