"""The monthly table: what counts as what, when a row counts, and a second opinion in plain SQL."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from memory_books import MemoryWriter, customer, loan, posting

from analytics.pipeline.aggregate import monthly
from analytics.pipeline.timeline import Calendar

MARCH = dt.date(2026, 3, 31)
BY_HAND = """
SELECT customer_id, count(*)::DOUBLE AS postings,
       sum(amount) FILTER (WHERE category = 'income' AND amount > 0)::DOUBLE AS income,
       -sum(amount) FILTER (WHERE category = 'groceries')::DOUBLE AS essentials,
       -min(amount) FILTER (WHERE amount < 0)::DOUBLE AS largest_debit,
       count(DISTINCT posted_at::DATE)::DOUBLE AS active_days, sum(balance_after)::DOUBLE AS balance_total
FROM books.core.transactions GROUP BY customer_id, date_trunc('month', posted_at)
ORDER BY customer_id, date_trunc('month', posted_at)
"""


def month(writer: MemoryWriter, name: str = "C1", end: dt.date = MARCH) -> pd.Series:
    rows = writer.frame(monthly(writer.books, Calendar(dt.date(2026, 1, 31), end)))
    return rows[(rows.customer_id == name) & (rows.ends_on == pd.Timestamp(end))].iloc[0]


#: What a credit of 1,000 is → (inflow, income).
CREDITS = {
    "salary": ({"category": "income", "recurring_kind": "salary"}, (1000, 1000)),
    "from a person": ({"category": "transfer"}, (1000, 0)),
    "nothing known of it": ({}, (1000, 0)),
    "own transfer": ({"category": "transfer", "is_own_transfer": True}, (0, 0)),
    "own transfer called income": ({"category": "income", "is_own_transfer": True}, (0, 0)),
    "loan disbursal": ({"category": "loan_disbursal"}, (0, 0)),
    "loan app": ({"category": "loan_app"}, (0, 0)),
    "refund": ({"category": "shopping"}, (0, 0)),
    "reversal of a salary": ({"category": "income", "reversal_of": "T1"}, (0, 0)),
}


def test_what_counts_as_income(writer: MemoryWriter) -> None:
    for name, (row, _) in CREDITS.items():
        customer(writer, name)
        writer.insert("transactions", [posting(name, "2026-03-05 10:00", 1000, **row)])
    rows = writer.frame(monthly(writer.books, Calendar(MARCH, MARCH)))
    found = rows[rows.ends_on == pd.Timestamp(MARCH)].set_index("customer_id")
    assert {name: (found.inflow[name], found.income[name]) for name in CREDITS} == {
        name: counted for name, (_, counted) in CREDITS.items()
    }


def test_a_returned_emi_is_a_bounce_and_no_obligation_met(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    debit = posting("C1", "2026-03-05 06:00", -5000, category="loan_payment", subcategory="emi", recurring_kind="emi")
    credit = posting("C1", "2026-03-05 18:00", 5000, category="loan_payment", reversal_of=debit["transaction_id"])
    writer.insert("transactions", [debit, credit])
    found = month(writer)
    assert (found.emi, found.emi_bounces, found.bounces, found.inflow, found.outflow) == (0, 1, 1, 0, 0)


def test_a_row_counts_in_the_month_it_is_known(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    late = posting("C1", "2026-02-27 10:00", 1000, category="income", known_at=dt.datetime(2026, 3, 2))
    edge = posting("C1", "2026-03-31 23:59:59", 10, category="income")
    after = posting("C1", "2026-04-01 00:00", 7, category="income")
    writer.insert("transactions", [late, edge, after])
    assert pd.isna(month(writer, end=dt.date(2026, 2, 28)).income)
    assert month(writer).income == 1010


def test_other_currencies_are_left_out_and_counted(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    writer.insert(
        "transactions",
        [posting("C1", "2026-03-05 10:00", 1000, category="income"),
         posting("C1", "2026-03-06 10:00", 50, category="income", currency="USD")],
    )  # fmt: skip
    assert month(writer).inflow == 1000
    assert writer.frame(writer.books.left_out()).values.tolist() == [["USD", 1]]


def test_balances_are_carried_and_summed_over_accounts(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    writer.insert(
        "accounts",
        [{"account_id": "C1-W", "customer_id": "C1", "kind": "wallet", "currency": "INR", "opened_on": "2024-01-01"}],
    )
    writer.insert(
        "transactions",
        [posting("C1", "2026-01-05 10:00", 10, balance_after=300, account_id="C1-W"),
         posting("C1", "2026-03-05 10:00", 10, balance_after=-20),
         posting("C1", "2026-03-05 12:00", 10, balance_after=700),
         posting("C1", "2026-03-09 12:00", 10, balance_after=500)],
    )  # fmt: skip
    found = month(writer)
    assert (found.closing_balance, found.lowest_balance, found.negative_days, found.low_days) == (800, -20, 1, 2)
    assert found.active_days == 2


def test_missing_content_is_null_and_no_error(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    writer.insert("transactions", [posting("C1", "2026-03-05 10:00", 1000)])
    found = month(writer)
    assert found.categorised == 0
    assert all(
        pd.isna(found[name]) for name in ("logins", "open_loans", "outstanding", "instalments_paid", "card_limit")
    )


def test_loans_and_payments_by_the_date_they_were_paid(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2025-12-10", ["2026-01-10", "2026-03-02"])
    found = month(writer)
    assert (found.open_loans, found.days_past_due) == (1, 22)
    assert (found.instalments_paid, found.instalments_late, found.days_late, found.worst_days_late) == (1, 1, 20, 20)


def test_sums_against_plain_sql(writer: MemoryWriter) -> None:
    kinds = ["income", "groceries", "shopping", "fees", "cash", "loan_payment", "gambling"]
    for name in ("C1", "C2"):
        customer(writer, name)
        writer.insert(
            "transactions",
            [posting(name, f"2026-0{1 + n % 3}-{1 + n % 27:02d} 12:00", (-1) ** n * (7 * n % 113 + 0.25),
                     category=kinds[n % len(kinds)], subcategory="", balance_after=1000 + n)
             for n in range(60)],
        )  # fmt: skip
    ours = writer.frame(monthly(writer.books, Calendar(dt.date(2026, 1, 31), MARCH)))
    ours = ours[ours.postings.notna()].sort_values(["customer_id", "period"])
    theirs = writer.connection.sql(BY_HAND).df()
    columns = ["customer_id", "postings", "income", "essentials", "largest_debit", "active_days", "balance_total"]
    pd.testing.assert_frame_equal(ours[columns].reset_index(drop=True), theirs[columns], check_dtype=False)
