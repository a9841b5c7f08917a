"""Recurring payments are kept with their next date; new rows change those of their customer alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from intake_books import new_lake, parsed, put, read
from raw_rows import raw

from analytics.intake.steps import Steps
from analytics.pipeline.recurring import Recurrence
from analytics.warehouse import Lake

STEPS = Steps(recurrence=Recurrence())
KEPT = "SELECT customer_id, party, hits, last_on, next_expected_on FROM books.core.recurring_payments ORDER BY 1"


def film(month: int, customer: str) -> dict[str, Any]:
    return raw("", 0, f"2024-{month:02d}-05", -499, "NETFLIX", account=f"A-{customer}", customer=customer,
               merchant="Netflix", category="subscriptions")  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = new_lake(tmp_path / "demo")
    put(made, parsed([film(month, customer) for month in (1, 2, 3, 4) for customer in ("C1", "C2")]), steps=STEPS)
    return made


def test_they_are_kept_with_the_date_the_next_is_expected(lake: Lake) -> None:
    day, due = dt.date(2024, 4, 5), dt.date(2024, 5, 5)
    assert read(lake, KEPT) == [("C1", "NETFLIX", 4, day, due), ("C2", "NETFLIX", 4, day, due)]


def test_a_new_row_changes_its_customers_alone(lake: Lake) -> None:
    with lake.writer("marking") as writer:
        writer.execute("UPDATE books.core.recurring_payments SET bounces = 77")
    put(lake, parsed([film(5, "C1")]), steps=STEPS)
    assert [row[:1] + row[2:3] for row in read(lake, KEPT)] == [("C1", 5), ("C2", 4)]
    marked = "SELECT customer_id FROM books.core.recurring_payments WHERE bounces = 77"
    assert read(lake, marked) == [("C2",)], "the other customer's were not touched"
