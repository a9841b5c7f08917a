"""Loans: instalments, presentations and bounces tell one story."""

from __future__ import annotations

#: What instalments say was paid while the books are open, and what accounts say was debited, by customer and day.
PAID = """(
    SELECT l.customer_id, i.paid_on AS day, sum(i.amount_paid) AS paid
    FROM instalments i JOIN loans l USING (loan_id) WHERE i.paid_on >= DATE '2024-01-01' GROUP BY ALL
)"""
DEBITED = """(
    SELECT customer_id, posted_at::DATE AS day, -sum(amount) AS paid FROM transactions
    WHERE subcategory IN ('emi', 'emi_return', 'emi_catch_up', 'foreclosure') GROUP BY ALL HAVING sum(amount) != 0
)"""
#: Loans beside their schedules.
SCHEDULES = """(
    SELECT loan_id, count(*) AS listed, bool_and(paid_on IS NOT NULL) AS done, max(paid_on) AS last_paid,
           min(due_on) FILTER (paid_on IS NULL) AS oldest_unpaid
    FROM instalments GROUP BY 1
) JOIN loans USING (loan_id)"""


def test_every_payment_has_its_debit_and_every_debit_its_payment(lender):
    both = f"{PAID} p FULL JOIN {DEBITED} d USING (customer_id, day)"
    assert lender.count(both) > 3000
    assert lender.count(f"{both} WHERE p.paid IS DISTINCT FROM d.paid") == 0


def test_the_oldest_instalment_is_paid_first(lender):
    rows = """(
        SELECT paid_on, due_on, lag(paid_on) OVER w AS paid_before, lag(due_on) OVER w AS due_before,
               row_number() OVER w AS nth
        FROM instalments WINDOW w AS (PARTITION BY loan_id ORDER BY instalment_no)
    )"""
    assert lender.count(f"{rows} WHERE nth > 1 AND paid_on IS NOT NULL AND paid_before IS NULL") == 0
    assert lender.count(f"{rows} WHERE paid_on < paid_before OR due_on < due_before") == 0


def test_instalments_are_paid_in_full_or_not_at_all(lender):
    assert lender.count("instalments WHERE amount_paid != CASE WHEN paid_on IS NULL THEN 0 ELSE amount_due END") == 0
    assert lender.count("instalments WHERE paid_on < due_on OR paid_on > DATE '2026-06-30'") == 0


def test_schedules_are_complete_but_for_early_settlement(lender):
    assert lender.count(f"{SCHEDULES} WHERE listed > tenor_months") == 0
    assert lender.count(f"{SCHEDULES} WHERE listed < tenor_months AND closed_on IS NULL") == 0
    assert 0 < lender.count(f"{SCHEDULES} WHERE listed < tenor_months") < 0.1 * lender.count("loans")


def test_closed_loans_are_repaid_and_written_off_ones_are_late(lender):
    assert lender.count("loans WHERE closed_on IS NOT NULL AND written_off_on IS NOT NULL") == 0
    assert lender.count(f"{SCHEDULES} WHERE done != (closed_on IS NOT NULL) OR closed_on != last_paid") == 0
    assert lender.count(f"{SCHEDULES} WHERE written_off_on - oldest_unpaid + 1 <= 180") == 0


def test_disbursals_are_credited_once(lender):
    lent = """(
        SELECT customer_id, disbursed_on AS day, sum(principal) AS lent
        FROM loans WHERE disbursed_on >= DATE '2024-01-01' GROUP BY ALL
    )"""
    credited = """(
        SELECT customer_id, posted_at::DATE AS day, sum(amount) AS lent
        FROM transactions WHERE subcategory = 'disbursal' GROUP BY ALL
    )"""
    both = f"{lent} l FULL JOIN {credited} c USING (customer_id, day)"
    assert lender.count(both) > 200
    assert lender.count(f"{both} WHERE l.lent IS DISTINCT FROM c.lent") == 0


def test_a_bounce_means_the_money_was_not_there(lender):
    bounced = (
        "transactions t JOIN transactions r ON r.reversal_of = t.transaction_id WHERE r.subcategory = 'emi_return'"
    )
    assert lender.count(bounced) > 100
    assert lender.count(f"{bounced} AND t.balance_after >= 0") == 0


def test_bounces_are_charged(lender):
    returns = lender.count("transactions WHERE subcategory = 'emi_return'")
    assert lender.count("transactions WHERE subcategory = 'bounce_charge'") > 0.5 * returns > 0


def test_days_past_due_of_the_truth_follow_from_the_instalments(lender):
    late = """(
        SELECT t.customer_id, t.as_of, any_value(t.days_past_due) AS told, max(
            CASE WHEN i.due_on <= t.as_of AND coalesce(i.paid_on > t.as_of, true) THEN t.as_of - i.due_on + 1 ELSE 0 END
        ) AS found
        FROM truth t JOIN loans l ON l.customer_id = t.customer_id AND l.disbursed_on <= t.as_of
            AND coalesce(l.closed_on > t.as_of, true) AND coalesce(l.written_off_on > t.as_of, true)
        JOIN instalments i USING (loan_id) GROUP BY ALL
    )"""
    assert lender.count(late) > 3000
    assert lender.count(f"{late} WHERE told != found") == 0


def test_instalments_fit_the_income_at_underwriting(lender):
    granted = "loans l JOIN truth t ON t.customer_id = l.customer_id AND t.as_of = last_day(l.disbursed_on)"
    assert lender.value(f"SELECT avg((emi_amount > 0.75 * t.perceived_income)::INT) FROM {granted}") < 0.02
