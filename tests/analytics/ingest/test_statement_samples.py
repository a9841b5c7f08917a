"""The sample statements: count, sign, dates, balances."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from statement_reader import Reader

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
