"""The examination of real books: a model just trained, and one that served for a year."""

from __future__ import annotations

import pytest

from analytics.build import open_books
from analytics.models import registry
from analytics.monitor.examine import Finding, examine
from governance.settings import Settings
from tools.operations.fill import data_clock
from tools.toolbox import Toolbox
from tools.workspace import Workspace


@pytest.fixture
def found(own_demo: Settings) -> dict[str, list[Finding]]:
    """Findings of the champion, then of the oldest vintage in its place; both kept in the books."""
    with Workspace.open("demo", own_demo) as workspace, workspace.lake.writer("test") as writer:
        clock, books = data_clock(writer), open_books(writer)
        young = of_credit(examine(writer, books, clock))
        serving, *others = registry.versions(writer, "credit")
        oldest = [each for each in others if each.alias == "vintage"][-1]
        registry.realias(writer, "credit", {serving.version: "retired", oldest.version: "champion"})
        return {"young": young, "old": of_credit(examine(writer, books, clock))}


def of_credit(rows: list[Finding]) -> list[Finding]:
    return [row for row in rows if row.model == "credit"]


def statuses(rows: list[Finding]) -> dict[str, str]:
    return {row.check: row.status for row in rows}


def test_what_can_be_said_is_said_and_kept(found: dict[str, list[Finding]], own_demo: Settings) -> None:
    young, old = statuses(found["young"]), statuses(found["old"])
    assert {young[check] for check in ("performance", "calibration", "score_psi")} == {"cannot say"}
    assert young["drift"] == young["features"] == young["retraining"] == "ok"
    assert {old[check] for check in ("performance", "calibration")} <= {"ok", "warn", "alarm"}
    assert old["score_psi"] in ("ok", "warn")
    performance = next(row for row in found["old"] if row.check == "performance")
    assert 0.5 < performance.value < 1
    assert "complete labels" in performance.detail
    toolbox = Toolbox.open("demo", settings=own_demo)
    with toolbox.workspace:
        sql = """SELECT version, "check" FROM books.models.health WHERE model = 'credit'"""
        kept = toolbox.workspace.query(toolbox.principal, sql).rows
    assert len(kept) == len(found["young"]) + len(found["old"]) == len(set(kept))
