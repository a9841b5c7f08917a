"""A watched folder and jobs by the clock: once each, one failure stops no other, a restart redoes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from feed_server import feed_server

from governance.errors import ConfigurationError, SourceError
from governance.settings import Settings
from tools.operations import scheduling
from tools.operations.scheduling import Job, last_outcomes, load_schedule, run_job, scheduler_of, seconds_of
from tools.operations.watching import FolderWatch
from tools.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
HEADING = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
ROW = '01/04/24,UPI-TEA STALL-tea@ybl-YESB0000001-412300000001-Tea,1,01/04/24,"50.00",,"950.00"\n'
UNKNOWN = "Booked;What;Money\n2024-04-02;TEA;-20.00\n"
MAPPING = "columns: {date: Booked, narration: What, amount: Money}\ndates: [YYYY-MM-DD]\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADING + ROW)
    (folder / "b.csv").write_bytes(b"%PDF-1.4 no table")
    (folder / "c.txt").write_text(UNKNOWN)
    (folder / "c.txt.mapping.yaml").write_text(MAPPING)
    (folder / "d.csv.part").write_text("half a fi")
    (folder / "owners.csv").write_text("file,account,customer\na.csv,A1,C1\nc.txt,A2,C1\n")
    return folder


def test_files_come_in_by_name_once_they_are_at_rest(inbox: Path, settings: Settings) -> None:
    watch = FolderWatch(inbox, "mine", settings)
    assert list(watch.look()) == [], "nothing is known to be at rest on the first look"
    (inbox / "c.txt").write_text(UNKNOWN + "2024-04-03;TEA;-21.00\n")
    assert [(each.name, each.outcome, each.rows_added) for each in watch.look()] == [
        ("a.csv", "taken in", 1), ("b.csv", "refused", 0),
    ]  # fmt: skip
    assert [(each.name, each.rows_added) for each in watch.look()] == [("c.txt", 2)], "it was still being written"
    assert list(watch.look()) == []

    again = FolderWatch(inbox, "mine", settings)
    list(again.look())
    found = {each.name: each for each in again.look()}
    assert {name: each.outcome for name, each in found.items()} == {
        "a.csv": "there already", "b.csv": "refused", "c.txt": "there already",
    }  # fmt: skip
    assert "pdf" in found["b.csv"].sentence.lower()


def test_what_is_refused_is_tried_again_when_its_owner_is_told(inbox: Path, settings: Settings) -> None:
    for name in ("b.csv", "c.txt"):
        (inbox / name).unlink()
    (inbox / "owners.csv").unlink()
    watch = FolderWatch(inbox, "mine", settings)
    list(watch.look())
    (refused,) = watch.look()
    assert "names no account number" in refused.sentence
    assert list(watch.look()) == []
    (inbox / "owners.csv").write_text("file,who\na.csv,A1\n")
    list(watch.look())
    assert "headings file, who; expected file, account, customer" in next(iter(watch.look())).sentence


def test_a_watch_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    environment = {**os.environ, "MUNSHI_HOME": str(tmp_path / "home"), "MUNSHI_KEY_FILE": str(tmp_path / "key")}
    (tmp_path / "in").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "watch", tmp_path / "in", "--workspace", "mine", "--every", "1s"],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert "Watching" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    process.stderr.close()


# ── by the clock ──────────────────────────────────────────────────────────────────────────────────────────────────────

JOBS = """
timezone: Asia/Kolkata
jobs:
  - {name: inbox, kind: folder, folder: inbox, workspace: mine, every: 10m}
  - {name: bank, kind: feed, source: bank.yaml, workspace: mine, cron: "0 6 * * mon-fri"}
"""


def test_jobs_run_and_how_they_ended_is_kept(inbox: Path, tmp_path: Path, settings: Settings) -> None:
    for name in ("b.csv", "c.txt"):
        (inbox / name).unlink()
    (tmp_path / "jobs.yaml").write_text(JOBS)
    schedule = load_schedule(tmp_path / "jobs.yaml")
    assert [each["last_at"] for each in last_outcomes(schedule, settings)] == [None, None]
    folder, feed = schedule.jobs
    assert run_job(folder, settings, settling=0.05) == "1 files, 1 new postings, 0 refused"
    with feed_server([]) as server:
        (tmp_path / "bank.yaml").write_text(f"kind: feed\nurl: {server.url}\n")
        assert run_job(feed, settings) == "1 pages, 0 new postings"
    (tmp_path / "bank.yaml").write_text("kind: feed\n")
    with pytest.raises(SourceError, match="`url` is missing"):
        run_job(feed, settings)
    found = last_outcomes(schedule, settings)
    assert [(each["job"], each["outcome"], each["said"]) for each in found] == [
        ("inbox", "ok", "1 files, 1 new postings, 0 refused"), ("bank", "failed", "SourceError"),
    ]  # fmt: skip
    with Workspace.open("mine", settings) as workspace:
        assert workspace.control.verify_audit() == 6


def test_the_scheduler_makes_up_for_missed_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(scheduling, "run_job", lambda job, _settings: (time.sleep(1.3), ran.append(job.name)))
    job = Job("slow", "folder", "mine", tmp_path, every=1)
    scheduler = scheduler_of(scheduling.Schedule((job, Job("daily", "folder", "mine", tmp_path, cron="0 6 * * *"))))
    scheduler.start()
    time.sleep(3.5)
    scheduler.shutdown(wait=True)
    assert 2 <= len(ran) <= 3, "a run that falls due while the last goes on does not pile up"
    assert set(ran) == {"slow"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("jobs: []\n", ["names no jobs"]),
        ("jobs: [{name: a, kind: foldr}]\n", ["job a: `kind` is 'foldr'", "Did you mean 'folder'"]),
        ("jobs: [{name: a, kind: folder, workspace: w, foldr: x}]\n",
         ["`foldr` is not known", "`folder` is missing", "either `every: 10m` or `cron"]),
        ("jobs: [{name: a, kind: folder, workspace: w, folder: x, every: soon}]\n", ["'soon' is no stretch of time"]),
        ("jobs: [{name: a, kind: folder, workspace: w, folder: x, cron: '61 * * * *'}]\n", ["job a: "]),
        ("jobs:\n" + 2 * "- {name: a, kind: folder, workspace: w, folder: x, every: 1d}\n", ["two jobs are called"]),
        ("timezone: Mars/Olympus\njobs: [{name: a, kind: folder, workspace: w, folder: x, every: 1d}]\n", ["Mars"]),
    ],
)  # fmt: skip
def test_a_wrong_schedule_says_everything_that_is_wrong(tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "jobs.yaml").write_text(text)
    with pytest.raises(SourceError) as raised:
        load_schedule(tmp_path / "jobs.yaml")
    assert [word for word in words if word not in str(raised.value)] == [], str(raised.value)


def test_stretches_of_time() -> None:
    assert [seconds_of(text) for text in ("30s", "10m", "6h", "1d")] == [30, 600, 21600, 86400]
    with pytest.raises(ConfigurationError, match="no stretch of time"):
        seconds_of("0s")


def test_the_list_of_jobs_by_command(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from ui.cli import app

    monkeypatch.setenv("MUNSHI_HOME", str(settings.home))
    (tmp_path / "jobs.yaml").write_text(JOBS)
    done = CliRunner().invoke(app, ["schedule", str(tmp_path / "jobs.yaml"), "--list"])
    assert "every 10m            has not run yet" in done.stdout
    told = json.loads(CliRunner().invoke(app, ["schedule", str(tmp_path / "jobs.yaml"), "--list", "--json"]).stdout)
    assert [each["when"] for each in told] == ["every 10m", "cron 0 6 * * mon-fri"]
