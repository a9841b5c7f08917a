"""One run over Berka's files, as a process: ``python -m benchmarks.berka_runs munshi FOLDER``; prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from governance.settings import load_settings

WORKSPACE = "berka"


def munshi(folder: Path) -> dict[str, Any]:
    """Take the files in, reconcile, make the features: what ``munshi ingest`` does before models are trained."""
    from analytics.build import open_books
    from analytics.features.tables import write_features
    from analytics.pipeline.periods import add_months, month_end
    from tools.operations.fill import ingest
    from tools.operations.quality import quality
    from tools.workspace import Workspace

    started = time.perf_counter()
    marks: list[tuple[str, float]] = []
    filled = ingest("berka", folder, WORKSPACE, progress=lambda what, _share: marks.append((what, time.perf_counter())))
    clock = filled.data_clock
    assert clock is not None
    last = clock if clock == month_end(clock) else add_months(clock, -1)
    marks.append(("features", time.perf_counter()))
    with Workspace.open(WORKSPACE) as workspace, workspace.lake.writer("features") as writer:
        made = write_features(writer, open_books(writer), last, progress=lambda _what, _share: None)
    marks.append(("", time.perf_counter()))
    parts = {what.lower(): end - start for (what, start), (_, end) in pairwise(marks) if end > start}
    return {
        "seconds": time.perf_counter() - started, "parts": parts, "added": dict(filled.added),
        "feature_rows": made.rows, "balances": quality(WORKSPACE)["balances"],
    }  # fmt: skip


def parse(folder: Path) -> dict[str, Any]:
    """Read and type the same files with DuckDB alone, and touch every value: the floor."""
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect(config={"threads": load_settings().threads})
    for path in sorted(folder.glob("*.csv")):
        connection.execute(f"CREATE TABLE \"{path.stem}\" AS FROM read_csv('{path}')")
        connection.execute(f'SELECT bit_xor(hash(COLUMNS(*))) FROM "{path.stem}"')
    return {"seconds": time.perf_counter() - started, "parts": {}}


SIDES: Mapping[str, Callable[[Path], dict[str, Any]]] = MappingProxyType({"munshi": munshi, "parse": parse})

if __name__ == "__main__":
    assert load_settings()
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]))))
