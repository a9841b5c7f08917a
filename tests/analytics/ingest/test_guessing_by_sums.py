"""Columns are told by what adds up, whatever they are called; a decimal comma is one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from statement_reader import Reader

from analytics.ingest.guessing import guess

ROWS = [("05-Jan-24", "MILK", -350), ("06-Jan-24", "ACME PAY", 50_000), ("07-Jan-24", "CASH", -2_000),
        ("08-Jan-24", "RENT", -15_000), ("09-Jan-24", "TEA", -20)]  # fmt: skip


def table(*heading: str, pair: bool, newest_first: bool = False) -> list[list[str]]:
    balance, made = 10_000, []
    for day, what, amount in ROWS:
        balance += amount
        sides = ["" if amount > 0 else f"{-amount}.00", f"{amount}.00" if amount > 0 else ""]
        made.append([day, what, "17", *(sides if pair else [str(amount)]), f"{balance:,}"])
    return [list(heading), *(made[::-1] if newest_first else made)]


@pytest.mark.parametrize("newest_first", [False, True])
def test_names_that_say_nothing(newest_first: bool) -> None:
    pair = guess(table("Tag", "Wofür", "Nr", "Soll", "Haben", "Stand", pair=True, newest_first=newest_first))
    assert pair is not None
    assert dict(pair.mapping.columns) == {
        "date": "Tag", "narration": "Wofür", "debit": "Soll", "credit": "Haben", "balance": "Stand",
    }  # fmt: skip
    single = guess(table("A", "B", "C", "D", "E", pair=False, newest_first=newest_first))
    assert single is not None
    assert dict(single.mapping.columns) == {"date": "A", "narration": "B", "amount": "D", "balance": "E"}


def test_names_that_mislead() -> None:
    found = guess(table("Date", "Details", "Ref", "Credit", "Debit", "Balance", pair=True))
    assert found is not None
    assert (found.mapping.columns["debit"], found.mapping.columns["credit"]) == ("Credit", "Debit")
    assert "4 of 4 rows" in found.mapping.reasons["debit"]


def test_a_column_in_brackets_is_known_by_its_name() -> None:
    found = guess([["Entry Date", "Particulars", "Paid Out (Rs)", "Paid In (Rs)"],
                   ["05-Jan-24", "MILK", "350", ""], ["06-Jan-24", "PAY", "", "500"]])  # fmt: skip
    assert found is not None
    assert {"debit", "credit"} <= set(found.mapping.columns)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("350,00", "350.00"), ("1.234,56", "1234.56"), ("1,00,000", "100000.00"), ("1,234", "1234.00"),
     ("12,34,567.5", "1234567.50"), ("1.234,5 Dr", "-1234.50")],
)  # fmt: skip
def test_a_comma_before_two_figures_parts_decimals(cell: str, amount: str, read: Reader) -> None:
    found = read(f"Txn Date;Narration;Amount\n05/01/2024;TEA;{cell}\n06/01/2024;TEA;7,00\n", source="guess")
    assert found.column("amount") == [Decimal(amount), Decimal("7.00")]
