"""The sample statements: count, sign, dates, balances."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from statement_reader import Reader

from analytics.ingest.reading import GUESS
from analytics.schema import RAW_POSTINGS

SAMPLES = [(bank, ending) for bank in ("hdfc", "icici", "sbi") for ending in ("csv", "xlsx")]
DAYS = [15, 16, 17, 18, 19, 20, 22, 23, 24, 25]
AMOUNTS = [-3500, 50000, -2500, -15000, -850, -1200, -999, 25000, -5000, -450]


@pytest.mark.parametrize(("bank", "ending"), SAMPLES)
def test_a_sample_loads_with_count_sign_dates_and_balances(
    read: Reader, shared_data: Path, bank: str, ending: str
) -> None:
    found = read(shared_data / "statement_samples" / f"{bank}_sample.{ending}")
    assert found.parsed.source == bank
    assert found.column("posted_at") == [dt.datetime(2024, 1, day) for day in DAYS]
    assert found.column("amount") == [Decimal(amount) for amount in AMOUNTS]
    assert found.column("balance_after")[-1] == Decimal(499_001)
    assert found.continuous
    assert found.rejected == []
    assert [column.name for column in RAW_POSTINGS.columns] == list(found.parsed.postings.columns)


def test_a_real_household_is_read_by_what_is_guessed(read: Reader, shared_data: Path) -> None:
    found = read(shared_data / "household_inr" / "daily_household_transactions.csv.gz", source=GUESS)
    assert (len(found.postings), found.rejected) == (2_461, [])
    came_in = sum(amount > 0 for amount in found.column("amount"))
    assert (came_in, len(found.postings) - came_in) == (125, 2_176 + 160)  # income; expense and transfers out
    days = [moment.date() for moment in found.column("posted_at")]
    assert (min(days), max(days)) == (dt.date(2015, 1, 1), dt.date(2018, 9, 20))
    assert sum(moment.time() != dt.time() for moment in found.column("posted_at")) > 1_000
    assert found.parsed.guessed["mapping"]["columns"]["sign"] == "Income/Expense"
