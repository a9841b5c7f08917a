"""Statement features against a month worked out by hand, and against the same code on other dates."""

from __future__ import annotations

import datetime as dt

import pytest
from memory_books import MemoryWriter, customer, posting

from analytics.features.build import statement_features
from analytics.features.statement import STATEMENT
from analytics.pipeline.day_ends import day_ends, fixed_day_balances
from analytics.pipeline.periods import as_of_table

MARCH = dt.date(2026, 3, 31)


@pytest.fixture
def writer() -> MemoryWriter:
    """One account: a balance from February, a salary, rent, a bounce, a friend paid and paying back."""
    writer = MemoryWriter()
    customer(writer, "C1")
    rows = [
        ("2026-02-20T09:00", 2000.0, 2000.0, {}),
        ("2026-03-02T09:00", 50000.0, 52000.0, {"category": "income", "recurring_kind": "salary"}),
        ("2026-03-05T08:00", -15000.0, 37000.0, {"category": "rent", "recurring_kind": "rent"}),
        ("2026-03-05T20:00", -1500.5, 35499.5, {"counterparty": "ASHA", "category": "transfer"}),
        ("2026-03-12T10:00", 1500.5, 37000.0, {"counterparty": "Asha", "category": "transfer"}),
        ("2026-03-18T10:00", -40000.0, -3000.0, {"category": "loan_payment", "recurring_kind": "emi"}),
        ("2026-03-18T18:00", 40000.0, 37000.0, {"category": "loan_payment", "reversal_of": "x"}),
        ("2026-03-25T10:00", -7000.0, 30000.0, {"category": "cash"}),
        ("2026-03-28T10:00", 3000.0, 33000.0, {"category": "cash", "known_at": dt.datetime(2026, 4, 3)}),
    ]
    writer.insert(
        "transactions",
        [posting("C1", at, amount, balance_after=balance, **more) for at, amount, balance, more in rows],
    )
    return writer


def at(writer: MemoryWriter, *as_ofs: dt.date) -> dict[dt.date, dict[str, float]]:
    spine = writer.books.customers.select("customer_id").cross_join(as_of_table(as_ofs))
    frame = writer.frame(statement_features(writer.books, spine))
    return {row["as_of"].date(): row for row in frame.to_dict("records")}


def test_a_month_worked_out_by_hand(writer: MemoryWriter) -> None:
    found = at(writer, MARCH)[MARCH]
    fixed = [2000.0, 35499.5, 35499.5, 37000.0, 37000.0, 30000.0, 30000.0]
    names = ["on_1", "on_5", "on_10", "on_15", "on_20", "on_25", "month_end"]
    assert [found[f"balance_{name}"] for name in names] == fixed
    assert found["fixed_day_balance_1m"] == pytest.approx(sum(fixed) / 7)
    assert (found["lowest_day_end_1m"], found["highest_day_end_1m"]) == (30000.0, 52000.0)
    assert found["negative_days_1m"] == 1
    assert (found["inward_bounces_1m"], found["days_since_bounce"]) == (1, 13)
    assert found["foir_1m"] == pytest.approx(15000 / 50000)
    assert found["round_amounts_1m"] == pytest.approx(5 / 7)
    assert (found["paired_amounts_1m"], found["circular_parties_1m"]) == (1, 1)
    assert found["cash_deposited_1m"] == 0, "it was not known by then"


def test_what_came_to_be_known_later_counts_then(writer: MemoryWriter) -> None:
    april = dt.date(2026, 4, 30)
    found = at(writer, april)[april]
    assert (found["balance_on_1"], found["balance_on_5"]) == (30000.0, 33000.0)
    assert found["cash_deposited_1m"] == pytest.approx(1.0)


def test_balances_are_carried_for_a_year_and_no_longer(writer: MemoryWriter) -> None:
    balances = writer.frame(fixed_day_balances(day_ends(writer.books)))
    assert balances.on.max().date() == dt.date(2027, 4, 1)
    assert not balances.duplicated(["account_id", "on"]).any()


def test_every_statement_feature_says_what_it_is() -> None:
    assert len(STATEMENT) > 60
    assert all(feature.description and feature.name == name for name, feature in STATEMENT.items())
