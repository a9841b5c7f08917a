"""Words, quantities, customer ids, and the figures of the prose."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.planner.customers import Customers
from assistant.planner.quantities import Quantity, ordinal_at, quantities_at
from assistant.planner.text import lemma, phrase, tokenise
from assistant.prose.numbers import grouped, money, said, significant
from assistant.prose.periods import before_words, period_words
from knowledge.query import Period

QUANTITIES: dict[str, Quantity] = {
    "25": Quantity(Decimal(25)),
    "1,00,000": Quantity(Decimal(100_000)),
    "₹5 lakh": Quantity(Decimal(500_000), "currency"),
    "rs 2.5 crore": Quantity(Decimal(25_000_000), "currency"),
    "10k": Quantity(Decimal(10_000)),
    "20%": Quantity(Decimal(20), "percent"),
    "20 percent": Quantity(Decimal(20), "percent"),
    "60 days": Quantity(Decimal(60), "days"),
    "30+": Quantity(Decimal(30), open_ended=True),
    "31-60": Quantity(Decimal(31), upper=Decimal(60)),
    "30 to 60": Quantity(Decimal(30), upper=Decimal(60)),
    "a hundred": Quantity(Decimal(100)),
    "fifty": Quantity(Decimal(50)),
    "5 lakh rupees": Quantity(Decimal(500_000), "currency"),
}


@pytest.mark.parametrize(("written", "expected"), QUANTITIES.items(), ids=QUANTITIES)
def test_a_number_is_read_whole(written: str, expected: Quantity) -> None:
    words = phrase(written)
    assert expected in [quantity for end, quantity in quantities_at(words, 0) if end == len(words)]


@pytest.mark.parametrize(
    ("written", "position"),
    [("first", 1), ("2nd", 2), ("#3", 3), ("number 4", 4), ("last one", -1), ("tenth", 10)],
)
def test_an_ordinal_is_read(written: str, position: int) -> None:
    words = phrase(written)
    assert ordinal_at(words, 0) == (len(words), position)


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("cities", "city"),
        ("losses", "loss"),
        ("status", "status"),
        ("branches", "branch"),
        ("NPAs", "npa"),
        ("gas", "gas"),
    ],
)
def test_a_plural_is_looked_up_as_its_singular(word: str, form: str) -> None:
    assert phrase(word) == (form,)


@given(st.text(max_size=60))
def test_any_text_becomes_words(text: str) -> None:
    assert all(token.lemma == lemma(token.text) for token in tokenise(text))


def test_customer_ids_are_told_from_numbers() -> None:
    customers = Customers(["C_4F21", "1787"], re.compile(r"C_?[0-9A-F]{2,}"))
    found = [(each.customer, each.start) for each in customers.in_text("c_4f21, C_FFFF and 1787 of 25 or FY26")]
    assert found == [("C_4F21", 0), ("C_FFFF", 8)]
    assert customers.named("1787") == "1787"


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (None, "currency", "–"),
        (Decimal(0), "currency", "₹0"),
        (Decimal("640.4"), "currency", "₹640"),
        (Decimal(12345), "currency", "₹12.3k"),
        (Decimal(420000), "currency", "₹4.2 L"),
        (Decimal(99999), "currency", "₹1 L"),
        (Decimal(13000000), "currency", "₹1.3 Cr"),
        (Decimal(-12300000000), "currency", "−₹1,230 Cr"),
        (0.6312, "percent", "63.1%"),
        (0.0004, "percent", "0.04%"),
        (-0.05, "percent", "−5.0%"),
        (123456, "count", "1,23,456"),
        (41, "days", "41 days"),
        (1, "days", "1 day"),
        (12.5, "days", "12.5 days"),
        (-38.24, "points", "−38.2 points"),
        (612, "score", "612"),
        (0.7421, "ratio", "0.74"),
        (dt.date(2026, 6, 30), "date", "30 Jun 2026"),
        ("home_loan", "text", "home loan"),
        (True, "text", "yes"),
        (0.000123456, "text", "0.000123"),
    ],
)
def test_figures_are_told_as_people_read_them(value: Any, unit: str, told: str) -> None:
    assert said(value, unit) == told


def test_other_currencies_keep_their_code() -> None:
    assert money(Decimal(1300000), "CZK") == "CZK 1.3 million"
    assert said(1234567, "count", currency="CZK") == "1,234,567"


@given(st.integers(-(10**12), 10**12))
def test_grouping_loses_no_digit(value: int) -> None:
    assert int(grouped(value).replace(",", "").replace("−", "-")) == value


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 12, places=2))
def test_rounding_stays_within_half_a_unit_of_the_third_figure(value: Decimal) -> None:
    assert abs(significant(value) - value) <= value / 100 / 2 + Decimal("0.005")


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-05-01", "2026-06-01", "May 2026"),
        ("2026-01-01", "2026-04-01", "Q1 2026"),
        ("2025-01-01", "2026-01-01", "2025"),
        ("2025-04-01", "2026-04-01", "FY 2025-26"),
        ("2026-01-01", "2026-02-18", "1 Jan 2026 to 17 Feb 2026"),
        ("2026-06-29", "2026-06-30", "29 Jun 2026"),
        ("1900-01-01", "2026-03-01", "up to 28 Feb 2026"),
    ],
)
def test_periods_are_named(start: str, end: str, told: str) -> None:
    assert period_words(Period(start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end))) == told


def test_what_a_comparison_is_with() -> None:
    may = Period(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
    assert before_words(may, None, "previous_period") == "the month before"
    assert before_words(may, None, "previous_year") == "a year earlier"
    assert before_words(None, "quarter", "previous_period") == "the quarter before"
