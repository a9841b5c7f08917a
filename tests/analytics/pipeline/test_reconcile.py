"""Balances that add up, in any order of a day, and those that do not: the oracle adds them up row by row."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_rows import arrow

from analytics.pipeline.reconcile import (
    balance_breaks,
    impossible_dates,
    incomplete_months,
    reconciled,
    references_with_two_amounts,
)
from analytics.schema import ACCOUNTS, TRANSACTIONS

START = dt.date(2024, 1, 1)


def statement(*moves: tuple[int, float], account: str = "A1", opening: float = 1000) -> list[dict[str, Any]]:
    """Rows that add up: (day, amount) each."""
    balances = itertools.accumulate((Decimal(str(amount)) for _, amount in moves), initial=Decimal(str(opening)))
    return [
        {
            "transaction_id": f"{account}-{number:03d}",
            "ordinal": number,
            "account_id": account,
            "customer_id": "C1",
            "posted_at": dt.datetime.combine(START + dt.timedelta(days=day), dt.time()),
            "known_at": dt.datetime.combine(START + dt.timedelta(days=day), dt.time()),
            "amount": Decimal(str(amount)),
            "balance_after": balance,
        }
        for number, ((day, amount), balance) in enumerate(zip(moves, itertools.islice(balances, 1, None), strict=True))
    ]


def table(rows: list[dict[str, Any]]) -> ibis.Table:
    plain = arrow(rows, TRANSACTIONS)
    return ibis.memtable(plain.append_column("ordinal", pa.array([row["ordinal"] for row in rows], pa.int64())))


def breaks(rows: list[dict[str, Any]]) -> list[tuple[str, str, Decimal, Decimal]]:
    found = balance_breaks(table(rows)).order_by("transaction_id").to_pyarrow().to_pylist()
    return [(each["kind"], each["transaction_id"], each["expected"], each["found"]) for each in found]


MOVES = ((0, -10), (1, -20), (1, 100), (1, -5), (2, 50), (3, -7), (3, -7))


def test_what_adds_up_has_no_finding() -> None:
    assert breaks(statement(*MOVES)) == []


def test_a_day_in_any_order_adds_up() -> None:
    rows = statement(*MOVES)
    for order in itertools.permutations((1, 2, 3)):
        mixed = [rows[0], *(rows[place] for place in order), *rows[4:]]
        assert breaks([{**row, "ordinal": number} for number, row in enumerate(mixed)]) == []


def test_a_day_that_ends_where_it_began_in_any_order_adds_up() -> None:
    rows = statement((0, -10), (1, 42), (1, -42), (2, 5), (2, -5), (3, -7), (3, 9))
    turned = [rows[place] for place in (0, 2, 1, 4, 3, 6, 5)]
    assert breaks([{**row, "ordinal": number} for number, row in enumerate(turned)]) == []


def test_the_row_a_day_opens_with_is_the_nearest_to_what_was_left() -> None:
    rows = statement((0, -10), (1, -20), (1, -30))
    rounded = [rows[0], rows[2], {**rows[1], "balance_after": rows[1]["balance_after"] + Decimal("0.10")}]
    rounded[1] = {**rounded[1], "balance_after": rounded[1]["balance_after"] + Decimal("0.10")}
    found = breaks([{**row, "ordinal": number} for number, row in enumerate(rounded)])
    assert [(kind, row) for kind, row, *_ in found] == [("balance_rounding", "A1-001")]


def test_a_wrong_balance_breaks_twice_and_a_wrong_amount_once() -> None:
    rows = statement(*MOVES)
    wrong = [*rows[:4], rows[4] | {"balance_after": Decimal(1200)}, *rows[5:]]
    assert breaks(wrong) == [
        ("balance_break", "A1-004", Decimal("1115.00"), Decimal("1200.00")),
        ("balance_break", "A1-005", Decimal("1193.00"), Decimal("1108.00")),
    ]
    wrong = [*rows[:2], rows[2] | {"amount": Decimal(90)}, *rows[3:]]
    assert [each[:2] for each in breaks(wrong)] == [("balance_break", "A1-002")]


def test_a_missing_row_is_a_break_where_it_is_missing() -> None:
    rows = statement(*MOVES)
    assert breaks([*rows[:4], *rows[5:]]) == [("balance_break", "A1-005", Decimal("1058.00"), Decimal("1108.00"))]


def test_a_missing_stretch_is_told_as_one() -> None:
    rows = statement((0, -10), (5, -10), (40, -10), (41, -10))
    assert breaks([rows[0], *rows[2:]])[0][:2] == ("missing_period", "A1-002")
    assert breaks(statement((0, -10), (40, -10))) == [], "a quiet stretch on which nothing moved is whole"


def test_a_break_on_the_first_day_is_told() -> None:
    rows = statement((0, -10), (0, -20), (0, -30))
    assert breaks([rows[0], *({**row, "balance_after": row["balance_after"] + 500} for row in rows[1:])])[0][:2] == (
        "balance_break", "A1-001",
    )  # fmt: skip


def test_a_rounding_is_told_as_one() -> None:
    rows = statement(*MOVES)
    assert [each[0] for each in breaks([*rows[:-1], rows[-1] | {"balance_after": Decimal("1100.9")}])] == [
        "balance_rounding"
    ]


def test_rows_without_a_balance_are_added_up_on_the_way() -> None:
    rows = statement(*MOVES)
    assert breaks([row | ({"balance_after": None} if place in {1, 4} else {}) for place, row in enumerate(rows)]) == []


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(-50, 50).filter(bool)), min_size=3, max_size=12),
    st.integers(0, 10**6), st.randoms(),
)  # fmt: skip
def test_accounts_are_judged_apart_and_days_in_any_order(moves: list[Any], wrong: int, chance: random.Random) -> None:
    moves = sorted(moves, key=lambda move: move[0])
    sound = statement(*moves, account="A1")
    shuffled = sorted(statement(*moves, account="A2"), key=lambda row: (row["posted_at"], chance.random()))
    shuffled = [{**row, "ordinal": number} for number, row in enumerate(shuffled)]
    place = wrong % (len(moves) - 1) + 1
    broken = statement(*moves, account="A3")
    for row in broken[place:]:
        row["balance_after"] += 12345
    found = {each[1] for each in breaks([*sound, *shuffled, *broken])}
    assert {name[:2] for name in found} == {"A3"}


def accounts(**opened: dt.date) -> ibis.Table:
    return ibis.memtable(arrow([{"account_id": name, "opened_on": day} for name, day in opened.items()], ACCOUNTS))


def test_impossible_dates() -> None:
    rows = statement((0, -10), (10, -10))
    found = impossible_dates(table(rows), accounts(A1=dt.date(2024, 1, 5))).to_pyarrow().to_pylist()
    assert [(each["transaction_id"], each["sentence"]) for each in found] == [
        ("A1-000", "Posted before the account was opened.")
    ]
    late = [rows[0], rows[1] | {"known_at": dt.datetime(2024, 1, 1)}]
    assert impossible_dates(table(late), accounts(A1=START)).to_pyarrow()["transaction_id"].to_pylist() == ["A1-001"]


def test_one_reference_at_two_amounts() -> None:
    rows = [row | {"reference": "412300000001"} for row in statement((0, -10), (1, -12), (9, -14))]
    found = references_with_two_amounts(table(rows)).to_pyarrow().to_pylist()
    assert [(each["transaction_id"], each["expected"], each["found"]) for each in found] == [
        ("A1-001", Decimal("-10.00"), Decimal("-12.00"))
    ]


def test_months_of_which_a_part_is_there() -> None:
    rows = statement((10, -1), (20, -1), account="A1") + statement((0, -1), (75, -1), account="A2")
    found = incomplete_months(table(rows), accounts(A1=dt.date(2023, 1, 1))).order_by("day").to_pyarrow().to_pylist()
    assert {(each["account_id"], each["day"]) for each in found} == {("A1", dt.date(2024, 1, 1))}
    assert incomplete_months(table(statement((10, -1))), accounts(A1=dt.date(2024, 1, 9))).to_pyarrow().num_rows == 0


def test_the_steps_compile_for_spark() -> None:
    rows = table(statement(*MOVES)).drop("category_confidence")  # Ibis asks a session how it treats doubles
    made = reconciled(ibis.table(rows.schema(), name="transactions"), ibis.table(accounts().schema(), name="a"))
    assert "RLIKE" in ibis.to_sql(made, dialect="pyspark").upper()
