"""Alerts looked at and worked, and their rules declared, by who may; each deed in the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.alerts import STATES, Alert, Alerts, State
from governance.errors import ToolRefused, ToolRetry, did_you_mean
from governance.permission import permit
from governance.written_personal import written_in
from tools.alerts import checking
from tools.alerts.measuring import measure
from tools.alerts.rule import alert_rule

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

READ, MANAGE = "alerts:read", "alerts:manage"
#: Days an alert can be snoozed for.
LONGEST_SNOOZE = 366


def add_rule(workspace: Workspace, by: Principal, told: Mapping[str, Any]) -> dict[str, Any]:
    """Declare a rule; it is measured once, as the caller, so that a wrong one is refused at once.

    Raises
    ------
    ToolRetry
        It is no rule, its name is taken, or it cannot be measured.
    ToolRefused
        The caller may not declare rules, or not read what this one looks at.
    """
    _allowed(workspace, by, MANAGE, "alert:add")
    rule = alert_rule(told)
    if written_in(rule.title):
        raise ToolRetry("The title holds what looks like personal data; titles travel outside. Say it without.")
    measured = measure(workspace, by, rule)
    seen = {"seen": list(measured.seen)} if rule.new else {}
    declared = rule.model_dump(mode="json", exclude_defaults=True)
    with workspace.control.together():
        kept = Alerts(workspace.control).add_rule(rule.name, declared, seen, by=by.name)
        workspace.control.audit(by.name, "alert:add", "ok", {"rule": rule.name})
    return {**described_rule(kept), "now": {**measured.told(), "holds": measured.holds}}


def rules(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """All rules with what their last check found."""
    _allowed(workspace, by, READ, "alert:rules")
    return [described_rule(each) for each in Alerts(workspace.control).rules()]


def remove_rule(workspace: Workspace, by: Principal, name: str) -> dict[str, Any]:
    """Take a rule out and return what it was; alerts it raised stay."""
    _allowed(workspace, by, MANAGE, "alert:remove")
    alerts = Alerts(workspace.control)
    kept = alerts.rule(name)
    with workspace.control.together():
        alerts.remove_rule(name)
        workspace.control.audit(by.name, "alert:remove", "ok", {"rule": name})
    return described_rule(kept)


def check(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Hold every rule against the books now."""
    _allowed(workspace, by, MANAGE, "alert:check")
    found = checking.check(workspace)
    workspace.control.audit(by.name, "alert:check", "ok", {"rules": len(found)})
    return [
        {"rule": each.rule, "outcome": each.outcome, "alert_id": each.alert_id, "why": each.why,
         "measured": None if each.measured is None else each.measured.told()}
        for each in found
    ]  # fmt: skip


def listed(workspace: Workspace, by: Principal, *, state: str = "", limit: int = 500) -> list[dict[str, Any]]:
    """Alerts, the newest first; without a state those that are not resolved.

    Raises
    ------
    ToolRetry
        There is no such state.
    """
    _allowed(workspace, by, READ, "alert:list")
    if state and state not in (*STATES, "all"):
        raise ToolRetry(f"There is no state '{state}'.{did_you_mean(state, (*STATES, 'all'))}")
    states = STATES if state == "all" else (state,) if state else STATES[:3]
    return [described(each) for each in Alerts(workspace.control).listed(states=states, last=limit)]


def acknowledge(workspace: Workspace, by: Principal, alert_id: str, *, note: str = "") -> dict[str, Any]:
    """Say that somebody looks after it."""
    return _moved(workspace, by, alert_id, "acknowledged", note=note, come_from=("open", "snoozed"))


def snooze(workspace: Workspace, by: Principal, alert_id: str, *, until: dt.date, note: str = "") -> dict[str, Any]:
    """Put it away until a day (UTC); what still holds then comes back.

    Raises
    ------
    ToolRetry
        The day is past, or further away than a year.
    """
    today = dt.datetime.fromtimestamp(Alerts(workspace.control).clock(), dt.UTC).date()
    if not 0 < (until - today).days <= LONGEST_SNOOZE:
        raise ToolRetry(f"Snooze until a day from {today + dt.timedelta(days=1)} to "
                        f"{today + dt.timedelta(days=LONGEST_SNOOZE)}; {until} is none.")  # fmt: skip
    moment = dt.datetime.combine(until, dt.time(), dt.UTC).timestamp()
    return _moved(workspace, by, alert_id, "snoozed", note=note, until=moment,
                  come_from=("open", "acknowledged", "snoozed"))  # fmt: skip


def resolve(workspace: Workspace, by: Principal, alert_id: str, *, note: str = "") -> dict[str, Any]:
    """Close it; it is raised again only where newer books still meet its rule."""
    return _moved(workspace, by, alert_id, "resolved", note=note, come_from=("open", "acknowledged", "snoozed"))


def reopen(workspace: Workspace, by: Principal, alert_id: str, *, note: str = "") -> dict[str, Any]:
    """Open it again: what was done with it is taken back, and stays in its history."""
    return _moved(workspace, by, alert_id, "open", note=note, did="reopened",
                  come_from=("acknowledged", "snoozed", "resolved"))  # fmt: skip


def open_count(workspace: Workspace, by: Principal) -> int:
    """How many are open, for who may see them; none for others."""
    may = by.tenant == workspace.name and by.may(READ) and not by.partitions
    return Alerts(workspace.control).count() if may else 0


def described(alert: Alert) -> dict[str, Any]:
    """An alert as faces tell it; moments are seconds since 1970."""
    told = asdict(alert)
    return {**told, **told.pop("told"), "history": [dict(each) for each in alert.history]}


def described_rule(kept: Any) -> dict[str, Any]:
    """A rule as faces tell it, without what it remembers of rows."""
    return {"name": kept.name, "made_by": kept.made_by, "created_at": kept.created_at, "rule": dict(kept.declared),
            "last": kept.remembered.get("last")}  # fmt: skip


def _moved(
    workspace: Workspace, by: Principal, alert_id: str, state: State, *, did: str = "", **more: Any
) -> dict[str, Any]:  # fmt: skip
    doing = f"alert:{did or state}"
    _allowed(workspace, by, MANAGE, doing)
    with workspace.control.together():
        moved = Alerts(workspace.control).move(alert_id, state, by=by.name, did=did or state, **more)
        workspace.control.audit(by.name, doing, "ok", {"alert": alert_id})
    return described(moved)


def _allowed(workspace: Workspace, by: Principal, scope: str, doing: str) -> None:
    permit(workspace.control, by, scope, doing=doing, what="alerts")
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused(
            "Alerts are figures of every row: who sees some rows only has none. Ask for the figure itself."
        )
