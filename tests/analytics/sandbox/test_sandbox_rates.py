"""Behaviour in the large: how many default and leave, and that risk runs the right way."""

from __future__ import annotations

import pytest

BAD = """
    CREATE OR REPLACE TEMP VIEW bad AS
    SELECT l.customer_id, i.loan_id, i.due_on + 89 AS bad_on FROM instalments i JOIN loans l USING (loan_id)
    WHERE i.due_on + 89 <= DATE '2026-06-30' AND coalesce(i.paid_on > i.due_on + 89, true)
      AND coalesce(l.written_off_on >= i.due_on + 89, true)
"""
#: Borrowers at month ends, and whether a loan open then went 90 days past due within 12 months.
LABELLED = """
    CREATE OR REPLACE TEMP VIEW labelled AS
    SELECT t.*, EXISTS (
        SELECT 1 FROM bad b JOIN loans l USING (loan_id)
        WHERE b.customer_id = t.customer_id AND b.bad_on > t.as_of AND b.bad_on <= t.as_of + INTERVAL 12 MONTH
          AND l.disbursed_on <= t.as_of
    ) AS bad
    FROM truth t WHERE open_loans > 0 AND days_past_due <= 90 AND as_of <= DATE '2025-06-30'
"""
#: What makes default less likely.
SAFER = ("low_balance / needs", "discipline", "balance_in_instalments")


@pytest.fixture(scope="module")
def labelled(lender):
    lender.connection.execute(BAD)
    lender.connection.execute(LABELLED)
    return lender


def test_defaults_are_neither_rare_nor_rife(labelled):
    ever = labelled.value("SELECT (SELECT count(DISTINCT loan_id) FROM bad) / (SELECT count(*) FROM loans)")
    assert 0.04 < ever < 0.16
    probability = labelled.value("SELECT avg(bad::INT) FROM labelled")
    assert 0.03 < probability < 0.13


def test_most_future_bads_are_not_past_due_today(labelled):
    assert labelled.value("SELECT avg((days_past_due = 0)::INT) FROM labelled WHERE bad") > 0.4


def test_most_customers_borrow_at_some_time(labelled):
    share = labelled.value("SELECT (SELECT count(DISTINCT customer_id) FROM loans) / (SELECT count(*) FROM customers)")
    assert 0.52 < share < 0.75


def test_a_tenth_to_a_fifth_leave_each_year(labelled):
    left = (
        "SELECT sum((churned AND NOT before)::INT) / (sum((NOT churned)::INT) / 12.0) FROM (SELECT churned,"
        " lag(churned, 1, false) OVER (PARTITION BY customer_id ORDER BY as_of) AS before FROM truth)"
    )
    assert 0.09 < labelled.value(left) < 0.22


@pytest.mark.parametrize(
    "column", ["bounces", "emi_to_income", "days_past_due", "stress", *(f"-{name}" for name in SAFER)]
)
def test_risk_runs_the_right_way(labelled, column):
    halves = labelled.rows(
        f"WITH ranked AS (SELECT bad, ntile(4) OVER (ORDER BY {column}) AS quarter FROM labelled)"
        " SELECT quarter, avg(bad::INT) FROM ranked WHERE quarter IN (1, 4) GROUP BY 1 ORDER BY 1"
    )
    assert halves[1][1] > halves[0][1]


def test_rows_per_customer_month_are_as_sized(labelled):
    rows = labelled.value("SELECT count(*) FROM transactions") / (labelled.profile.customers * labelled.profile.months)
    assert 19 < rows < 31
    sessions = labelled.value("SELECT count(*) FROM sessions") / (labelled.profile.customers * labelled.profile.months)
    assert 1 < sessions < 6


def test_each_kind_of_anomaly_is_planted_and_stays_rare(labelled):
    kinds = {kind for (kind,) in labelled.rows("SELECT DISTINCT kind FROM anomalies")}
    assert kinds == {
        "card_testing",
        "account_takeover",
        "duplicate_debit",
        "merchant_outlier",
        "geo_jump",
        "structuring",
    }
    share = labelled.value("SELECT (SELECT count(*) FROM anomalies) / (SELECT count(*) FROM transactions)")
    assert share < 0.002
    orphans = "SELECT count(*) FROM anomalies ANTI JOIN transactions USING (transaction_id, customer_id)"
    assert labelled.value(orphans) == 0


def test_structuring_stays_under_the_reporting_threshold(labelled):
    deposits = "anomalies JOIN transactions t USING (transaction_id) WHERE kind = 'structuring' AND t.mode = 'cash'"
    assert 48_000 < labelled.value(f"SELECT max(t.amount) FROM {deposits}") < 50_000
