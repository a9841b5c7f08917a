"""A backend for looking at files: what does not fit into memory is spilt, and nothing of it stays."""

from __future__ import annotations

import tempfile
from pathlib import Path

from analytics.engine import passing_backend


def test_what_does_not_fit_is_spilt_and_gone_afterwards() -> None:
    before = set(Path(tempfile.gettempdir()).glob("munshi-*"))
    backend = passing_backend(memory="60MB", threads=1)
    backend.raw_sql("CREATE TEMP TABLE many AS SELECT md5(range::VARCHAR) AS text FROM range(3000000)")
    ((rows, greatest),) = backend.raw_sql(
        "SELECT count(*), max(text) FROM (SELECT * FROM many ORDER BY text)"
    ).fetchall()
    assert rows == 3_000_000
    assert greatest > "ffff"
    assert set(Path(tempfile.gettempdir()).glob("munshi-*")) - before, "it was spilt"
    backend.disconnect()
    assert not set(Path(tempfile.gettempdir()).glob("munshi-*")) - before
