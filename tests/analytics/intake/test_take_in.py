"""Files into books: what came in, what is left out, what is related, and that nothing comes in twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from intake_books import new_lake, parsed, put, read
from raw_rows import raw

from analytics.warehouse import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return new_lake(tmp_path / "demo")


def row(at: str, amount: float, balance: float | None = None, text: str = "UPI-TEA", **more: Any) -> dict[str, Any]:
    return raw("", 0, at, amount, text, balance=balance, **more)


MAY = [row("2024-05-01", -50, 950), row("2024-05-02", 100, 1050), row("2024-05-31", -10, 1040)]
JUNE = [row("2024-05-31", -10, 1040), row("2024-06-02", -40, 1000), row("2024-06-03", -40, 960)]


def amounts(lake: Lake) -> list[float]:
    return [float(each[0]) for each in read(lake, "SELECT amount FROM books.core.transactions ORDER BY posted_at")]


def test_a_file_comes_in_once(lake: Lake) -> None:
    first = put(lake, parsed(MAY))
    assert first.changed
    assert first.derived.added == 3
    before = read(lake, "SELECT id FROM books.current_snapshot()")
    again = put(lake, parsed(MAY))
    assert not again.changed
    assert [each.there_already for each in again.files] == [True]
    assert "there already" in again.files[0].notes[0]
    assert amounts(lake) == [-50, 100, -10]
    assert read(lake, "SELECT count(*) FROM books.quality.builds") == [(1,)]
    assert before


def test_overlapping_files_make_one_history(lake: Lake) -> None:
    put(lake, parsed(MAY))
    assert put(lake, parsed(JUNE)).derived.added == 2
    assert amounts(lake) == [-50, 100, -10, -40, -40]
    assert read(lake, "SELECT kind, count(*) FROM books.quality.findings GROUP BY 1 ORDER BY 1") == [("duplicate", 1)]


def test_a_build_says_what_it_read_and_did(lake: Lake) -> None:
    put(lake, parsed(MAY, name="may.csv"))
    ((kind, inputs, steps),) = read(lake, "SELECT kind, inputs, steps FROM books.quality.builds")
    assert kind == "incremental"
    assert [each["name"] for each in json.loads(inputs)] == ["may.csv"]
    told = {each["step"]: (each["rows_in"], each["rows_out"]) for each in json.loads(steps)}
    assert told == {"read test": (3, 3), "clean": (3, 3), "enrich": (3, 3), "relate": (3, 3), "reconcile": (3, 0)}


def test_rejected_rows_wait_in_quarantine(lake: Lake) -> None:
    put(lake, parsed(MAY, rejected=[{"reason": "no date", "content": '["x"]'}]))
    assert read(lake, "SELECT reason, content, state FROM books.quality.quarantine") == [("no date", '["x"]', "open")]
    assert read(lake, "SELECT rows_read, rows_kept, rows_rejected FROM books.raw.files") == [(4, 3, 1)]


def test_a_later_file_changes_the_relations_of_an_earlier_row(lake: Lake) -> None:
    put(lake, parsed([row("2024-05-05", -900, text="ACH D- LENDER"), row("2024-05-06", -20000, text="IMPS OUT")]))
    back = row("2024-05-07", 900, text="ACH RTN LENDER")
    into = row("2024-05-06", 20000, text="IMPS IN", account="A2")
    report = put(lake, parsed([back, into]))
    assert report.derived.related_again == 1
    found = read(
        lake,
        "SELECT t.amount, t.is_own_transfer, o.amount FROM books.core.transactions t "
        "LEFT JOIN books.core.transactions o ON o.transaction_id = t.reversal_of ORDER BY t.amount",
    )
    assert [(float(a), own, o and float(o)) for a, own, o in found] == [
        (-20000, True, None), (-900, False, None), (900, False, -900), (20000, True, None),
    ]  # fmt: skip


def test_a_break_in_the_balance_is_found_and_goes_when_the_missing_rows_come(lake: Lake) -> None:
    put(lake, parsed([MAY[0], MAY[2]]))
    found = "SELECT kind, expected, found FROM books.quality.findings WHERE kind <> 'duplicate'"
    assert [each[0] for each in read(lake, found)] == ["missing_period"]
    put(lake, parsed([MAY[1]]))
    assert read(lake, found) == []
