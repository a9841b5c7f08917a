"""Reversals and own transfers: who belongs to whom, each row once, nothing by mere coincidence."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import ibis
import pytest
from raw_rows import arrow

from analytics.pipeline.relate import relations, reversals
from analytics.schema import TRANSACTIONS


def row(name: str, at: str, amount: float, narration: str = "UPI-RAVI", **more: Any) -> dict[str, Any]:
    moment = dt.datetime.fromisoformat(at)
    given = {"account_id": "A1", "customer_id": "C1", "narration": narration, **more}
    return {"transaction_id": name, "posted_at": moment, "amount": Decimal(str(amount)), **given}


def table(rows: list[dict[str, Any]]) -> ibis.Table:
    return ibis.memtable(arrow(rows, TRANSACTIONS))


def reversed_by(*rows: dict[str, Any]) -> dict[str, str]:
    found = reversals(table(list(rows))).to_pyarrow().to_pylist()
    return {each["transaction_id"]: each["reversal_of"] for each in found}


def own(*rows: dict[str, Any]) -> set[str]:
    found = relations(table(list(rows))).to_pyarrow().to_pylist()
    return {each["transaction_id"] for each in found if each["is_own_transfer"]}


def test_a_reversal_is_paired_with_what_it_reverses() -> None:
    emi, back = row("D", "2024-05-05", -9000, "ACH D- LENDER"), row("R", "2024-05-06", 9000, "ACH RTN LENDER")
    assert reversed_by(emi, back) == {"R": "D"}


def test_one_reference_is_enough() -> None:
    rows = row("D", "2024-05-05", -900, reference="412300000001"), row("R", "2024-05-07", 900, reference="412300000001")
    assert reversed_by(*rows) == {"R": "D"}
    same_moment = row("D", "2024-05-05", -900, reference="4123"), row("R", "2024-05-05", 900, reference="4123")
    assert reversed_by(*same_moment) == {"R": "D"}


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("no word and no reference", {"narration": "UPI-MEERA"}),
        ("another amount", {"amount": Decimal(8999)}),
        ("the same sign", {"amount": Decimal(-9000)}),
        ("another account", {"account_id": "A2", "customer_id": "C2"}),
        ("before it", {"posted_at": dt.datetime(2024, 5, 4)}),
        ("too late", {"posted_at": dt.datetime(2024, 6, 9)}),
        ("a charge for it", {"narration": "ACH RTN CHG"}),
        ("a word inside another", {"narration": "PREVENTIVE CARE"}),
    ],
)
def test_what_is_no_reversal(what: str, change: dict[str, Any]) -> None:
    emi, back = row("D", "2024-05-05", -9000, "ACH D- LENDER"), row("R", "2024-05-06", 9000, "ACH RTN LENDER")
    assert reversed_by(emi, back | change) == {}, what


def test_each_row_stands_in_one_pair_and_the_nearest_first() -> None:
    rows = [row(f"D{day}", f"2024-05-0{day}", -500) for day in (1, 2, 3)]
    rows += [row(f"R{day}", f"2024-05-0{day}", 500, "UPI REV") for day in (4, 5)]
    assert reversed_by(*rows) == {"R4": "D3", "R5": "D2"}
    random.Random(7).shuffle(rows)
    assert reversed_by(*rows) == {"R4": "D3", "R5": "D2"}


def test_both_sides_of_an_own_transfer() -> None:
    out = row("D", "2024-05-05", -20000, "IMPS TO SELF")
    into = row("C", "2024-05-06", 20000, "IMPS FROM SELF", account_id="A2")
    assert own(out, into) == {"D", "C"}
    assert own(out, into | {"customer_id": "C2"}) == set()
    assert own(out, into | {"account_id": "A1"}) == set()
    assert own(out, into | {"posted_at": dt.datetime(2024, 5, 8)}) == set()
    assert own(out, into | {"category": "income"}) == set(), "a salary of the same amount is no transfer"
    assert own(out, into | {"merchant": "Zerodha"}) == set()


def test_a_reference_reaches_further_than_a_coincidence() -> None:
    out = row("D", "2024-05-05", -20000, reference="N123456", category="income")
    into = row("C", "2024-05-09", 20000, reference="N123456", account_id="A2")
    assert own(out, into) == {"D", "C"}


def test_a_reversed_row_is_no_side_of_a_transfer() -> None:
    out, back = row("D", "2024-05-05", -20000), row("R", "2024-05-05T01:00", 20000, "UPI REVERSAL")
    assert own(out, back, row("C", "2024-05-06", 20000, account_id="A2")) == set()


def test_the_steps_compile_for_spark() -> None:
    named = ibis.table(table([row("D", "2024-05-05", -1)]).schema(), name="transactions")
    assert "RLIKE" in ibis.to_sql(relations(named), dialect="pyspark").upper()
