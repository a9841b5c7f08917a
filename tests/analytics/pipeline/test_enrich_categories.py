"""From a narration to its category: rules, what the source told, what a person corrected."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from analytics.pipeline.enrich import enriched
from analytics.pipeline.enrichment.forms import read
from analytics.schema import CORRECTIONS, arrow_schema

#: Narration and amount → category, subcategory, rule.
CATEGORIES = {
    ("UPI-SWIGGY LIMITED-swiggy@axis-UTIB0000248-104123456789-Payment", -350): (
        "food_and_dining", "delivery", "alias:swiggy",
    ),
    ("NEFT CR-CITI0000002-INFOSYS LIMITED-CITIN24123456789-SALARY SEP 24", 90_000): (
        "income", "salary", "note:salary",
    ),
    ("ACH D- BAJAJ FINANCE LTD-P400XYZ123", -4_500): ("loan_payment", "emi", "nach:emi"),
    ("ACH D- SBI FUNDS MANAGEMENT LTD-M1234567", -2_000): ("investment", "sip", "nach:sip"),
    ("ACH D RTN- BAJAJ FINANCE LTD-P400XYZ123", 4_500): ("loan_payment", "emi_return", "nach:emi_return"),
    ("ACH DEBIT RETURN CHARGES JAN 26", -590): ("fees", "bounce_charge", "bank:bounce_charge"),
    ("NWD-416021XXXXXX1234-S1ACMU12-PUNE", -2_000): ("cash", "atm_withdrawal", "rail:atm"),
    ("AEPS/509912345687/PATNA/BC", -1_000): ("cash", "bc_cash", "rail:bc_cash"),
    ("UPI/P2A/509912345687/MOHAN LAL/RENT/HDFC", -15_000): ("rent", "house_rent", "note:rent"),
    ("UPI/P2A/509912345687/MOHAN LAL/lunch/HDFC", -150): ("transfer", "sent_to_person", "person:sent"),
    ("UPI/P2A/509912345687/MOHAN LAL/lunch/HDFC", 150): ("transfer", "received_from_person", "person:received"),
    ("UPI/KREDITBEE/509912345687/LOAN", 5_000): ("loan_app", "loan_app_disbursal", "party:loan_app_in"),
    ("UPI/AMAZON PAY INDIA PRIVATE LIMITED/421014565694/Add money", -500): (
        "transfer", "wallet_load", "note:wallet_load",
    ),
    ("UPI LITE TOP UP", -500): ("transfer", "wallet_load", "rail:wallet_load"),
    ("UPI/QWXZ VVK/509912345687/UPI", -500): ("", "", "abstain"),
    ("", -1): ("", "", "abstain"),
}  # fmt: skip
TOLD: list[Mapping[str, Any]] = [
    {"narration": "POS 416021XXXXXX1234 QWXZ", "amount": -10, "mcc": "5812"},
    {"narration": "UPI/SWIGGY/509912345687/UPI", "amount": -10, "category": "travel", "merchant": "Mine"},
    {"narration": "UPI/P2M/509912345687/RAMESH KUMAR/x/HDFC", "amount": -10, "mcc": "5411"},
    {"narration": "UPI/LAKSHMI STORES/509912345687/UPI", "amount": -10, "mcc": "5651"},
    {"narration": "UPI/LAKSHMI MEDICALS/509912345687/UPI", "amount": -10, "mcc": "5651"},
]
FIXES = [
    {"correction_id": "K1", "scope": "merchant", "matches": "swiggy", "category": "business", "subcategory": "meals"},
    {"correction_id": "K2", "scope": "transaction", "matches": "P7", "category": "gift", "merchant": "Aunt"},
    {"correction_id": "K3", "scope": "counterparty", "matches": "Mohan Lal", "category": "rent"},
    {"correction_id": "K4", "scope": "narration", "matches": "upi lite top up", "category": "transport"},
]


def in_books(rows: list[Mapping[str, Any]], fixes: list[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Enrich rows in books of their own."""
    connection = duckdb.connect(config={"threads": "1"})
    backend = ibis.duckdb.from_connection(connection)
    names = dict.fromkeys(name for row in rows for name in row)
    schema = pa.schema([(name, pa.decimal128(18, 2) if name == "amount" else pa.string()) for name in names])
    filled = [{**row, "amount": Decimal(row["amount"])} for row in rows]
    connection.register("arriving", pa.Table.from_pylist(filled, schema))
    connection.execute("CREATE TABLE postings AS SELECT *, row_number() OVER () AS at FROM arriving")
    repairs = pa.Table.from_pylist(list(fixes or []), arrow_schema(CORRECTIONS))
    connection.register("fixes", repairs)
    found = enriched(backend.table("postings"), backend.table("fixes") if fixes else None).order_by("at")
    rows_found: list[dict[str, Any]] = connection.sql(backend.compile(found)).to_arrow_table().to_pylist()
    return rows_found


@pytest.fixture(scope="module")
def categories() -> list[dict[str, Any]]:
    return in_books([{"narration": narration, "amount": amount} for narration, amount in CATEGORIES])


@pytest.mark.parametrize("at", range(len(CATEGORIES)), ids=[f"{text} {sum_}" for text, sum_ in CATEGORIES])
def test_a_posting_has_a_category(categories: list[dict[str, Any]], at: int) -> None:
    row = categories[at]
    assert (row["category"], row["subcategory"], row["category_rule"]) == list(CATEGORIES.values())[at]


def test_no_row_is_lost_or_doubled_and_confidence_is_a_share(categories: list[dict[str, Any]]) -> None:
    assert len(categories) == len(CATEGORIES)
    assert all(0 <= row["category_confidence"] <= 1 for row in categories)


def test_the_source_and_its_merchant_category_code_count() -> None:
    by_code, by_source, coded_person, vague_word, sure_word = in_books(TOLD)
    assert (by_code["category"], by_code["category_rule"]) == ("food_and_dining", "mcc:5811-5814")
    assert (by_source["category"], by_source["subcategory"], by_source["merchant"]) == ("travel", "", "Mine")
    assert (coded_person["category"], coded_person["category_rule"]) == ("groceries", "mcc:5411")
    assert (vague_word["category"], vague_word["category_rule"]) == ("shopping", "mcc:5611-5699")
    assert (sure_word["category"], sure_word["category_rule"]) == ("health", "word:medicals")
    assert (by_source["category_rule"], by_source["category_confidence"]) == ("source", 1.0)


def test_a_correction_wins_over_every_rule() -> None:
    rows = [
        {"posting_id": "P1", "narration": "UPI/SWIGGY/509912345687/UPI", "amount": -10, "category": "travel"},
        {"posting_id": "P7", "narration": "UPI/SWIGGY/509912345687/UPI", "amount": -10, "category": None},
        {"posting_id": "P8", "narration": "UPI/P2A/509912345687/MOHAN LAL/x/HDFC", "amount": -10, "category": None},
        {"posting_id": "P9", "narration": "UPI LITE  TOP UP", "amount": -10, "category": None},
        {"posting_id": "PA", "narration": "UPI LITE TOP UP", "amount": -10, "category": None},
    ]
    found = in_books(rows, FIXES)
    assert [(row["category"], row["category_rule"]) for row in found] == [
        ("business", "correction:K1"), ("gift", "correction:K2"), ("rent", "correction:K3"),
        ("transfer", "rail:wallet_load"), ("transport", "correction:K4"),
    ]  # fmt: skip
    assert (found[1]["merchant"], found[0]["subcategory"]) == ("Aunt", "meals")


def test_the_rules_speak_of_senses_that_forms_have() -> None:
    from analytics.pipeline.enrichment.forms import forms

    told = {form.sense for form in forms()} | {row[2] for row in read("words")}
    asked = {sense for _, conditions, *_ in read("categories") for sense in conditions.get("sense", [])}
    assert asked <= told
