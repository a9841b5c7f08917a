"""The tables: shape, keys, identifiers, what stays out of them."""

from __future__ import annotations

import re

import pytest
from stdnum import luhn
from stdnum.in_ import pan

from analytics.sandbox.oracle import eligible, oracle_columns
from analytics.schema import CORE, arrow_schema

NAMES = ("customers", "accounts", "transactions", "loans", "instalments", "sessions")
TABLES = {table.name: table for table in CORE if table.name in NAMES}
MODES = ["upi", "neft", "imps", "rtgs", "nach", "card", "pos", "atm", "cheque", "cash", "netbanking", "wallet", "other"]


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_canonical(lender, name):
    assert lender.tables[name].schema.equals(arrow_schema(TABLES[name]))
    assert lender.tables[name].num_rows > 0


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sessions"])
def test_keys_are_unique_over_chunks(lender, name):
    key = ", ".join(TABLES[name].key)
    assert lender.value(f"SELECT count(*) - count(DISTINCT ({key})) FROM {name}") == 0
    assert lender.count(f"{name} WHERE ({key}) IS NULL") == 0


def test_truth_stays_out_of_the_tables(lender):
    hidden = {"stability", "discipline", "engagement", "buffer", "stress", "wealth", "anomaly", "income_shock"}
    assert hidden <= {*lender.truth.column_names, "anomaly"}
    assert not hidden & {name for table in lender.tables.values() for name in table.column_names}
    assert set(lender.tables) == set(NAMES)
    assert lender.count("transactions WHERE source != 'sandbox' OR category_rule != 'sandbox'") == 0


def test_every_customer_has_savings(lender):
    savers = "(SELECT customer_id FROM accounts WHERE kind = 'savings')"
    assert lender.count(f"customers WHERE customer_id NOT IN {savers}") == 0
    kinds = {kind for (kind,) in lender.rows("SELECT DISTINCT kind FROM accounts")}
    assert kinds == {"savings", "credit_card", "wallet"}
    assert lender.count("accounts WHERE (kind = 'credit_card') != (coalesce(credit_limit, 0) > 0)") == 0


def test_identifiers_are_valid_in_form(lender):
    customers = lender.tables["customers"].to_pydict()
    assert all(re.fullmatch(r"C_[0-9A-F]{4}", one) for one in customers["customer_id"])
    assert all(pan.is_valid(one) for one in customers["tax_pan"])
    surnames = [name.split()[-1] for name in customers["full_name"]]
    assert [surname[0] for surname in surnames] == [one[4] for one in customers["tax_pan"]]
    assert all(re.fullmatch(r"\+91[6-9]\d{9}", one) for one in customers["phone"])
    assert all(re.fullmatch(r"[a-z.]+\d+@example\.(com|org|net)", one) for one in customers["email"])
    for column in ("tax_pan", "phone", "email"):
        assert len(set(customers[column])) == len(customers[column])


def test_card_numbers_pass_the_luhn_check(lender):
    cards = [one for one in lender.tables["accounts"]["card_number"].to_pylist() if one]
    assert len(cards) > 600
    assert len(set(cards)) == len(cards)
    assert all(luhn.is_valid(card) and len(card) == 16 for card in cards)


def test_places_and_flags(lender):
    assert lender.value("SELECT count(DISTINCT city) FROM customers") >= 20
    regions = {region for (region,) in lender.rows("SELECT DISTINCT region FROM customers")}
    assert regions == {"North", "South", "East", "West", "Central", "Northeast"}
    assert 0 < lender.count("customers WHERE len(contact_flags) > 0") < 0.08 * lender.count("customers")
    assert lender.count("customers WHERE kyc_status = 'verified'") > 0.85 * lender.count("customers")


def test_postings_lie_within_the_books_and_the_relationship(lender):
    low, high, known = lender.rows("SELECT min(posted_at), max(posted_at), max(known_at) FROM transactions")[0]
    assert str(low)[:7] == "2024-01"
    assert high.date() == known.date() == lender.profile.last_month
    outside = "posted_at < joined_on OR posted_at >= closed_on + INTERVAL 1 DAY"
    assert lender.count(f"transactions JOIN customers USING (customer_id) WHERE {outside}") == 0
    outside = "started_at < joined_on OR started_at >= closed_on + INTERVAL 1 DAY"
    assert lender.count(f"sessions JOIN customers USING (customer_id) WHERE {outside}") == 0


def test_some_rows_become_known_late(lender):
    late, delay = lender.rows("SELECT avg((known_at > posted_at)::INT), max(known_at - posted_at) FROM transactions")[0]
    assert 0.01 < late < 0.08
    assert delay.days <= 3
    assert lender.count("transactions WHERE known_at < posted_at") == 0
    refunds = "transactions WHERE category = 'refund'"
    assert lender.count(f"{refunds} AND known_at > posted_at") > 0.15 * lender.count(refunds)


@pytest.mark.parametrize("column", ["mode", "direction", "category", "subcategory", "narration", "known_at"])
def test_classes_are_filled(lender, column):
    assert lender.count(f"transactions WHERE coalesce({column}::VARCHAR, '') = ''") == 0


def test_modes_categories_and_signs(lender):
    assert {mode for (mode,) in lender.rows("SELECT DISTINCT mode FROM transactions")} == set(MODES)
    assert lender.value("SELECT count(DISTINCT category) FROM transactions") >= 20
    assert lender.count("transactions WHERE amount = 0 OR (amount < 0) != (direction = 'debit')") == 0


def test_oracle_columns_are_in_the_truth(lender):
    assert set(oracle_columns()) <= set(lender.truth.column_names)
    assert len(set(oracle_columns())) == len(oracle_columns())
    rows = eligible(lender.truth)
    assert 0 < rows.num_rows < lender.truth.num_rows
    assert max(rows["days_past_due"].to_pylist()) <= 90


def test_truth_has_every_month_end_once(lender):
    assert lender.value("SELECT count(*) - count(DISTINCT (customer_id, as_of)) FROM truth") == 0
    assert lender.value("SELECT count(DISTINCT as_of) FROM truth") == lender.profile.months
    assert lender.count("truth WHERE as_of != last_day(as_of)") == 0
