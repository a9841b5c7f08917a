"""Months and features after new rows: the same as made all over, and only what changed is written."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from intake_books import NOW, content, new_lake, parsed, read
from raw_rows import raw

from analytics.build import open_books
from analytics.features.tables import refresh_features, write_features
from analytics.intake import AS_TOLD, take_in
from analytics.warehouse import Lake
from tools.operations.progress import silent

pytestmark = pytest.mark.soak
TABLES = ("features.monthly", "features.customer_monthly", "core.loan_status")


def rows(customer: str, first: str, days: int, seed: int) -> list[dict[str, Any]]:
    chance, balance, moves = random.Random(seed), 50000, []
    for day in range(0, days, 9):
        at = dt.datetime.fromisoformat(first) + dt.timedelta(days=day, minutes=chance.randrange(1000))
        amount = chance.choice([-900, -150, 4000])
        balance += amount
        moves.append(raw("", 0, at.isoformat(), amount, f"UPI-{day}", account=f"{customer}-S", customer=customer,
                         balance=balance, category=chance.choice(["groceries", "income"])))  # fmt: skip
    return moves


LONG, OTHER = rows("C1", "2022-01-03", 700, 1), rows("C2", "2022-02-03", 660, 2)
#: One after another: the start; a late row, a new month for one; a newcomer; a file that reaches further back.
FILES = (
    [LONG[:20] + LONG[21:60], OTHER[:60]],
    [LONG[20:21] + LONG[60:]],
    [rows("C3", "2022-08-03", 200, 3)],
    [rows("C4", "2021-06-03", 90, 4)],
)


def come(lake: Lake, files: list[list[dict[str, Any]]], last: dt.date) -> None:
    with lake.writer("a test") as writer:
        take_in(writer, [parsed(each) for each in files], AS_TOLD, now=NOW, progress=silent)
        touched = writer.backend.table("touched_months", database=("temp", "main"))
        refresh_features(writer, open_books(writer), touched, last, progress=silent)


def test_refreshed_features_are_those_made_all_over(tmp_path: Path) -> None:
    lasts = (dt.date(2023, 5, 31), dt.date(2023, 11, 30), dt.date(2023, 11, 30), dt.date(2023, 11, 30))
    lake = new_lake(tmp_path / "demo")
    for files, last in zip(FILES, lasts, strict=True):
        come(lake, files, last)
        refreshed = content(lake, TABLES)
        with lake.writer("a test") as writer:
            write_features(writer, open_books(writer), last, progress=silent)
        assert content(lake, TABLES) == refreshed
    assert set(refreshed) == set(TABLES)


def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    lake = new_lake(tmp_path / "demo")
    come(lake, FILES[0], dt.date(2023, 5, 31))
    before = read(lake, "SELECT id FROM books.current_snapshot()")[0][0]
    come(lake, [[raw("", 0, "2023-04-09T10:00", -77, account="C2-S", customer="C2")]], dt.date(2023, 5, 31))
    after = read(lake, "SELECT id FROM books.current_snapshot()")[0][0]
    changed = read(
        lake,
        "SELECT DISTINCT customer_id, as_of FROM "
        f"ducklake_table_insertions('books', 'features', 'customer_monthly', {before + 1}, {after}) ORDER BY 1, 2",
    )
    assert changed == [("C2", dt.date(2023, 4, 30)), ("C2", dt.date(2023, 5, 31))]
