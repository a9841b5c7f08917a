"""Payments that come back: each kind, what is none, when next, and what was sent back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from memory_books import MemoryWriter, posting

from analytics.pipeline.recurring import CADENCES, KINDS, recurring

Found = tuple[dict[str, str], list[dict[str, Any]]]


def dates(first: str, step: int, count: int) -> list[dt.date]:
    return [dt.date.fromisoformat(first) + dt.timedelta(days=step * k) for k in range(count)]


def months(day: int, count: int) -> list[dt.date]:
    return [dt.date(2025 + k // 12, k % 12 + 1, day) for k in range(count)]


def rows(days: Sequence[dt.date], amounts: Sequence[float] | float, **told: Any) -> list[dict[str, Any]]:
    sums = [amounts] * len(days) if isinstance(amounts, int | float) else amounts
    return [{"posted_at": f"{day} 10:00", "amount": each, **told} for day, each in zip(days, sums, strict=True)]


def find(writer: MemoryWriter, *groups: Sequence[Mapping[str, Any]]) -> Found:
    """Return the marks by transaction and the payments; transactions are numbered from T0."""
    given = [row for group in groups for row in group]
    for at, row in enumerate(given):
        writer.insert(
            "transactions", [{**posting("C1", row["posted_at"], row["amount"]), **row, "transaction_id": f"T{at}"}]
        )
    marks, payments = recurring(writer.table("core", "transactions"))
    marked = writer.frame(marks)
    return dict(zip(marked.transaction_id, marked.recurring_kind, strict=True)), writer.frame(payments).to_dict(
        "records"
    )


SALARY = {"category": "income", "subcategory": "salary", "counterparty": "ACME"}
#: What is paid → its recurring kind and cadence.
KNOWN: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "salary": (
        rows(months(28, 5), [50_000, 50_000, 52_000, 52_000, 57_000], **SALARY), "salary", "monthly",
    ),
    "instalment": (rows(months(5, 3), -4_500, category="loan_payment", counterparty="LENDER"), "emi", "monthly"),
    "plan": (rows(months(7, 3), -2_000, category="investment", subcategory="sip", merchant="Fund"), "sip", "monthly"),
    "premium by the quarter": (
        rows(dates("2025-01-10", 91, 4), -3_000, category="insurance", merchant="Insurer"), "insurance", "quarterly",
    ),
    "premium by the year": (
        rows(dates("2022-01-10", 365, 3), -9_000, category="insurance", merchant="Insurer"), "insurance", "yearly",
    ),
    "subscription": (rows(months(9, 4), -499, category="subscriptions", merchant="Stream"), "subscription", "monthly"),
    "weekly paper": (
        rows(dates("2025-01-06", 7, 5), -60, category="subscriptions", merchant="Paper"), "subscription", "weekly",
    ),
    "bill": (rows(months(15, 4), [-800, -950, -700, -900], category="utilities", merchant="W"), "utility", "monthly"),
    "rent by its note": (rows(months(3, 3), -9_000, category="rent", counterparty="OWNER"), "rent", "monthly"),
    "rent without a note": (rows(months(3, 4), -9_000, category="transfer", counterparty="OWNER"), "rent", "monthly"),
}  # fmt: skip
UNKNOWN: dict[str, list[dict[str, Any]]] = {
    "two of a kind": rows(months(5, 2), -4_500, category="loan_payment", counterparty="LENDER"),
    "no rhythm": rows([*dates("2025-01-01", 2, 2), dt.date(2025, 3, 1)], -499, category="insurance", merchant="S"),
    "sums to a friend": rows(months(3, 4), [-4_000, -900, -2_500, -7_000], category="transfer", counterparty="FRIEND"),
    "small sums to a person": rows(months(3, 5), -300, category="transfer", counterparty="MILKMAN"),
    "shopping": rows(months(3, 5), -999, category="shopping", merchant="Shop"),
    "nobody": rows(months(3, 5), -999, category="insurance"),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_what_comes_back_is_found(writer: MemoryWriter, name: str) -> None:
    given, kind, cadence = KNOWN[name]
    marks, payments = find(writer, given)
    assert marks == {f"T{at}": kind for at in range(len(given))}
    assert [(one["recurring_kind"], one["cadence"], one["hits"]) for one in payments] == [(kind, cadence, len(given))]


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_does_not_come_back_is_left(writer: MemoryWriter, name: str) -> None:
    assert find(writer, UNKNOWN[name]) == ({}, [])


def test_two_loans_of_one_lender_stay_apart(writer: MemoryWriter) -> None:
    one = rows(months(5, 4), -4_500, category="loan_payment", counterparty="LENDER")
    other = rows(months(20, 4), -5_000, category="loan_payment", counterparty="LENDER")
    assert sorted(each["amount"] for each in find(writer, one, other)[1]) == [4_500, 5_000]


def test_one_purchase_at_a_subscriptions_merchant_is_no_part_of_it(writer: MemoryWriter) -> None:
    paid = rows(months(9, 4), -149, category="subscriptions", merchant="Stream")
    bought = rows([dt.date(2025, 2, 20)], -4_999, category="subscriptions", merchant="Stream")
    assert "T4" not in find(writer, paid, bought)[0]


def test_the_next_salary_comes_before_a_weekend(writer: MemoryWriter) -> None:
    paid = rows(months(28, 5), 50_000, category="income", subcategory="salary", counterparty="ACME")
    assert find(writer, paid)[1][0]["next_expected_on"].date() == dt.date(2025, 6, 27)


def test_an_instalment_tried_again_keeps_its_rhythm_and_its_bounces(writer: MemoryWriter) -> None:
    told = {"category": "loan_payment", "counterparty": "LENDER LIMITED"}
    first, again = rows(months(5, 4), -4_500, **told), rows(months(12, 4), -4_500, **told)
    back = rows(months(5, 3), 4_500, **told)
    marks, payments = find(writer, first, again, back)
    assert set(marks.values()) == {"emi"}
    assert (payments[0]["cadence"], payments[0]["bounces"]) == ("monthly", 3)
    assert payments[0]["next_expected_on"].date() == dt.date(2025, 5, 12)


def test_customers_and_directions_stay_apart(writer: MemoryWriter) -> None:
    told = {"category": "insurance", "merchant": "Insurer"}
    mine = rows(months(5, 2), -900, **told)
    others = rows([dt.date(2025, 3, 5)], -900, customer_id="C2", **told)
    refund = rows([dt.date(2025, 3, 5)], 900, **told)
    assert find(writer, mine, others, refund) == ({}, [])


def test_kinds_and_cadences_are_the_books_words() -> None:
    assert set(KINDS.values()) == {"salary", "rent", "emi", "sip", "insurance", "subscription", "utility"}
    assert list(CADENCES) == ["weekly", "monthly", "quarterly", "yearly"]
