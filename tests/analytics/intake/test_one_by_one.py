"""Postings one by one get what the intake gives them together, whatever came before."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from analytics.engine import passing_backend, steps_apart
from analytics.intake.one_by_one import OneByOne, _EveryMonth
from analytics.intake.steps import transactions
from analytics.pipeline.aggregate import account_months, customer_months
from analytics.pipeline.books import Books
from analytics.pipeline.enrich import enriched
from analytics.schema import ACCOUNTS, CORE, RAW_POSTINGS, TRANSACTIONS, arrow_schema

HINDI = "UPI/DR/618212345678/श्री गणेश STORES/YESB/shree@ybl/चाय"
NARRATIONS = (
    HINDI,
    "UPI/DR/618212345678/SWIGGY/YESB/swiggy@ybl/food",
    "NEFT CR-HDFC0000001-ACME LTD-SALARY-REF123456789",
    "ATM WDL 1234 PUNE",
    "no form at all",
    "UPI/CR/618212345999/VINAY GAIKWAD/SBIN/vinay@oksbi/rent",
    "ACH D- BAJAJ FINANCE LTD-1234567",
    "POS 423456XXXXXX7890 DMART PUNE",
    "BY TRANSFER-NEFT*SBIN0378441*N311606111724*OM LOGISTICS--BONUS",
)
SIGNS = " -/:@*_#|.,\t\n\r\x0b\x1fA0z$^(\\éßı"


def posting(at: int, narration: str, **more: Any) -> dict[str, Any]:
    amount = Decimal("-1499.00") if at % 2 else Decimal("60000.00")
    return {"posting_id": f"T{at}", "file_id": "f", "line": at, "ordinal": at, "account_id": "A", "customer_id": "C",
            "posted_at": dt.datetime(2026, 7, 1, 10, at), "amount": amount, "currency": "INR", "narration": narration,
            "source": "realtime", **more}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> OneByOne:
    return OneByOne("INR")


def broken(text: str, chance: random.Random) -> str:
    """The text with something gone and something put in, as a statement's edge or a typist does."""
    at, gone = chance.randrange(len(text)), chance.randrange(4)
    return text[:at] + chance.choice(SIGNS) * chance.randrange(3) + text[at + gone :]


def as_an_intake_does(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows enriched together by the engine, by id."""
    backend = passing_backend(threads=1, memory="512MB")
    backend.con.register("arriving", pa.Table.from_pylist(rows, schema=arrow_schema(RAW_POSTINGS)))
    backend.con.execute("CREATE TABLE raw AS SELECT * FROM arriving")
    with steps_apart():
        together = transactions(enriched(backend.table("raw"))).to_pyarrow().to_pylist()
    return {row["transaction_id"]: row for row in together}


def test_each_alone_is_what_all_are_together(engine: OneByOne) -> None:
    chance = random.Random(7)
    texts = [*NARRATIONS, *(broken(chance.choice(NARRATIONS), chance) for _ in range(400)), "", None]
    told = {"merchant": (None, "", "Corner Shop"), "category": (None, "", "groceries"), "subcategory": (None, "x"),
            "mcc": (None, "5411", "9999"), "mode": (None, "", "upi"), "city": (None, "PUNE")}  # fmt: skip
    rows = [posting(at % 60, text, posting_id=f"R{at}", **{name: chance.choice(some) for name, some in told.items()})
            for at, text in enumerate(texts)]  # fmt: skip
    rows += [
        {**posting(0, NARRATIONS[1]), "posting_id": "midnight", "posted_at": dt.datetime(2026, 7, 1), "ordinal": 5}
    ]
    wanted = as_an_intake_does(rows)
    assert {row["category"] for row in wanted.values()} > {None, "groceries", "food_and_dining"}
    alone = [row for row in reversed(rows) if (row["narration"] or "").isascii()]
    found = [engine.enriched([row])[0] for row in [*alone, rows[NARRATIONS.index(HINDI)]]]
    assert [repr(row) for row in found] == [repr(wanted[row["transaction_id"]]) for row in found]
    assert len(found) > 250
    assert {row["transaction_id"]: row for row in engine.enriched(rows)} == wanted


def test_a_correction_wins_from_then_on(engine: OneByOne) -> None:
    made = {"correction_id": "1", "scope": "counterparty", "matches": "swiggy", "category": "fees", "subcategory": "x",
            "merchant": "Other", "made_at": dt.datetime(2026, 1, 1)}  # fmt: skip
    engine.correct([made])
    assert engine.enriched([posting(1, NARRATIONS[1])])[0]["category"] == "fees"
    engine.correct([])
    assert engine.enriched([posting(1, NARRATIONS[1])])[0]["category"] != "fees"


def test_a_month_is_added_up_by_the_measures_of_the_months(engine: OneByOne) -> None:
    rows = engine.enriched([posting(1, NARRATIONS[1]), posting(3, NARRATIONS[1])])
    before, after = engine.months(rows, {"A": "savings"})
    assert (before["postings"], after["postings"]) == (1.0, 2.0)
    assert (before["outflow"], after["outflow"]) == (1499.0, 2998.0)
    assert engine.months(rows, {"A": "credit_card"})[1]["outflow"] is None
    assert engine.months(rows[:1], {"A": "savings"})[0] == {}
    elsewhere = [rows[0], {**rows[1], "known_at": dt.datetime(2026, 8, 2)}]
    before, after = engine.months(elsewhere, {"A": "savings"})
    assert (before, after["postings"]) == ({}, 1.0)  # it is known in a month of its own


def by_the_pipeline(rows: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Customer → measures of the only month, from the engine."""
    backend: Any = passing_backend(threads=1, memory="512MB")
    for table in CORE:
        backend.con.execute(f"CREATE TABLE {table.name} ({table.ddl})")
    accounts = [{"account_id": account, "kind": kind} for account, kind in kinds.items()]
    for table, some in ((TRANSACTIONS, list(rows)), (ACCOUNTS, accounts)):
        kept = [{name: row.get(name) for name in arrow_schema(table).names} for row in some]
        backend.con.register("arriving", pa.Table.from_pylist(kept, schema=arrow_schema(table)))
        backend.con.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM arriving")
    held = [each.name for each in fields(Books) if each.name != "currency"]
    books = Books(**{name: backend.table(name) for name in held}, currency="INR")
    timeline: Any = _EveryMonth()
    months = customer_months(account_months(books, timeline), ["customer_id", "period"])
    return {row.pop("customer_id"): row for row in months.drop("period").to_pyarrow().to_pylist()}


def test_any_month_is_added_up_as_the_pipeline_does(engine: OneByOne) -> None:
    chance = random.Random(11)
    kinds = {"S": "savings", "W": "wallet", "K": "credit_card", "L": "loan"}
    told = {
        "account_id": tuple(kinds), "category": (None, "", "income", "loan_payment", "fees", "gambling", "investment"),
        "subcategory": (None, "foreclosure", "bounce_charge"), "recurring_kind": (None, "salary", "rent"),
        "is_own_transfer": (None, True, False), "reversal_of": (None, None, "T1"), "currency": ("INR", "INR", "USD"),
        "balance_after": (None, Decimal("-3.10"), Decimal("0.00"), Decimal("81234567.89")),
    }  # fmt: skip
    months: dict[str, list[dict[str, Any]]] = {}
    for at in range(600):
        row = {name: chance.choice(some) for name, some in told.items()}
        row |= {"transaction_id": f"T{at}", "amount": Decimal(chance.randrange(-10**9, 10**9) or 1) / 100,
                "posted_at": dt.datetime(2026, 7, 1) + dt.timedelta(minutes=chance.randrange(44_000))}  # fmt: skip
        months.setdefault(f"C{at % 90 if at < 300 else chance.randrange(40)}", []).append(row)
    found = {name: engine.months(some, kinds)[1] for name, some in months.items()}
    rows = [{**row, "customer_id": name} for name, some in months.items() for row in some]
    wanted = by_the_pipeline(rows, kinds)
    assert len(wanted) > 60
    ours = {name: repr(row) for name, row in found.items() if months[name][-1]["currency"] == "INR"}
    assert len(ours) > 30
    assert ours == {name: repr(wanted[name]) for name in ours}
