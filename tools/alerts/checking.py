"""Rules held against the books: what holds raises an alert, what no longer does settles it; nobody is told twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from governance.alerts import THE_BOOKS, Alert, Alerts, KeptRule
from governance.errors import MunshiError
from governance.principal import local_principal
from tools.alerts.measuring import Measured, measure
from tools.alerts.rule import alert_rule

if TYPE_CHECKING:
    from tools.workspace import Workspace

#: ``cannot say`` is not ``quiet``: there was nothing to measure, and the rule says why.
Outcome = Literal["raised", "woken", "holds", "settled", "quiet", "cannot say"]
#: Outcomes that somebody has to hear of.
NEWS: tuple[Outcome, ...] = ("raised", "woken")
_log = logging.getLogger("munshi.alerts")


@dataclass(frozen=True)
class Checked:
    """What a check of one rule found."""

    rule: str
    outcome: Outcome
    alert_id: str = ""
    why: str = ""
    measured: Measured | None = None


def check(workspace: Workspace) -> list[Checked]:
    """Hold every rule against the published books; what is new is audited, so webhooks hear of it, and mailed."""
    from tools.mail.telling import tell_of_alerts

    alerts = Alerts(workspace.control)
    found = [_checked(workspace, alerts, kept) for kept in alerts.rules()]
    news = [each for each in found if each.outcome in NEWS]
    if news:
        tell_of_alerts(workspace, [each.rule for each in news], alerts.count())
    return found


def after_publish(workspace: Workspace) -> None:
    """Check where the workspace has rules; what fails is logged, for what was published stays published."""
    if not (workspace.folder / "control.sqlite").exists() or not Alerts(workspace.control).rules():
        return
    try:
        check(workspace)
    except Exception as error:  # noqa: BLE001  the publish is good whatever becomes of its check
        _log.error("alerts of %s could not be checked: %s", workspace.name, type(error).__name__)
        workspace.control.audit(THE_BOOKS, "alert:check", "failed", {"error": type(error).__name__})


def _checked(workspace: Workspace, alerts: Alerts, kept: KeptRule) -> Checked:
    try:
        measured = measure(workspace, local_principal(workspace.name), alert_rule(kept.declared), kept.remembered)
    except MunshiError as error:
        alerts.remember(kept, {**kept.remembered, **_last(alerts, "cannot say", why=str(error))})
        return Checked(kept.name, "cannot say", why=str(error))
    with workspace.control.together():
        found = _settled(alerts, kept, measured)
        seen = {"seen": list(measured.seen)} if measured.seen or measured.first else {}
        alerts.remember(kept, {**kept.remembered, **seen, **_last(alerts, found.outcome, measured=measured)})
        if found.outcome in NEWS:
            details = {"alert": found.alert_id, "rule": found.rule, "as_of": measured.as_of}
            workspace.control.audit(THE_BOOKS, "alert:raised", "alarm", details)
    return found


def _settled(alerts: Alerts, kept: KeptRule, measured: Measured) -> Checked:
    """Bring the rule's alert, if any, in line with what was measured."""
    latest: Alert | None = next(iter(alerts.listed(rule=kept.name, last=1)), None)
    unresolved = latest if latest is not None and latest.state != "resolved" else None
    if not measured.holds:
        if unresolved is None:
            return Checked(kept.name, "quiet", measured=measured)
        if alert_rule(kept.declared).new:  # what was new stays on the desk until somebody looked
            return Checked(kept.name, "holds", unresolved.alert_id, measured=measured)
        alerts.move(unresolved.alert_id, "resolved", by=THE_BOOKS, did="settled", note="it no longer holds",
                    as_of=measured.as_of)  # fmt: skip
        return Checked(kept.name, "settled", unresolved.alert_id, measured=measured)
    if unresolved is None:
        return _raised(alerts, kept, latest, measured)
    if unresolved.state == "snoozed" and (unresolved.snoozed_until or 0) <= alerts.clock():
        alerts.move(unresolved.alert_id, "open", by=THE_BOOKS, did="woken", told=measured.told(), as_of=measured.as_of)
        return Checked(kept.name, "woken", unresolved.alert_id, measured=measured)
    alerts.see_again(unresolved, measured.as_of, measured.told())
    return Checked(kept.name, "holds", unresolved.alert_id, measured=measured)


def _raised(alerts: Alerts, kept: KeptRule, latest: Alert | None, measured: Measured) -> Checked:
    """A new alert; what a person resolved is not raised again on the same day of the books."""
    if latest is not None and latest.as_of == measured.as_of and latest.history[-1]["by"] != THE_BOOKS:
        return Checked(kept.name, "quiet", latest.alert_id, "a person resolved it on these books", measured)
    made = alerts.raise_one(kept.name, measured.as_of, measured.told())
    if made is None:  # another process was quicker
        return Checked(kept.name, "holds", measured=measured)
    return Checked(kept.name, "raised", made.alert_id, measured=measured)


def _last(alerts: Alerts, outcome: Outcome, *, why: str = "", measured: Measured | None = None) -> dict[str, Any]:
    figure = {} if measured is None else measured.told() | {"as_of": measured.as_of}
    return {"last": {"at": alerts.clock(), "outcome": outcome, "why": why, **figure}}
