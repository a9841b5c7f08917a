"""Rows that could not be read: mended under their file's own layout, put back, tried again; by the command too."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from governance.errors import SourceError, ToolRetry
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.intake import ingest_file
from tools.operations.quarantine import mend, put_back, quarantined, replay, settle_quarantine, shown
from tools.workspace import Workspace
from ui.cli import app

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
HEADING = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
#: Newest first; the middle row has a day that does not exist.
STATEMENT = HEADING + (
    '04/05/24,UPI-TEA STALL-tea@ybl-YESB0000001-412300000003-Tea,412300000003,04/05/24,20.00,,"880.00"\n'
    '31/02/24,UPI-MEERA SHAH-meera@ybl-YESB0000001-412300000002-Gift,412300000002,02/05/24,100.00,,"900.00"\n'
    '01/05/24,UPI-TEA STALL-tea@ybl-YESB0000001-412300000001-Tea,412300000001,01/05/24,50.00,,"1,000.00"\n'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the workspace, made once."""
    home = tmp_path_factory.mktemp("made")
    path = home / "may.csv"
    path.write_text(STATEMENT, "utf-8")
    ingest_file(path, "shop", account="A1", customer="C1", settings=settings_in(home))
    return home


@pytest.fixture
def filled(made: Path, tmp_path: Path) -> Settings:
    """A copy of it that a test may change."""
    shutil.copytree(made, tmp_path / "own")
    return settings_in(tmp_path / "own")


def settings_in(home: Path) -> Settings:
    return Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with Workspace.open("shop", settings) as workspace:
        return workspace.query(local_principal("shop"), sql).rows


def postings(settings: Settings) -> list[tuple[Any, ...]]:
    return rows(settings, "SELECT posted_at::DATE, amount::DOUBLE FROM books.core.transactions ORDER BY 1")


def test_a_row_is_mended_under_its_files_layout_and_put_back(filled: Settings) -> None:
    before = postings(filled)
    breaks = "SELECT count(*) FROM books.quality.findings WHERE kind = 'balance_break'"
    assert rows(filled, breaks) == [(1,)]
    (waiting,) = quarantined("shop", settings=filled)
    place = (waiting["file_id"][:10], waiting["line"])
    report = mend("shop", *place, {"Date": "02/05/24", "debit": "100"}, settings=filled)
    assert report is not None
    assert postings(filled) == [before[0], (dt.date(2024, 5, 2), -100.0), before[1]]
    assert rows(filled, breaks) == [(0,)], "the balances add up now"
    order = "SELECT list(ordinal ORDER BY posted_at) FROM books.raw.postings"
    assert rows(filled, order)[0][0] == sorted(rows(filled, order)[0][0]), "in its place though the file runs backwards"
    assert rows(filled, "SELECT DISTINCT account_id, customer_id FROM books.raw.postings") == [("A1", "C1")]
    assert rows(filled, "SELECT rows_kept, rows_rejected FROM books.raw.files") == [(3, 0)]

    back = put_back("shop", *place, settings=filled)
    assert back is not None
    assert back.derived.removed == 1
    assert postings(filled) == before
    assert rows(filled, breaks) == [(1,)]
    assert rows(filled, "SELECT rows_kept, rows_rejected FROM books.raw.files") == [(2, 1)]
    assert [each["line"] for each in quarantined("shop", settings=filled)] == [waiting["line"]]
    with pytest.raises(ToolRetry, match="was mended or ignored"):
        put_back("shop", *place, settings=filled)


def test_columns_go_by_heading_or_role_and_what_is_wrong_is_said(filled: Settings) -> None:
    (waiting,) = quarantined("shop", settings=filled)
    place = (waiting["file_id"], waiting["line"])
    with pytest.raises(ToolRetry, match=r"no column 'Dated'.*Did you mean 'Date'"):
        mend("shop", *place, {"Dated": "02/05/24"}, settings=filled)
    with pytest.raises(SourceError, match=r"still no posting.*nothing was changed"):
        mend("shop", *place, {"date": "32/05/24"}, settings=filled)
    with pytest.raises(ToolRetry, match="begins with 'zz'"):
        mend("shop", "zz", 3, {"date": "02/05/24"}, settings=filled)


def test_replay_takes_in_what_can_be_read_by_now(filled: Settings) -> None:
    assert replay("shop", settings=filled) is None
    with Workspace.open("shop", filled) as workspace, workspace.lake.writer("a layout is corrected, say") as writer:
        writer.execute("UPDATE books.quality.quarantine SET content = replace(content, '31/02/24', '02/05/24')")
    report = replay("shop", settings=filled)
    assert report is not None
    assert (report.derived.added, quarantined("shop", settings=filled)) == (1, [])


def test_content_is_shown_when_asked_for_and_the_audit_log_keeps_that(filled: Settings) -> None:
    (waiting,) = quarantined("shop", settings=filled)
    plain = shown("shop", waiting["file_id"], waiting["line"], settings=filled)
    assert "Narration" in plain["columns"]
    assert "MEERA" not in repr(plain)
    assert "MEERA" in repr(shown("shop", waiting["file_id"], waiting["line"], content=True, settings=filled))
    with Workspace.open("shop", filled) as workspace:
        assert [each["action"] for each in workspace.control.audit_entries()] == ["quarantine:show"]


def test_an_ignored_row_can_be_put_back(filled: Settings) -> None:
    (waiting,) = quarantined("shop", settings=filled)
    settle_quarantine("shop", waiting["file_id"], waiting["line"], settings=filled)
    assert put_back("shop", waiting["file_id"], waiting["line"], settings=filled) is None
    assert len(quarantined("shop", settings=filled)) == 1


def test_the_command(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOME", filled.home), ("KEY_FILE", filled.key_file)):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["quarantine", *words, "--workspace", "shop"])
        assert done.exit_code == 0, done.output
        return done.stdout

    (waiting,) = json.loads(run("--json"))
    place = (waiting["file_id"][:8], str(waiting["line"]))
    assert "may.csv  line 3" in run()
    assert "MEERA" not in run("show", *place)
    assert "Narration" in run("show", *place, "--content")
    assert json.loads(run("ignore", *place, "--reason", "a test row", "--json"))["state"] == "ignored"
    assert "No row waits" in run()
    assert "waits again" in run("reopen", *place)
    assert "in the books: of the postings, 1 came" in run("mend", *place, "--set", "Date=02/05/24")
    assert "No row can be read yet" in run("replay")
    done = CliRunner().invoke(app, ["quarantine", "mend", *place, "--set", "nothing", "--workspace", "shop"])
    assert "COLUMN=VALUE" in str(done.exception)
