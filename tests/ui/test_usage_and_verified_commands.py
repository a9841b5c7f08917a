"""`munshi usage` and `munshi verified`: what they say, and how they end."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from governance.settings import Settings
from governance.usage import Ledger, Price
from tools.workspace import Workspace
from ui.cli import app

PLAN = '[{"tool": "query_metrics", "args": {"metrics": ["customers"], "dimensions": ["city"]}}]'


@pytest.fixture
def run(own_demo: Settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("HOME", own_demo.home), ("KEY_FILE", own_demo.key_file), ("MODEL", "embedded")):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))
    return lambda *words: CliRunner().invoke(app, words)


def test_budgets_are_set_shown_and_taken_away(run, own_demo: Settings) -> None:
    assert "Nothing was spent" in run("usage").output
    with Workspace.open("demo", own_demo) as opened:
        Ledger(opened.control).reserve("ana", "openai:m", 1_200, Price())
    assert "Budget of each person a day: 5,000 tokens." in run("usage", "budget", "each", "--tokens", "5000").output
    run("usage", "budget", "workspace", "--cost", "12.50", "--per", "month")
    shown = run("usage").output
    assert "ana" in shown
    assert "1,200 tokens" in shown
    assert "Budget of the workspace a month: 12.5" in shown
    found = json.loads(run("usage", "--json").output)
    assert [each["whose"] for each in found["budgets"]] == ["*each", "*workspace"]
    run("usage", "budget", "each")
    assert "each person" not in run("usage").output
    assert run("usage", "--per", "week").exception is not None
    assert "no amount" in str(run("usage", "budget", "ana", "--cost", "much").exception)


def test_a_question_is_added_approved_asked_and_retired(run) -> None:
    added = json.loads(run("verified", "add", "Where do they all live?", "--plan", PLAN, "--json").output)
    assert added["state"] == "proposed"
    run("verified", "approve", added["question_id"])
    assert "approved  Where do they all live?" in run("verified", "list").output
    answer = json.loads(run("ask", "where do they all live", "--json").output)
    assert (answer["mind"], answer["status"]) == ("verified", "answered")
    again = json.loads(run("verified", "add", "--receipt", answer["receipt_id"], "--json").output)
    assert again["plan"] == added["plan"]
    run("verified", "retire", added["question_id"])
    assert "personal data" in str(run("verified", "add", "who has 98200 12345?", "--plan", PLAN).exception)
    assert "not JSON" in str(run("verified", "add", "x", "--plan", "{").exception)
