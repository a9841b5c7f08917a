"""One row per real posting: what is one posting, what only looks like one, and which copy stays."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from raw_rows import arrow, raw, raw_table

from analytics.pipeline.clean import cleaned, identified


@cache
def compiled(step: str) -> str:
    """A step as one SELECT over ``postings``: compiling costs a hundred times what running on a few rows does."""
    rows = identified(ibis.table(raw_table([]).schema(), name="postings"))
    made = {"ids": lambda: rows, "kept": lambda: cleaned(rows).kept, "found": lambda: cleaned(rows).findings}
    return str(ibis.to_sql(made[step]().order_by("file_id", "line"), dialect="duckdb"))


def run(step: str, rows: Iterable[dict[str, Any]]) -> pa.Table:
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.register("postings", arrow(rows))
        return connection.sql(compiled(step)).to_arrow_table()


def ids(*rows: dict[str, Any]) -> list[str]:
    return run("ids", rows)["posting_id"].to_pylist()


def kept(*rows: dict[str, Any]) -> list[tuple[str, int]]:
    made = run("kept", rows)
    return list(zip(made["file_id"].to_pylist(), made["line"].to_pylist(), strict=True))


def found(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return run("found", rows).to_pylist()


def test_an_id_is_of_what_the_row_says() -> None:
    row = raw("F1", 1, "2024-05-01", -50, balance=950)
    assert ids(row) == ids({**row, "file_id": "F2", "line": 9, "ordinal": 3})
    assert ids(row) == ids({**row, "narration": " upi-tea   stall"})
    changes = {"account_id": "A2", "amount": -51, "balance_after": 949, "narration": "UPI-TEA", "reference": "123456"}
    assert len(set(ids(row) + [ids({**row, name: value})[0] for name, value in changes.items()])) == len(changes) + 1


def test_the_id_is_the_digest_that_any_engine_computes() -> None:
    import hashlib

    row = raw("F1", 1, "2024-05-01T10:30:00", "-50.5", "UPI-Tea", balance=950, reference="77")
    told = "A1\x1f2024-05-01 10:30:00\x1f-50.50\x1f950.00\x1fUPI-TEA\x1f77"
    assert ids(row) == [hashlib.md5(told.encode()).hexdigest()]


def test_the_sources_id_is_the_id() -> None:
    assert ids(raw("F1", 1, "2024-05-01", -50, posting_id="TXN-1")) == ["TXN-1"]


def test_equal_rows_of_one_file_stay_apart_and_meet_their_copies() -> None:
    tea = [raw("F1", line, "2024-05-01", -50) for line in (1, 2, 3)]
    assert len(set(ids(*tea))) == 3
    again = [raw("F2", line, "2024-05-01", -50) for line in (1, 2)]
    assert set(ids(*again)) < set(ids(*tea))
    assert len(kept(*tea, *again)) == 3


@pytest.mark.parametrize(
    "more", [{"balance": 950}, {"reference": "412300000001"}, {"narration": "UPI/412300000001/TEA STALL"}]
)
def test_a_row_told_twice_in_one_file_is_one(more: dict[str, Any]) -> None:
    one, two = (raw("F1", line, "2024-05-01", -50, **more) for line in (1, 2))
    assert kept(one, two) == [("F1", 1)]
    (copy,) = found(one, two)
    assert (copy["kind"], copy["line"]) == ("duplicate", 2)


def test_the_same_row_in_two_files_is_one() -> None:
    one, two = (raw(file, 4, "2024-05-01", -50, balance=950) for file in ("F1", "F2"))
    assert kept(one, two) == [("F1", 4)]
    (copy,) = found(one, two)
    assert (copy["kind"], copy["file_id"], copy["line"]) == ("duplicate", "F2", 4)
    assert "left out" in copy["sentence"]


@pytest.mark.parametrize(
    ("what", "one", "two"),
    [
        ("another reference", {"reference": "412300000001"}, {"reference": "412300000002"}),
        ("another time of day", {"at": "2024-05-01T10:00"}, {"at": "2024-05-01T18:00"}),
        ("another day", {}, {"at": "2024-05-02"}),
        ("four days apart", {"reference": "412300000001"}, {"reference": "412300000001", "at": "2024-05-05"}),
        ("the other sign", {"reference": "412300000001"}, {"reference": "412300000001", "amount": 50}),
        ("another account", {"reference": "412300000001"}, {"reference": "412300000001", "account": "A2"}),
        ("no real reference", {"reference": "000000000000"}, {"reference": "000000000000", "narration": "POS DMART"}),
        (
            "presented again, as the balances tell",
            {"reference": "004512", "balance": 100},
            {"reference": "004512", "balance": 80, "at": "2024-05-02"},
        ),
        ("other words on the same balance", {"balance": 950}, {"balance": 950, "narration": "UPI-COFFEE"}),
    ],
)
def test_rows_that_only_look_alike_stay(what: str, one: dict[str, Any], two: dict[str, Any]) -> None:
    first, second = (raw(file, 1, **{"at": "2024-05-01", "amount": -50, **more})
                     for file, more in (("F1", one), ("F2", two)))  # fmt: skip
    assert len(kept(first, second)) == 2, what


@pytest.mark.parametrize(
    ("what", "one", "two"),
    [
        ("another text", {"reference": "412300000001"}, {"reference": "412300000001", "narration": "TEA/UPI"}),
        ("a day later", {"reference": "412300000001"}, {"reference": "412300000001", "at": "2024-05-02"}),
        ("zeros before it", {"reference": "0000412300000001"}, {"reference": "412300000001", "narration": "TEA"}),
        ("in the narration alone", {"narration": "UPI/412300000001/TEA"}, {"reference": "412300000001"}),
        ("spaces where the page wrapped", {"balance": 9}, {"balance": 9, "narration": "UPI-TEA STA LL"}),
        ("a time in one of them", {"balance": 9}, {"balance": 9, "at": "2024-05-01T18:00"}),
    ],
)
def test_near_duplicates_are_left_out(what: str, one: dict[str, Any], two: dict[str, Any]) -> None:
    first, second = (raw(file, 1, **{"at": "2024-05-01", "amount": -50, **more})
                     for file, more in (("F1", one), ("F2", two)))  # fmt: skip
    assert len(kept(first, second)) == 1, what
    (copy,) = found(first, second)
    assert copy["kind"] == "near_duplicate"


def test_two_like_rows_in_one_file_are_two() -> None:
    rows = [raw("F1", line, "2024-05-01", -50, f"TEA {line}", reference="412300000001") for line in (1, 2)]
    assert len(kept(*rows)) == 2
    assert len(kept(*rows, *({**row, "file_id": "F2", "narration": "OTHER"} for row in rows))) == 2


def test_a_record_sent_again_with_other_content_is_the_newest() -> None:
    first = raw("F1", 1, "2024-05-01", -50, posting_id="T1")
    second = {**raw("F0", 1, "2024-05-01", -55, posting_id="T1"), "known_at": raw("", 0, "2024-05-03", 0)["posted_at"]}
    assert kept(first, second) == [("F0", 1)]
    assert [each["kind"] for each in found(first, second)] == ["corrected"]


def test_one_id_in_two_accounts_is_two_postings() -> None:
    rows = [raw("F1", 1, "2024-05-01", -50, posting_id="1"),
            raw("F2", 1, "2024-05-01", -50, posting_id="1", account="A2")]  # fmt: skip
    assert len(kept(*rows)) == 2


POOL = [
    raw("", 0, f"2024-05-0{day}", amount, text, balance=balance, reference=reference)
    for day, amount, text, balance, reference in itertools.product(
        (1, 2), (-50, 20), ("UPI-TEA", "UPI- TEA"), (None, 100), (None, "412300000001")
    )
]


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(st.lists(st.lists(st.sampled_from(POOL), max_size=5), min_size=2, max_size=4), st.randoms())
def test_which_rows_stay_does_not_depend_on_their_order(files: list[list[dict[str, Any]]], chance: Any) -> None:
    rows = [
        {**row, "file_id": f"F{number}", "line": line, "ordinal": line}
        for number, file in enumerate(files)
        for line, row in enumerate(file, 1)
    ]
    shuffled = chance.sample(rows, len(rows))
    stay = kept(*rows)
    assert stay == kept(*shuffled)
    said = [{tuple(sorted((name, str(value)) for name, value in row.items())) for row in file} for file in files]
    assert len(stay) >= max(map(len, said)), "rows of one file that say something else are never copies of each other"
    assert len(stay) + len(found(*rows)) == len(rows)


def test_the_steps_compile_for_spark() -> None:
    table = ibis.table(raw_table([raw("F1", 1, "2024-05-01", -50)]).schema(), name="postings")
    made = cleaned(identified(table))
    for expression in (made.kept, made.findings):
        assert "MD5" in ibis.to_sql(expression, dialect="pyspark").upper()
