"""Balances: every account adds up row by row, exactly, and agrees with the truth."""

from __future__ import annotations

ORDERED = """(
    SELECT account_id, amount, balance_after, posted_at,
           lag(balance_after) OVER account AS before, lag(posted_at) OVER account AS earlier
    FROM transactions WINDOW account AS (PARTITION BY account_id ORDER BY posted_at, transaction_id)
)"""
KIND = "transactions t JOIN accounts a USING (account_id) WHERE a.kind = "


def test_every_row_adds_up(lender):
    assert lender.count(f"{ORDERED} WHERE balance_after != before + amount") == 0


def test_time_is_strictly_increasing_within_an_account(lender):
    assert lender.count(f"{ORDERED} WHERE posted_at <= earlier") == 0


def test_accounts_of_joiners_begin_at_nothing(lender):
    joiners = """(
        SELECT min_by(balance_after - amount, posted_at) AS opening
        FROM transactions JOIN customers c USING (customer_id)
        WHERE c.joined_on >= DATE '2024-01-01' GROUP BY account_id
    )"""
    assert lender.count(joiners) > 50
    assert lender.count(f"{joiners} WHERE opening != 0") == 0


def test_the_last_balance_is_the_true_one(lender):
    last = f"(SELECT t.customer_id, arg_max(balance_after, posted_at) AS balance FROM {KIND} 'savings' GROUP BY 1)"
    both = f"{last} l JOIN truth t ON t.customer_id = l.customer_id AND t.as_of = DATE '2026-06-30'"
    assert lender.count(both) > 500
    assert lender.count(f"{both} WHERE abs(l.balance - t.balance) > 0.001") == 0


def test_wallets_and_cards_keep_their_limits(lender):
    assert lender.count(f"{KIND} 'wallet' AND balance_after < 0") == 0
    assert lender.count(f"{KIND} 'credit_card' AND balance_after < -1.15 * credit_limit") == 0


def test_savings_fall_below_zero_only_by_charges_and_returns(lender):
    below = f"{KIND} 'savings' AND amount < 0 AND balance_after < 0"
    assert {name for (name,) in lender.rows(f"SELECT DISTINCT subcategory FROM {below}")} <= {"bounce_charge", "emi"}
    returned = "(SELECT reversal_of FROM transactions WHERE reversal_of IS NOT NULL)"
    assert lender.count(f"{below} AND subcategory = 'emi' AND transaction_id NOT IN {returned}") == 0


def test_both_legs_of_own_transfers_are_there(lender):
    for subcategory, kind in (("card_bill_payment", "credit_card"), ("wallet_load", "wallet")):
        legs = "SELECT count(*), sum(amount), bool_and(is_own_transfer) FROM " + KIND
        out = lender.rows(f"{legs} 'savings' AND subcategory = '{subcategory}'")[0]
        back = lender.rows(f"{legs} '{kind}' AND subcategory = '{subcategory}'")[0]
        assert out[0] == back[0] > 100
        assert out[1] == -back[1]
        assert out[2]
        assert back[2]


def test_reversals_point_at_what_they_reverse(lender):
    pairs = (
        "transactions r LEFT JOIN transactions o ON o.transaction_id = r.reversal_of WHERE r.reversal_of IS NOT NULL"
    )
    assert lender.count(pairs) > 500
    assert lender.count(f"{pairs} AND (o.transaction_id IS NULL OR o.account_id != r.account_id)") == 0
    assert lender.count(f"{pairs} AND (r.amount > -o.amount OR r.amount <= 0 OR r.posted_at <= o.posted_at)") == 0
    assert lender.count("transactions WHERE category = 'refund' AND reversal_of IS NULL") == 0
    assert lender.count("transactions WHERE category = 'refund'") > 100
