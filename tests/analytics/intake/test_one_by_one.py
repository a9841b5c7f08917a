"""Postings one by one get what the intake gives them together, whatever came before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from analytics.engine import passing_backend, steps_apart
from analytics.intake.one_by_one import OneByOne
from analytics.intake.steps import transactions
from analytics.pipeline.enrich import enriched
from analytics.schema import RAW_POSTINGS, arrow_schema

NARRATIONS = (
    "UPI/DR/618212345678/SWIGGY/YESB/swiggy@ybl/food",
    "NEFT CR-HDFC0000001-ACME LTD-SALARY-REF123456789",
    "ATM WDL 1234 PUNE",
    "no form at all",
    "UPI/CR/618212345999/VINAY GAIKWAD/SBIN/vinay@oksbi/rent",
    "ACH D- BAJAJ FINANCE LTD-1234567",
)


def posting(at: int, narration: str, **more: Any) -> dict[str, Any]:
    amount = Decimal("-1499.00") if at % 2 else Decimal("60000.00")
    return {"posting_id": f"T{at}", "file_id": "f", "line": at, "ordinal": at, "account_id": "A", "customer_id": "C",
            "posted_at": dt.datetime(2026, 7, 1, 10, at), "amount": amount, "currency": "INR", "narration": narration,
            "source": "realtime", **more}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> OneByOne:
    return OneByOne("INR")


def test_each_alone_is_what_all_are_together(engine: OneByOne) -> None:
    rows = [posting(at, text) for at, text in enumerate(NARRATIONS)]
    rows.append(posting(7, "POS 1234", merchant="Corner Shop", category="groceries", mcc="5411"))
    backend = passing_backend(threads=1, memory="512MB")
    backend.con.register("arriving", pa.Table.from_pylist(rows, schema=arrow_schema(RAW_POSTINGS)))
    backend.con.execute("CREATE TABLE raw AS SELECT * FROM arriving")
    with steps_apart():
        together = transactions(enriched(backend.table("raw"))).to_pyarrow().to_pylist()
    wanted = {row["transaction_id"]: row for row in together}
    assert {row["category"] for row in wanted.values()} > {None, "groceries"}
    for row in [*rows, *reversed(rows)]:
        (found,) = engine.enriched([row])
        assert found == wanted[row["posting_id"]]
    assert {row["transaction_id"]: row for row in engine.enriched(rows)} == wanted


def test_a_correction_wins_from_then_on(engine: OneByOne) -> None:
    made = {"correction_id": "1", "scope": "counterparty", "matches": "swiggy", "category": "fees", "subcategory": "x",
            "merchant": "Other", "made_at": dt.datetime(2026, 1, 1)}  # fmt: skip
    engine.correct([made])
    assert engine.enriched([posting(1, NARRATIONS[0])])[0]["category"] == "fees"
    engine.correct([])
    assert engine.enriched([posting(1, NARRATIONS[0])])[0]["category"] != "fees"


def test_a_month_is_added_up_by_the_measures_of_the_months(engine: OneByOne) -> None:
    rows = engine.enriched([posting(1, NARRATIONS[0]), posting(3, NARRATIONS[0])])
    told = engine.months({"before": rows[:1], "after": rows, "none": []}, {"A": "savings"})
    assert set(told) == {"before", "after"}
    assert (told["before"]["postings"], told["after"]["postings"]) == (1.0, 2.0)
    assert (told["before"]["outflow"], told["after"]["outflow"]) == (1499.0, 2998.0)
    assert engine.months({"card": rows}, {"A": "credit_card"})["card"]["outflow"] in (None, 0.0)
