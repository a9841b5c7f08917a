"""The books are a function of the files' content: order, repetition, overlap and kills change nothing."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from intake_books import CONTENT, KEY, NOW, content, new_lake, parsed, put, read
from raw_rows import raw

from analytics.ingest.parsed import Parsed
from analytics.intake import AS_TOLD, BuildLog, Steps, derive
from analytics.intake.at_once import derive_at_once
from analytics.pipeline.enrich import Enrichment
from analytics.pipeline.recurring import Recurrence
from analytics.warehouse import Lake
from tools.operations.progress import silent

#: How often a child is killed; `make soak` asks for more.
KILLS = int(os.environ.get("MUNSHI_KILLS", "12"))
SEED = 20241105


def history() -> list[Parsed]:
    """Files of two accounts of one customer: overlapping months, a re-sent feed, reversals, transfers, a bad row."""
    chance = random.Random(SEED)
    rows: list[dict[str, Any]] = []
    balance = {"A1": 5000, "A2": 9000}
    for number in range(60):
        account, day = chance.choice(["A1", "A2"]), 1 + number // 3
        amount = chance.choice([-100, -50, -50, 200, 700])
        text, reference = chance.choice(["UPI-TEA", "UPI-RENT", "NEFT CR"]), f"4123{number:08d}"
        if number % 12 == 11 and rows:
            amount, account = -int(rows[-1]["amount"]), rows[-1]["account_id"]
            text, reference = "UPI REVERSAL", rows[-1]["reference"]
        balance[account] += amount
        at = f"2024-{5 + day // 28:02d}-{1 + day % 28:02d}"
        rows.append(raw("", 0, at, amount, text, account=account, balance=balance[account], reference=reference))
    other = [
        {**row, "narration": f"{row['narration']}/{row['reference']}", "balance_after": None} for row in rows[20:35]
    ]
    record = {**rows[7], "posting_id": "TXN-7", "reference": None}
    corrected = {**record, "amount": record["amount"] * 2, "known_at": record["known_at"] + dt.timedelta(days=2)}
    return [
        parsed(rows[:25]),
        parsed(rows[15:45]),
        parsed(rows[40:], rejected=[{"reason": "no date", "content": '["?"]'}]),
        parsed(other),
        parsed([record]),
        parsed([corrected]),
    ]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The books of all files in one intake."""
    lake = new_lake(tmp_path_factory.mktemp("books") / "once")
    put(lake, *history())
    return content(lake)


@pytest.mark.soak
def test_the_history_holds_what_it_is_meant_to(tmp_path: Path) -> None:
    lake = new_lake(tmp_path / "demo")
    put(lake, *history())
    kinds = {kind for (kind,) in read(lake, "SELECT DISTINCT kind FROM books.quality.findings")}
    assert {"duplicate", "near_duplicate", "corrected"} <= kinds
    assert read(lake, "SELECT count(*) FROM books.core.transactions WHERE reversal_of IS NOT NULL")[0][0] > 2
    assert read(lake, "SELECT count(*) FROM books.core.transactions") == [(61,)]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_files_in_any_order_one_by_one_and_repeated(tmp_path: Path, expected: dict[str, str], seed: int) -> None:
    lake = new_lake(tmp_path / "demo")
    files = history()
    files += files[:2]
    random.Random(seed).shuffle(files)
    for file in files:
        put(lake, file)
    assert content(lake) == expected


@pytest.mark.soak
def test_deriving_everything_again_changes_nothing(tmp_path: Path, expected: dict[str, str]) -> None:
    lake = new_lake(tmp_path / "demo")
    for file in reversed(history()):
        put(lake, file)
    with lake.writer("a test") as writer:
        derive(writer, AS_TOLD, log=BuildLog("full", NOW), progress=silent)
    assert content(lake) == expected


def test_made_at_once_they_are_those_of_an_intake(tmp_path: Path) -> None:
    lake, steps = new_lake(tmp_path / "demo"), Steps(Enrichment(), Recurrence())
    put(lake, *history(), steps=steps)
    tables = (*CONTENT, "core.recurring_payments")
    taken_in = content(lake, tables)
    with lake.writer("a test") as writer:
        derive_at_once(writer, steps)
    assert content(lake, tables) == taken_in


@pytest.mark.soak
def test_another_history_makes_other_books(tmp_path: Path, expected: dict[str, str]) -> None:
    lake = new_lake(tmp_path / "demo")
    put(lake, *history()[:-1])
    assert content(lake) != expected


@pytest.mark.soak
def test_killed_at_random_moments_the_books_come_out_the_same(tmp_path: Path, expected: dict[str, str]) -> None:
    chance, folder, killed = random.Random(SEED), tmp_path / "demo", 0
    lake = new_lake(folder)
    while killed < KILLS:
        child = _child(folder, killed)
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        time.sleep(chance.uniform(0.05, 8))
        child.send_signal(signal.SIGKILL)
        if "done" in child.communicate(timeout=60)[0]:  # all files are in: begin again
            assert content(lake) == expected
            folder = tmp_path / f"demo-{killed}"
            lake = new_lake(folder)
        killed += 1
    finished = _child(folder, SEED)
    out, errors = finished.communicate(timeout=300)
    assert out.endswith("done\n"), errors
    assert content(Lake(folder, KEY)) == expected


def _child(folder: Path, seed: int) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("killed_intake.py")
    tests = script.parents[1]
    places = os.pathsep.join(map(str, (script.parent, tests / "pipeline", tests.parents[1])))
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script), str(folder), str(seed)], text=True,
        env=os.environ | {"PYTHONPATH": places},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
