"""The quality report as a person sees it: figures grouped, days in words, nothing fetched, an empty one that helps."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from tools.operations.origin import of_simulation
from tools.operations.quality_page import day, grouped, money, number, page, share
from ui.cli_output import quality_table

DAY, MOMENT = dt.date(2026, 6, 30), dt.datetime(2026, 6, 30, 14, 5)
EMPTY: dict[str, Any] = {"workspace": "shop", **{name: [] for name in (
    "files", "builds", "checks", "findings", "balances", "quarantine", "categories", "freshness")}}  # fmt: skip
STEPS = [{"step": "clean", "rows_in": None, "rows_out": 1_891_113, "seconds": 0.5}]
EXAMPLE = {"account_id": "A1", "day": DAY, "line": None, "expected": Decimal("165500.5"), "found": None}
FOUND = EMPTY | {
    "files": [{"name": "<i>june.csv", "source": "hdfc", "first_day": DAY, "last_day": DAY, "rows_read": 2,
               "rows_kept": 1, "rows_rejected": 1}],
    "builds": [{"build_id": "B1", "kind": "full", "started_at": MOMENT, "seconds": 1.5, "inputs": "[]",
                "steps": json.dumps(STEPS)}],
    "checks": [{"title": "No two share an id", "status": "fail", "sentence": "12 of 1,891,113 (0.0%)."},
               {"title": "Signs agree", "status": "pass", "sentence": "None of 1,891,113."}],
    "findings": [{"kind": "balance_break", "sentence": "It does not follow.", "rows": 446, "accounts": 1,
                  "examples": [EXAMPLE]}],
    "balances": [{"reason": "add up", "rows": 1_890_667, "share": 0.99976},
                 {"reason": "do not follow", "rows": 446, "share": 0.00024}],
    "quarantine": [{"reason": "no date", "state": "open", "rows": 1}],
    "categories": [{"kind": "abstain", "rows": 40, "unknown": 40}, {"kind": "alias", "rows": 50, "unknown": 0},
                   {"kind": "note", "rows": 6, "unknown": 0}, {"kind": "rail", "rows": 4, "unknown": 0}],
    "freshness": [{"source": "hdfc", "rows": 100, "accounts": 1, "first_day": DAY, "last_day": DAY}],
}  # fmt: skip


def test_the_page_says_everything_in_the_formats_of_the_house() -> None:
    made = page(FOUND)
    for words in ("One check found something wrong.".lower(), "18,91,113", "1,65,500.50", "30 jun 2026, 14:05",
                  "over 99.9 %", "under 0.1 %", "446 in 1 account<", "unknown: nothing answers", "60.0 %",
                  "the wording of the narration", "&lt;i&gt;june.csv"):  # fmt: skip
        assert words in made.lower(), words
    assert [word for word in ("None<", "nan", "http:", "https:", "<script", "@import") if word in made] == []
    assert made.index("a known merchant") < made.index("unknown: nothing answers"), "what is unknown stands last"


def test_the_terminal_says_the_same() -> None:
    told = quality_table(FOUND)
    assert told.startswith("One check found something wrong.")
    for words in (
        "wrong         No two share an id; exceptions: 12 of 18,91,113 (0.0%).",
        "446  Balance does not follow",
        "account A1 on 30 Jun 2026: expected 1,65,500.50, found –",
        "open: no date",
        "30 Jun 2026  hdfc",
    ):
        assert words in told, told


def test_an_empty_report_says_what_would_fill_it() -> None:
    assert "munshi ingest FILE --workspace shop" in page(EMPTY)
    assert "munshi ingest FILE --workspace shop" in quality_table(EMPTY)


@pytest.mark.parametrize(
    "inputs", [of_simulation(customers=2_000, seed=7), [{"file_id": "F1", "lines": [3], "mended": True}]]
)
def test_what_came_without_a_file_has_dashes(inputs: list[Any]) -> None:
    build = {**FOUND["builds"][0], "inputs": json.dumps(inputs)}
    made = page(EMPTY | {"builds": [build], "freshness": FOUND["freshness"]})
    assert f"<code>{inputs[0]['file_id'][:12]}</code>" in made
    assert '<td class="number">–</td>' in made


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (number(1234567), "12,34,567"), (number(-950), "−950"), (number(None), "–"), (money(Decimal("-0.5")), "−0.50"),
        (day(None), "–"), (share(0), "0.0 %"), (share(1), "100.0 %"), (grouped("of 1,234,567."), "of 12,34,567."),
    ],
)  # fmt: skip
def test_figures(shown: str, text: str) -> None:
    assert shown == text
