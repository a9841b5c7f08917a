"""A workspace from files: taken in, checked, told as a page; rows in quarantine mended or ignored."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
from intake_books import parsed
from raw_rows import raw

from governance.errors import SourceError, ToolRetry, WorkspaceBusy
from governance.settings import Settings
from tools.operations.intake import derive_again, take_in_files
from tools.operations.quality import quality, write_report
from tools.operations.quarantine import quarantined, settle_quarantine
from tools.workspace import Workspace

SECRET = "UPI-MEERA SHAH-meera@ybl"
ROWS = [raw("", 0, f"2024-0{month}-0{day}T10:0{day}", -50, SECRET, balance=1000 * month - 50 * day)
        for month in (1, 2, 3) for day in (1, 2)]  # fmt: skip
FILE = parsed(ROWS, rejected=[{"reason": "<b>no date</b>", "content": f'["{SECRET}"]'}], name="march.csv")


def settings_in(folder: Path) -> Settings:
    return Settings(home=folder / "munshi", key_file=folder / "master.key", master_key=None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspace, made once."""
    folder = tmp_path_factory.mktemp("made")
    report = take_in_files("shop", lambda _workspace, _backend: [FILE], settings=settings_in(folder))
    assert report.derived.added == 6
    return folder


@pytest.fixture
def filled(made: Path, tmp_path: Path) -> Settings:
    """A copy of the workspace that a test may change."""
    shutil.copytree(made, tmp_path / "own")
    return settings_in(tmp_path / "own")


def test_the_report_tells_checks_doubts_and_files(filled: Settings, tmp_path: Path) -> None:
    found = quality("shop", settings=filled)
    assert {each["name"]: each["status"] for each in found["checks"]}["unique_ids"] == "pass"
    assert [each["name"] for each in found["files"]] == ["march.csv"]
    assert [each["rows"] for each in found["quarantine"]] == [1]
    write_report(found, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "worth a look" in page
    assert "&lt;b&gt;no date" in page, "text of a file is text"
    assert SECRET not in page + repr(found)
    assert not [word for word in ("http:", "https:", "<script", "@import") if word in page]


def test_the_features_are_there(filled: Settings) -> None:
    from governance.principal import local_principal

    with Workspace.open("shop", filled) as workspace:
        rows = workspace.query(local_principal("shop"), "SELECT count(*) FROM books.features.customer_monthly").rows
    assert rows == [(2,)]


def test_a_mended_row_comes_in_at_its_own_place(filled: Settings) -> None:
    (waiting,) = quarantined("shop", settings=filled)
    late = raw("", 0, "2024-03-03T11:00", -10, "UPI-TEA", balance=2840)

    def mended(row: Any, backend: Any) -> Any:
        assert row["content"] == f'["{SECRET}"]'
        return parsed([late])

    with pytest.raises(SourceError, match="still no posting"):
        settle_quarantine("shop", waiting["file_id"], waiting["line"], settings=filled,
                          mended=lambda row, backend: parsed([], rejected=[{"reason": "x"}]))  # fmt: skip
    report = settle_quarantine("shop", waiting["file_id"], waiting["line"], mended=mended, settings=filled)
    assert report is not None
    assert report.derived.added == 1
    assert quarantined("shop", settings=filled) == []
    assert [each["line"] for each in quarantined("shop", state="mended", settings=filled)] == [waiting["line"]]
    assert derive_again("shop", settings=filled)


def test_an_ignored_row_waits_no_longer(filled: Settings) -> None:
    (waiting,) = quarantined("shop", settings=filled)
    settle_quarantine("shop", waiting["file_id"], waiting["line"], settings=filled)
    assert quarantined("shop", settings=filled) == []
    with pytest.raises(ToolRetry, match="munshi quarantine"):
        settle_quarantine("shop", waiting["file_id"], waiting["line"], settings=filled)
    with pytest.raises(ToolRetry, match="no state 'opne'"):
        quarantined("shop", state="opne", settings=filled)


def test_a_second_ingest_waits_and_is_told_who_holds_the_books(filled: Settings) -> None:
    told: list[str] = []
    with (
        Workspace.open("shop", filled) as workspace,
        workspace.lake.writer("the nightly build"),
        pytest.raises(WorkspaceBusy, match="the nightly build"),
    ):
        other = dataclasses.replace(FILE, file_id="other")
        take_in_files(
            "shop", lambda *_: [other], settings=filled, patience=0.3, progress=lambda what, _: told.append(what)
        )
    assert [what for what in told if what.startswith("Waiting for process")]
