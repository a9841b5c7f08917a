"""Schedules made, looked at, paused and removed by the one whose they are; what runs, runs under his rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.errors import NotThere, ToolRetry, did_you_mean
from governance.permission import permit
from governance.principal import local_principal
from governance.schedules import Run, Scheduled, Schedules
from tools.mail.sending import allowed
from tools.schedules.when import ZONE, when

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "schedules:make"
REPORTS = ("board",)
LONGEST_QUESTION = 2_000


def add(
    workspace: Workspace, by: Principal, due: str, *, question: str = "", report: str = "", to: Sequence[str] = (),
    attach: bool = False, zone: str = ZONE,
) -> dict[str, Any]:  # fmt: skip
    """Schedule a question or a report.

    Parameters
    ----------
    due
        When, as `tools.schedules.when` reads it.
    to
        Whom it is mailed to: a link, and the file too where ``attach`` is asked for and the operator allows it.

    Raises
    ------
    ToolRetry
        The time, the report or an address is wrong, or files may not travel.
    ToolRefused
        The caller may not schedule, or not make reports.
    """
    permit(workspace.control, by, SCOPE, doing="schedules:add", what="scheduling questions and reports")
    if bool(question.strip()) == bool(report):
        raise ToolRetry("Schedule a question or a report, one of them.")
    if report and report not in REPORTS:
        raise ToolRetry(f"There is no report '{report}'.{did_you_mean(report, REPORTS)}")
    if len(question) > LONGEST_QUESTION:
        raise ToolRetry(f"A question has {LONGEST_QUESTION:,} letters at the most.")
    if report or attach:
        permit(workspace.control, by, "reports:make", doing="schedules:add", what="scheduling reports and files")
    if attach and not workspace.settings.mail_attachments:
        raise ToolRetry("Files may not travel with mails here (MUNSHI_MAIL_ATTACHMENTS); the mail holds a link.")
    _a_person(workspace, by)
    store, rule = Schedules(workspace.control), when(due, zone)
    what: dict[str, Any] = {"question": question.strip(), "report": report, "to": list(allowed(workspace.settings, to)),
            "attach": attach}  # fmt: skip
    with workspace.control.together():
        made = store.add(rule.text, zone, what, next_at=rule.next_after(store.clock()), by=by.name)
        details = {"schedule": made.schedule_id, "kind": "report" if report else "question", "to": len(what["to"])}
        workspace.control.audit(by.name, "schedules:add", "ok", details)
    return described(made, ())


def listed(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The caller's own schedules, each with its runs, the newest first."""
    permit(workspace.control, by, SCOPE, doing="schedules:list", what="schedules")
    store = Schedules(workspace.control)
    return [described(each, store.runs(each.schedule_id)) for each in store.listed() if each.made_by == by.name]


def remove(workspace: Workspace, by: Principal, schedule_id: str) -> dict[str, Any]:
    """Take a schedule out, with what its runs gave."""
    mine = _mine(workspace, by, schedule_id, "schedules:remove")
    with workspace.control.together():
        Schedules(workspace.control).remove(schedule_id)
        workspace.control.audit(by.name, "schedules:remove", "ok", {"schedule": schedule_id})
    return described(mine, ())


def pause(workspace: Workspace, by: Principal, schedule_id: str, *, active: bool) -> dict[str, Any]:
    """Let a schedule rest, or run again: from its next due time on."""
    mine = _mine(workspace, by, schedule_id, "schedules:pause")
    store = Schedules(workspace.control)
    with workspace.control.together():
        store.set_active(schedule_id, active, when(mine.when, mine.zone).next_after(store.clock()))
        doing = "schedules:resume" if active else "schedules:pause"
        workspace.control.audit(by.name, doing, "ok", {"schedule": schedule_id})
    return described(store.one(schedule_id), store.runs(schedule_id))


def result(workspace: Workspace, by: Principal, run_id: str) -> Run:
    """What a run of one of the caller's own schedules gave, file and all."""
    run = Schedules(workspace.control).run(run_id)
    _mine(workspace, by, run.schedule_id, "schedules:result")
    return run


def principal_of(workspace: Workspace, scheduled: Scheduled) -> Principal:
    """Whose a schedule is, with the rights he has now.

    Raises
    ------
    NotSignedIn
        He is no longer let in.
    """
    from governance.identity.store import Identity

    local = local_principal(workspace.name)
    return local if scheduled.made_by == local.name else Identity(workspace.control).user_named(scheduled.made_by)


def described(scheduled: Scheduled, runs: Sequence[Run]) -> dict[str, Any]:
    """A schedule as faces tell it, its runs without their files; moments are seconds since 1970."""
    told = asdict(scheduled)
    return {**told, **told.pop("what"), "runs": [described_run(each) for each in runs]}


def described_run(run: Run) -> dict[str, Any]:
    """A run as faces tell it."""
    return {name: value for name, value in asdict(run).items() if name != "file"}


def _mine(workspace: Workspace, by: Principal, schedule_id: str, doing: str) -> Scheduled:
    permit(workspace.control, by, SCOPE, doing=doing, what="schedules")
    found = Schedules(workspace.control).one(schedule_id)
    if found.made_by != by.name:
        raise NotThere(f"You have no schedule '{schedule_id}'. `munshi schedules list` shows yours.")
    return found


def _a_person(workspace: Workspace, by: Principal) -> None:
    """Pass where the caller can be found again when it is due; a key may be gone by then."""
    from governance.identity.store import Identity

    people = {user.user_id for user in Identity(workspace.control).users.list()}
    if by.name not in (local_principal(workspace.name).name, *people):
        raise ToolRetry("A key schedules nothing: what is scheduled runs as a person, with the rights he has then.")
