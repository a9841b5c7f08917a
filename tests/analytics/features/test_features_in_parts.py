"""Many customers are taken a part at a time: the same months and features as all at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from memory_books import MemoryWriter

from analytics.build import open_books
from analytics.features import tables
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE, arrow_schema

LAST = dt.date(2026, 6, 30)
KEYS = {"monthly": ["customer_id", "period"], "customer_monthly": ["customer_id", "as_of"]}


def made(lender: dict[str, Any], *, in_parts: bool) -> dict[str, pd.DataFrame]:
    writer, appended = MemoryWriter(), []
    for table in CORE:
        writer.append(f"core.{table.name}", lender.get(table.name, arrow_schema(table).empty_table()))

    def extend(qualified: str, rows: Any) -> int:
        appended.append(qualified)
        writer.connection.execute(f"INSERT INTO books.{qualified} BY NAME {writer.backend.compile(rows)}")
        return 1

    tables.write_features(
        writer, open_books(writer), LAST, progress=lambda *_: None, extend=extend if in_parts else None
    )
    assert bool(appended) == in_parts
    return {
        name: writer.frame(writer.table("features", name)).sort_values(keys, ignore_index=True)
        for name, keys in KEYS.items()
    }


def test_parts_make_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    (chunk,) = simulate(SandboxProfile(customers=40, seed=3, months=15))
    whole = made(chunk.tables, in_parts=False)
    monkeypatch.setattr(tables, "CUSTOMERS_AT_A_TIME", 15)
    parts = made(chunk.tables, in_parts=True)
    for name, rows in whole.items():
        assert len(rows) > 400
        pd.testing.assert_frame_equal(parts[name], rows)
