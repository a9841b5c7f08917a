"""Totals by day, week and month against plain SQL over the same books."""

from __future__ import annotations

import pytest
from memory_books import MemoryWriter, customer, posting

from analytics.pipeline.totals import GRAINS, totals

SQL = """
    SELECT customer_id, account_id, date_trunc('{grain}', posted_at)::DATE AS period_start, count(*) AS postings,
           coalesce(sum(amount) FILTER (amount > 0 AND NOT is_own_transfer), 0) AS credits,
           coalesce(sum(amount) FILTER (amount < 0 AND NOT is_own_transfer), 0) AS debits,
           count(*) FILTER (is_own_transfer) AS own_transfers, arg_max(balance_after, posted_at) AS closing_balance
    FROM books.core.transactions WHERE currency = 'INR' GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture
def writer() -> MemoryWriter:
    writer = MemoryWriter()
    customer(writer, "C1")
    moments = ["2026-03-01T09:00", "2026-03-01T21:00", "2026-03-02T08:00", "2026-03-08T10:00", "2026-04-01T00:00"]
    rows = [
        posting("C1", at, amount, balance_after=100 + amount, is_own_transfer=own)
        for at, amount, own in zip(moments, [10.25, -3.5, 7, -1, 2.75], [False, False, True, False, False], strict=True)
    ]
    writer.insert("transactions", [*rows, posting("C1", moments[0], 99, currency="USD")])
    return writer


@pytest.mark.parametrize("grain", GRAINS)
def test_against_sql(writer: MemoryWriter, grain: str) -> None:
    ours = totals(writer.books, grain)
    found = writer.connection.execute(f"SELECT * FROM ({writer.backend.compile(ours)}) ORDER BY ALL").fetchall()
    assert found == writer.rows(SQL.format(grain=grain))
