"""`munshi audit`: whole or broken, searched, taken along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from governance.audit_chain import FIRST_LINK, digest_of, walk
from governance.control import AUDIT
from governance.errors import MunshiError
from governance.settings import Settings
from tools.workspace import Workspace
from ui.cli import app


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    with Workspace.create("shop", settings) as shop:
        for number in range(6):
            shop.control.audit(f"user_{number % 2}", "key:create", "done", {"key": f"k{number}"})
        shop.control.audit("user_1", "tool:run_sql", "refused", {"scope": "sql:run"})
    for name, value in (("HOME", settings.home), ("KEY_FILE", settings.key_file), ("MODEL", "embedded")):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))
    monkeypatch.delenv("MUNSHI_MASTER_KEY", raising=False)
    return lambda *words: CliRunner().invoke(app, ["audit", *words, "--workspace", "shop"])


def change(settings: Settings, *statements: sa.Executable) -> None:
    with Workspace.open("shop", settings) as shop, shop.control.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_whole_chain_says_its_length_and_its_last_digest(run) -> None:
    told = json.loads(run("verify", "--json").stdout)
    assert (told["intact"], told["entries"], told["breaks"]) == (True, 7, [])
    done = run("verify", "--known", f"7:{told['last']}")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, f"Keep to verify against: 7:{told['last']}")


def test_what_was_cut_off_at_the_end_shows_against_what_was_known(run, settings: Settings) -> None:
    known = json.loads(run("verify", "--json").stdout)["last"]
    change(settings, AUDIT.delete().where(AUDIT.c.sequence > 5))
    assert run("verify").exit_code == 0
    done = run("verify", "--known", f"7:{known}")
    assert done.exit_code == 1
    assert "removed: the log had 7 entries and has 5: 2 are missing at its end." in done.stdout
    assert "written anew from there or before" in run("verify", "--known", f"5:{known}").stdout
    assert isinstance(run("verify", "--known", "seven").exception, MunshiError)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ([AUDIT.update().where(AUDIT.c.sequence == 3).values(outcome="ok")],
         ["changed: entry 3 does not say what it said when it was written."]),
        ([AUDIT.delete().where(AUDIT.c.sequence.in_((3, 4)))], ["removed: entries 3 to 4 are missing."]),
        ([AUDIT.delete().where(AUDIT.c.sequence == 1)], ["removed: entry 1 is missing."]),
        ([AUDIT.update().where(AUDIT.c.sequence == 3).values(sequence=99),
          AUDIT.update().where(AUDIT.c.sequence == 4).values(sequence=3),
          AUDIT.update().where(AUDIT.c.sequence == 99).values(sequence=4)],
         ["reordered: what stands as entry 3 was written as entry 4.",
          "reordered: what stands as entry 4 was written as entry 3."]),
        ([AUDIT.delete().where(AUDIT.c.sequence == 6), AUDIT.update().where(AUDIT.c.sequence == 7).values(sequence=6)],
         ["removed: what stands as entry 6 was written as entry 7; the one before it is missing."]),
    ],
    ids=["changed", "removed", "the first", "reordered", "removed and numbered anew"],
)  # fmt: skip
def test_a_broken_chain_says_where_and_how(run, settings: Settings, statements: list, told: list[str]) -> None:
    change(settings, *statements)
    done = run("verify")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].startswith("The audit log of shop is BROKEN")
    assert done.stdout.splitlines()[1:] == told
    assert json.loads(run("verify", "--json").stdout)["intact"] is False


def test_an_entry_that_was_changed_and_sealed_anew_shows_at_the_next(run, settings: Settings) -> None:
    with Workspace.open("shop", settings) as shop:
        third = shop.control.audit_entries()[2]
    third["outcome"] = "ok"
    third["digest"] = digest_of({name: value for name, value in third.items() if name != "digest"})
    change(settings, AUDIT.update().where(AUDIT.c.sequence == 3).values(**third))
    assert "changed: entry 3 is another than the one that entry 4 was written after." in run("verify").stdout


def test_entries_are_found_by_who_what_outcome_and_time(run) -> None:
    assert run("search", "--limit", "2").stdout.splitlines()[-1] == "7 entries fit; these are the newest 2."
    found = json.loads(run("search", "--who", "user_1", "--what", "KEY:", "--json").stdout)
    assert (found["total"], [each["entry"] for each in found["entries"]]) == (3, [6, 4, 2])
    (refused,) = json.loads(run("search", "--outcome", "refused", "--json").stdout)["entries"]
    assert (refused["who"], refused["scope"], refused["details"]) == ("user_1", "sql:run", {"scope": "sql:run"})
    assert json.loads(run("search", "--words", "k_", "--json").stdout)["total"] == 0  # no wildcard
    day = refused["when"][:10]
    assert json.loads(run("search", "--since", day, "--until", day, "--json").stdout)["total"] == 7
    assert json.loads(run("search", "--until", refused["when"], "--json").stdout)["total"] == 7
    assert json.loads(run("search", "--since", "9999-01-01", "--json").stdout)["total"] == 0
    assert "neither a day" in str(run("search", "--since", "yesterday").exception)
    assert "neither a day" in str(run("search", "--until", "9999-12-31").exception)


def test_the_log_is_taken_along_and_verifies_outside(run, tmp_path: Path) -> None:
    whole, refused = tmp_path / "log.jsonl", tmp_path / "refused.csv"
    told = json.loads(run("export", "-o", str(whole), "--json").stdout)
    rows = [json.loads(line) for line in whole.read_text().splitlines()]
    assert (told["entries"], len(rows), whole.stat().st_mode & 0o077) == (7, 7, 0)
    names = {"entry": "sequence", "when": "at", "who": "actor", "what": "action"}
    kept = [{names.get(name, name): value for name, value in row.items() if name != "scope"} for row in rows]
    entries = [{**row, "workspace": "shop", "details": json.dumps(row["details"], sort_keys=True)} for row in kept]
    assert walk(lambda: entries).breaks == ()
    assert entries[0]["previous"] == FIRST_LINK
    assert run("export", "-o", str(refused), "--outcome", "refused").exit_code == 0
    (row,) = csv.DictReader(refused.read_text().splitlines())
    assert (row["who"], row["what"], row["scope"]) == ("user_1", "tool:run_sql", "sql:run")
    assert "nothing was overwritten" in str(run("export", "-o", str(whole)).exception)
    exported = json.loads(run("search", "--what", "audit:export", "--json").stdout)["entries"]
    assert [each["details"] for each in exported] == [
        {"entries": 1, "narrowed_by": ["outcome"]}, {"entries": 7, "narrowed_by": []}]  # fmt: skip
