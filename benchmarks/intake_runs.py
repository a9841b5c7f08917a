"""One intake of one file by one side, as a process: ``python -m benchmarks.intake_runs munshi FILE``; prints JSON."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from benchmarks import place
from benchmarks.feature_runs import BY_HAND as FEATURES
from benchmarks.feature_runs import PART
from benchmarks.intake_books import MAPPING
from governance.settings import load_settings

if TYPE_CHECKING:
    from analytics.warehouse import Writer

STEPS = place.ROOT / "benchmarks" / "intake_by_hand.sql"
Mark = Callable[[str], None]


def munshi(file: Path, mark: Mark, name: str = "munshi") -> None:
    """Take the file in as ``munshi ingest`` does, into the workspace of that name."""
    from analytics.ingest.reading import read_file
    from tools.operations.intake import take_in_files

    mark("reading")
    report = take_in_files(
        name, lambda _workspace, backend: [read_file(file, backend, mapping=MAPPING)],
        progress=lambda what, _share: mark(what.lower()),
    )  # fmt: skip
    assert report.changed, "the file was there already"


def by_hand(file: Path, mark: Mark) -> None:
    """Run the scripts, part by part."""
    from tools.operations.fill import open_or_create

    with open_or_create("by-hand", load_settings()) as workspace, workspace.lake.writer("by hand") as writer:
        _known(writer)
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        steps = STEPS.read_text("utf-8").replace("{csv}", str(file)).replace("{file_id}", digest)
        for script in (steps, FEATURES.read_text("utf-8")):
            opening, *parts = script.split(PART)
            mark("opening")
            writer.connection.execute(opening)
            for part in parts:
                what, statements = part.split("\n", 1)
                mark(what)
                writer.connection.execute(statements)


def pandas(file: Path, mark: Mark) -> None:
    """Do the plainest of it in memory: read, drop copies, check balances, take the party, add up months, look back."""
    import pandas as pd

    mark("reading")
    rows = pd.read_csv(file, dtype={"Ref No": "string"})
    rows["posted"] = pd.to_datetime(rows["Txn Date"], format="%d/%m/%Y")
    rows["amount"] = rows["Deposit"].fillna(0) - rows["Withdrawal"].fillna(0)
    mark("copies")
    rows = rows.drop_duplicates(["Account No", "Txn Date", "amount", "Balance", "Narration", "Ref No"])
    mark("balances")
    rows["broken"] = (rows.groupby("Account No")["Balance"].shift() + rows["amount"] - rows["Balance"]).abs() > 0.005
    mark("narrations")
    rows["rail"] = rows["Narration"].str.extract(r"^(UPI|NEFT|IMPS|ACH|POS|ATM)", expand=False)
    rows["party"] = rows["Narration"].str.split(r"[-/]", n=3, regex=True).str[1].str.upper()
    mark("months")
    rows["month"] = rows["posted"].dt.to_period("M")
    months = rows.groupby(["Customer No", "month"])["amount"].agg(["sum", "count", "min", "max"])
    mark("windows")
    months.groupby(level=0).rolling(6, min_periods=1).mean()


def _known(writer: Writer) -> None:
    """Give the script the merchants and given names that Munshi's enrichment is declared with."""
    import pyarrow as pa

    from analytics.pipeline.enrichment.directory import declared
    from analytics.pipeline.enrichment.forms import read

    known = declared().by_name
    columns = {
        "key": list(known),
        **{
            name: [getattr(party, name) for party in known.values()] for name in ("merchant", "category", "subcategory")
        },
    }
    given = {"name": sorted(set(read("people")["given"]))}
    for table, rows in (("known_merchants", columns), ("given_names", given)):
        with writer.registered(pa.table(rows)):
            writer.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM arriving")


SIDES: Mapping[str, Callable[[Path, Mark], None]] = MappingProxyType(
    {"munshi": munshi, "by hand": by_hand, "pandas": pandas}
)
#: Workspace that a side fills; emptied before, but for what is put on top of it.
WORKSPACES: Mapping[str, str] = MappingProxyType({"munshi": "munshi", "by hand": "by-hand"})


def main(side: str, file: Path) -> dict[str, Any]:
    """Run one side; say how long it took, all in all and part by part. ``on top`` is Munshi on the books it made."""
    settings = load_settings()
    if side in WORKSPACES:
        shutil.rmtree(settings.home / "workspaces" / WORKSPACES[side], ignore_errors=True)
    started = time.perf_counter()
    marks: list[tuple[str, float]] = []
    run = munshi if side == "on top" else SIDES[side]
    run(file, lambda what: marks.append((what, time.perf_counter())))
    marks.append(("", time.perf_counter()))
    parts: dict[str, float] = {}
    for (what, start), (_, end) in pairwise(marks):
        parts[what] = parts.get(what, 0.0) + end - start
    return {"seconds": time.perf_counter() - started, "parts": parts}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
