"""Records: the flat one, streams of them, and the Account Aggregator's deposit profile."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from statement_reader import Reader

from governance.errors import SourceError

FLAT = {
    "customer_id": "XYZ123", "transaction_date": "2024-12-01", "amount": -250.75, "merchant": "Amazon",
    "category": "eCommerce", "mode": "Credit Card", "location": "Bangalore", "remarks": "Grocery essentials",
}  # fmt: skip
TRANSACTIONS = [
    {
        "type": "DEBIT", "mode": "UPI", "amount": "1250.50", "currentBalance": "123456.78", "txnId": "T1",
        "transactionTimestamp": "2024-04-01T10:15:00+05:30", "valueDate": "2024-04-01", "reference": "409212345678",
        "narration": "UPI/DR/409212345678/SHOP",
    },
    {
        "type": "CREDIT", "mode": "FT", "amount": "85000.00", "currentBalance": "208456.78", "txnId": "T2",
        "transactionTimestamp": "2024-04-03T20:00:00Z", "valueDate": "2024-04-04", "reference": "N094",
        "narration": "NEFT INFO LTD",
    },
]  # fmt: skip
JSON = {
    "Account": {
        "type": "deposit", "maskedAccNumber": "XXXXXX7890", "linkedAccRef": "0b9e3c1e-0001-4f6b-9f7c-000000000001",
        "Profile": {"Holders": {"Holder": {"name": "ASHOK TEST"}}},
        "Transactions": {"startDate": "2024-04-01", "endDate": "2024-04-30", "Transaction": TRANSACTIONS},
    }
}  # fmt: skip
XML = (
    '<Account xmlns="http://api.rebit.org.in/FISchema/deposit" type="deposit" maskedAccNumber="XXXXXX7890" '
    'linkedAccRef="0b9e3c1e-0001-4f6b-9f7c-000000000001"><Transactions>'
    + "".join("<Transaction " + " ".join(f'{k}="{v}"' for k, v in each.items()) + "/>" for each in TRANSACTIONS)
    + "</Transactions></Account>"
)


def test_the_flat_record(read: Reader) -> None:
    row = read(json.dumps(FLAT), name="record.json", account=None, customer=None).postings[0]
    assert (row["customer_id"], row["amount"], row["posted_at"]) == (
        "XYZ123", Decimal("-250.75"), dt.datetime(2024, 12, 1),
    )  # fmt: skip
    told = [row[name] for name in ("merchant", "category", "mode", "city", "narration")]
    assert told == ["Amazon", "eCommerce", "Credit Card", "Bangalore", "Grocery essentials"]


@pytest.mark.parametrize("text", [json.dumps(JSON), XML, json.dumps([{"data": [{"decrypted": JSON}]}])])
def test_the_deposit_profile(read: Reader, text: str) -> None:
    found = read(text, name="accounts.txt", account=None, customer="C9")
    assert found.parsed.source == "account_aggregator"
    assert found.column("amount") == [Decimal("-1250.50"), Decimal(85_000)]
    assert found.column("posted_at") == [dt.datetime(2024, 4, 1, 10, 15), dt.datetime(2024, 4, 4, 1, 30)]
    assert found.column("posting_id") == ["T1", "T2"]
    assert found.column("mode") == ["UPI", "FT"]
    assert set(found.column("customer_id")) == {"C9"}
    assert found.continuous


def test_a_stream_keeps_its_ids_and_rejects_what_is_no_record(read: Reader) -> None:
    lines = [json.dumps(FLAT | {"transaction_id": "R1"}), "", "{broken", '"text"', json.dumps(FLAT | {"amount": "x"})]
    found = read("\n".join(lines), name="stream.ndjson", account=None, customer=None)
    assert found.column("posting_id") == ["R1"]
    assert [(row["line"], row["reason"].split(":")[0]) for row in found.rejected] == [
        (3, "The line is not JSON"), (4, "The record is not an object"), (5, "amount is not an amount"),
    ]  # fmt: skip


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<Account><Transactions><Transaction narration='&c;'/></Transactions></Account>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Account>&x;</Account>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ("<Account>", "not readable XML"),
        ("<html/>", "no accounts"),
        ("{", "not JSON"),
        ("[" * 200_000, "not JSON"),
        ('[{"amount": 1' + "0" * 5000 + "}]", "number is too long|without a date"),
        ("[1, 2]", "without a date or an amount"),
    ],
)
def test_what_holds_no_records_is_refused_in_words(read: Reader, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(text, name="file.json")
