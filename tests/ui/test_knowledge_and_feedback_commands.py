"""`munshi knowledge`, `feedback`, `corrections` and `unanswered`: what they say, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from governance.settings import Settings
from ui.cli import app


@pytest.fixture
def run(own_demo: Settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("HOME", own_demo.home), ("KEY_FILE", own_demo.key_file), ("MODEL", "embedded")):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))
    return lambda *words: CliRunner().invoke(app, words)


def test_a_document_and_a_correction_from_one_end_to_the_other(run, tmp_path: Path) -> None:
    notes = tmp_path / "zebra notes.md"
    notes.write_text("# Zebra notes\n\n## Feeding zebras\nZebras are fed at nine by the keeper.\n")
    assert "None yet" in run("knowledge", "list").output
    told = run("knowledge", "add", str(notes), "--valid-from", "2026-01-01").output
    assert "own-zebra-notes-md added: “Zebra notes”, 1 passages, in force." in told
    answer = json.loads(run("ask", "who feeds the zebras", "--json").output)
    assert (answer["status"], answer["sources"][0]["id"]) == ("answered", "own-zebra-notes-md#feeding-zebras")
    assert "Zebras are fed at nine" in run("knowledge", "show", "own-zebra-notes-md").output
    assert "answers nothing" in run("knowledge", "remove", "own-zebra-notes-md").output
    assert "no file" in str(run("knowledge", "add", str(tmp_path / "none.pdf")).exception)

    stuck = json.loads(run("ask", "who feeds the zebras", "--json").output)
    assert stuck["status"] == "abstained"
    assert "who feeds the zebras" in run("unanswered").output
    assert "zebra" in json.dumps(json.loads(run("unanswered", "--json").output)[0]["words"])
    assert "--up or --down" in str(run("feedback", stuck["receipt_id"]).exception)
    said = ("feedback", stuck["receipt_id"], "--down", "--correction", "customers by city", "--json")
    given = json.loads(run(*said).output)
    assert given["feedback_id"] in run("corrections", "list").output
    assert "answers from now on" in run("corrections", "approve", given["feedback_id"]).output
    assert json.loads(run("ask", "who feeds the zebras", "--json").output)["mind"] == "verified"
    assert "already" in str(run("corrections", "dismiss", given["feedback_id"]).exception)
