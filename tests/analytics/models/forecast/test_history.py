"""The history is the governed metrics, at every as-of."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from memory_books import MemoryWriter, customer, posting

from analytics.models.forecast.history import cells, read_cells
from analytics.models.forecast.panel import Codes

AS_OF = dt.date(2026, 3, 31)
METRICS = Path(__file__).parents[4] / "knowledge" / "semantic" / "metrics.yaml"


@pytest.fixture
def filled(writer: MemoryWriter) -> MemoryWriter:
    for name in ("A", "B"):
        customer(writer, name)
    rows: list[dict[str, Any]] = [
        posting("A", "2026-01-05", -100.25, category="groceries"),
        posting("A", "2026-01-09", -40.5),
        posting("A", "2026-02-05", -60.0, category="groceries"),
        posting("A", "2026-02-06", -500.0, category="loan_payment", recurring_kind="emi", merchant="LENDER"),
        posting("A", "2026-02-07", -700.0, category="transfer"),
        posting("A", "2026-02-08", -80.0, category="groceries", is_own_transfer=True),
        posting("A", "2026-02-09", 30.0, category="groceries", reversal_of="T1"),
        posting("A", "2026-02-28", 2_000.0, category="income", recurring_kind="salary", counterparty="EMPLOYER"),
        posting("A", "2026-03-31 23:59", -9.0, category="travel"),
        posting("A", "2026-03-02", -11.0, category="travel", currency="USD"),
        posting("B", "2026-03-05", -1.0, category="groceries"),
        posting("B", "2026-03-06", -2.0, category="rent", recurring_kind="rent", counterparty="A PERSON"),
        posting("B", "2026-03-07", -4.0, category="investment", recurring_kind="sip", merchant="FUND"),
        posting("B", "2026-02-01", -8.0, category="health", known_at=dt.datetime(2026, 4, 2)),
        posting("B", "2026-04-01", -16.0, category="health"),
    ]
    writer.insert("transactions", rows)
    return writer


@pytest.mark.parametrize("name", ["spend", "inflow"])
def test_months_are_the_governed_metric(filled: MemoryWriter, name: str) -> None:
    metric = next(each for each in yaml.safe_load(METRICS.read_text("utf-8")) if each["name"] == name)
    governed = filled.rows(
        f"SELECT year(posted_at) * 12 + month(posted_at), {metric['expression']} FROM books.core.transactions "
        f"WHERE {metric['where']} AND currency = 'INR' AND posted_at < '2026-04-01' AND known_at < '2026-04-01' "
        "GROUP BY 1 ORDER BY 1"
    )
    frame = read_cells(filled, filled.books, AS_OF)
    ours = frame[frame.measure == name].groupby("period").amount.sum()
    assert [(period, float(amount)) for period, amount in governed] == list(ours.items())


def test_cells_hold_no_name_and_sum_to_what_was_spent(filled: MemoryWriter) -> None:
    frame = read_cells(filled, filled.books, AS_OF)
    assert not frame.astype(str).apply(lambda column: column.str.contains("PERSON|LENDER|EMPLOYER")).any(axis=None)
    spend = frame[frame.measure == "spend"].groupby("customer_id").amount.sum().to_dict()
    assert spend == {"A": 209.75, "B": 3.0}
    assert frame[frame.measure == "obligations"].amount.sum() == 504.0


def test_a_row_that_was_known_late_counts_in_its_month_from_then_on(filled: MemoryWriter) -> None:
    later = dt.date(2026, 4, 30)
    codes = Codes.of(filled.frame(cells(filled.books, later)))
    now, then = codes.panel(later), codes.panel(AS_OF)
    b, health = list(codes.customers).index("B"), codes.categories.index("health")
    assert then.spend[b, health].tolist() == [0.0, 0.0, 0.0]
    assert now.spend[b, health].tolist() == [0.0, 8.0, 0.0, 16.0]


def test_a_month_without_a_posting_is_zero(filled: MemoryWriter) -> None:
    codes = Codes.of(filled.frame(cells(filled.books, AS_OF)))
    a, travel = list(codes.customers).index("A"), codes.categories.index("travel")
    assert codes.panel(AS_OF).spend[a, travel].tolist() == [0.0, 0.0, 9.0]
