"""Schedules as pages show them, and what pages do with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.operations import schedules
from tools.result import Column, Table, ToolResult
from ui.pages.operation import Done, Undo
from ui.pages.work_rows import moment

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

_SCHEDULES = (
    Column(name="schedule_id", label="Schedule"), Column(name="what", label="What"), Column(name="when", label="When"),
    Column(name="next", label="Next"), Column(name="last", label="Last"), Column(name="to", label="Mailed to"),
    Column(name="active", label="Active", type="boolean"),
)  # fmt: skip
_RUNS = (
    Column(name="at", label="When"), Column(name="what", label="What"), Column(name="state", label="How"),
    Column(name="said", label="It says"), Column(name="missed", label="Missed before", unit="count", type="integer"),
    Column(name="opens", label="Opens"),
)  # fmt: skip


def schedule_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """The caller's schedules."""
    rows = tuple(_row(each) for each in schedules.listed(workspace, principal))
    return ToolResult(title="Schedules", table=Table(columns=_SCHEDULES, rows=rows))


def run_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """What the caller's schedules gave, the newest first."""
    found = [(run, each) for each in schedules.listed(workspace, principal) for run in each["runs"]]
    found.sort(key=lambda pair: -pair[0]["ran_at"])
    rows = tuple(
        (moment(run["ran_at"]), _what(each), run["state"], run["said"], run["missed"] or None,
         f"/run/{quote(run['run_id'])}" if run["state"] == "ok" else None)
        for run, each in found
    )  # fmt: skip
    return ToolResult(title="Runs", table=Table(columns=_RUNS, rows=rows))


def add(workspace: Workspace, by: Principal, due: str, question: str = "", report: str = "", to: str = "") -> Done:
    """Schedule a question or a report."""
    addresses = [each.strip() for each in to.split(",") if each.strip()]
    made = schedules.add(workspace, by, due, question=question, report=report, to=addresses)
    undo = Undo("schedules.remove", {"schedule_id": made["schedule_id"]})
    return Done(f"It runs {made['when']}; next on {moment(made['next_at'])}.", undo)


def remove(workspace: Workspace, by: Principal, schedule_id: str) -> Done:
    """Take a schedule out."""
    return Done(f"“{_what(schedules.remove(workspace, by, schedule_id))}” no longer runs.")


def pause(workspace: Workspace, by: Principal, schedule_id: str) -> Done:
    """Let it rest."""
    done = schedules.pause(workspace, by, schedule_id, active=False)
    return Done(f"“{_what(done)}” rests.", Undo("schedules.resume", {"schedule_id": schedule_id}))


def resume(workspace: Workspace, by: Principal, schedule_id: str) -> Done:
    """Let it run again."""
    done = schedules.pause(workspace, by, schedule_id, active=True)
    return Done(f"“{_what(done)}” runs again, next on {moment(done['next_at'])}.",
                Undo("schedules.pause", {"schedule_id": schedule_id}))  # fmt: skip


def _what(told: Mapping[str, Any]) -> str:
    return str(told["question"] or f"{told['report']} pack".capitalize())


def _row(told: Mapping[str, Any]) -> tuple[Any, ...]:
    last = next(iter(told["runs"]), None)
    return (
        told["schedule_id"], _what(told), told["when"], moment(told["next_at"]) if told["active"] else "paused",
        f"{last['state']}, {moment(last['ran_at'])}" if last else None, ", ".join(told["to"]) or None, told["active"],
    )  # fmt: skip
