"""Who a name is, and the merchants that are declared."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from analytics.pipeline.enrichment.directory import Directory, directory_of, key_of, merchants
from analytics.pipeline.enrichment.forms import read
from analytics.pipeline.enrichment.parties import crosswalk, parties_of

#: Name and VPA → kind, merchant, category, how it was found.
PARTIES = {
    ("SWIGGY LIMITED", ""): ("merchant", "Swiggy", "food_and_dining", "alias:swiggy"),
    ("swiggy  order 12", ""): ("merchant", "Swiggy", "food_and_dining", "alias:swiggy"),
    ("INTERGLOBE AVIAT", ""): ("merchant", "IndiGo", "travel", "alias:indigo"),
    ("ZEROHDA BROKING", ""): ("merchant", "Zerodha", "investment", "fuzzy:zerodha"),
    ("", "bigbasket@hdfcbank"): ("merchant", "BigBasket", "groceries", "alias:bigbasket"),
    ("AMAZON SELLER SERVICES", "amazonprime@apl"): ("merchant", "Amazon Prime", "subscriptions", "alias:amazonprime"),
    ("RAHUL SHARMA", ""): ("person", None, "transfer", "person"),
    ("KARAN MO", ""): ("person", None, "transfer", "person"),
    ("SOMEBODY", "9876543210@ybl"): ("person", None, "transfer", "person"),
    ("priya99", "priya99@okaxis"): ("person", None, "transfer", "person"),
    ("SRI BALAJI MEDICALS", ""): ("merchant", None, "health", "word:medicals"),
    ("SRI BALAJI MEDICA", ""): ("merchant", None, "health", "word:medical"),
    ("RAJU TEA STALL", ""): ("merchant", None, "food_and_dining", "word:tea stall"),
    ("HOSPITAL ROAD KIRANA", ""): ("merchant", None, "groceries", "word:kirana"),
    ("CITY HOSPITAL CANTEEN", ""): ("merchant", None, "food_and_dining", "word:canteen"),
    ("ANNA MEDICALS AND GIFTS", ""): ("merchant", None, "health", "word:medicals"),
    ("", "annapurnabakery@ybl"): ("merchant", None, "food_and_dining", "word:bakery"),
    ("RAZORPAY SWIGGY", ""): ("merchant", "Swiggy", "food_and_dining", "alias:swiggy"),
    ("", "bescom.bill@sbi"): ("merchant", "BESCOM", "utilities", "alias:bescom"),
    ("", "swiggystores@icici"): ("merchant", "Swiggy", "food_and_dining", "alias:swiggy"),
    ("", "paytmqr281005050101@paytm"): ("unknown", None, "", "abstain"),
    ("HP PETROL PUMP ANDHERI", ""): ("merchant", "HP Petrol Pump", "fuel", "alias:hppetrolpump"),
    ("AMAZON QWXZ", ""): ("unknown", None, "", "abstain"),
    ("AMAZON PAY ELECTRICITY", ""): ("merchant", None, "utilities", "word:electricity"),
    ("BANGALORE", ""): ("unknown", None, "", "abstain"),
    ("K SELVAM", ""): ("person", None, "transfer", "person"),
    ("Dr Reddy Clinic", ""): ("merchant", None, "health", "word:clinic"),
    ("LAKSHMI STORES", ""): ("merchant", None, "groceries", "word:stores"),
    ("RAHUL TRADERS", ""): None,
    ("CITY DENTAL CLINIC", ""): ("merchant", None, "health", "word:dental clinic"),
    ("XQZT WVK", ""): ("unknown", None, "", "abstain"),
    ("RELIANCE", ""): None,
    ("", ""): ("unknown", None, "", "abstain"),
}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], dict[str, Any]]:
    names, vpas = zip(*PARTIES, strict=True)
    rows = parties_of(pa.table({"counterparty": names, "vpa": vpas})).to_pylist()
    return dict(zip(PARTIES, rows, strict=True))


@pytest.mark.parametrize("key", [key for key, party in PARTIES.items() if party])
def test_a_name_is_somebody(found: dict[tuple[str, str], dict[str, Any]], key: tuple[str, str]) -> None:
    party = found[key]
    assert tuple(party[f"party_{name}"] for name in ("kind", "merchant", "category", "rule")) == PARTIES[key]


def test_a_shop_with_a_given_name_is_no_person(found: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert found["RAHUL TRADERS", ""]["party_kind"] != "person"


def test_a_cut_name_that_begins_several_merchants_is_none_of_them(
    found: dict[tuple[str, str], dict[str, Any]],
) -> None:
    assert found["RELIANCE", ""]["party_merchant"] is None


def test_confidence_is_a_share(found: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert all(0 <= party["party_confidence"] <= 1 for party in found.values())


def test_every_merchant_answers_to_one_name() -> None:
    names = [(key_of(name), party.merchant) for party, names in merchants() for name in names]
    assert len({key for key, _ in names}) == len(dict.fromkeys(names))


def test_every_category_of_merchants_has_words_of_its_trade() -> None:
    assert set(read("merchants")) <= set(read("trades"))


def test_an_empty_directory_knows_no_merchant() -> None:
    keys = pa.table({"counterparty": ["RAHUL SHARMA"], "vpa": [""]})
    assert directory_of([]) == Directory({}, [])
    assert parties_of(keys, directory_of([]))["party_kind"].to_pylist() == ["person"]


def test_codes_of_merchant_categories_do_not_overlap() -> None:
    spans = sorted((low, high or low) for low, _, high in (code.partition("-") for code in crosswalk()))
    assert all(before[1] < after[0] for before, after in pairwise(spans))
