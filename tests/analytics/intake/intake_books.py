"""Books made from files in tests: a lake, files of raw rows, what the books hold in the end."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))
from raw_rows import arrow

from analytics.ingest.parsed import Parsed
from analytics.intake import AS_TOLD, IntakeReport, Steps, take_in
from analytics.schema import ACCOUNTS, CUSTOMERS, QUARANTINE, RAW_POSTINGS
from analytics.warehouse import Lake, ReaderSpec
from tools.operations.progress import silent

KEY = "cd" * 32
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
#: Tables whose content must not depend on how the files came, and the columns that may.
CONTENT = ("core.transactions", "core.accounts", "core.customers", "raw.files", "raw.postings", "quality.findings",
           "quality.quarantine", "features.monthly", "features.customer_monthly")  # fmt: skip


def new_lake(folder: Path) -> Lake:
    folder.mkdir(parents=True)
    lake = Lake(folder, KEY, memory="1GB")
    lake.create()
    return lake


def parsed(rows: Sequence[Mapping[str, Any]], rejected: Sequence[Mapping[str, Any]] = (), name: str = "") -> Parsed:
    """A file with these rows; its id is of its content, its lines are the rows' places."""
    told = [{key: value for key, value in row.items() if key not in {"file_id", "line"}} for row in rows]
    file_id = hashlib.sha256(json.dumps([told, list(rejected)], default=str, sort_keys=True).encode()).hexdigest()[:16]
    lines = [{**row, "file_id": file_id, "line": line, "ordinal": line} for line, row in enumerate(told, 1)]
    owners = {row["account_id"]: row["customer_id"] for row in rows}
    accounts = [
        {"account_id": account, "customer_id": owner, "kind": "savings", "currency": "INR"}
        for account, owner in owners.items()
    ]
    wrong = [{"file_id": file_id, "line": 900 + place, "source": "test", **row} for place, row in enumerate(rejected)]
    return Parsed(
        file_id=file_id,
        name=name or f"{file_id}.csv",
        source="test",
        bytes=len(rows),
        postings=ibis.memtable(arrow(lines, RAW_POSTINGS)),
        rejected=ibis.memtable(arrow(wrong, QUARANTINE).drop_columns(["state"])),
        accounts=arrow(accounts, ACCOUNTS),
        customers=arrow([{"customer_id": owner} for owner in sorted(set(owners.values()))], CUSTOMERS),
    )


def put(lake: Lake, *files: Parsed, steps: Steps = AS_TOLD) -> IntakeReport:
    with lake.writer("a test") as writer:
        return take_in(writer, files, steps, now=NOW, progress=silent)


def read(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
    reader = ReaderSpec(lake.folder, KEY).open()
    try:
        return reader.query(sql).rows
    finally:
        reader.close()


def content(lake: Lake, tables: Iterable[str] = CONTENT) -> dict[str, str]:
    """A digest of each table's rows, whatever their order."""
    there = {f"{schema}.{name}" for schema, name in read(
        lake, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'books'"
    )}  # fmt: skip
    return {
        table: hashlib.sha256(
            "\n".join(sorted(repr(row) for row in read(lake, f"SELECT * FROM books.{table}"))).encode()
        ).hexdigest()
        for table in tables
        if table in there
    }
