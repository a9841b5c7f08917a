"""`/alerts`: what stands out of the books, the rules that say so, and what people did with it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.alerts.rule import AlertRule
from tools.operations import alerts

AlertId = Annotated[str, Path(pattern=r"^al_[0-9a-f]{10}$")]
RuleName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Wanted = Annotated[
    Literal["unresolved", "open", "acknowledged", "snoozed", "resolved", "all"], Query(description="of which state")
]
Limit = Annotated[int, Query(ge=1, le=10_000, description="how many at the most")]
Note = Annotated[str, Field(max_length=2_000)]


class AlertDeed(BaseModel):
    """Something done with an alert; ``at`` in seconds since 1970."""

    at: float
    by: str
    did: str
    note: str


class AlertTold(BaseModel):
    """An alert; moments are seconds since 1970, figures are texts of plain digits."""

    alert_id: str
    rule: str
    state: Literal["open", "acknowledged", "snoozed", "resolved"]
    as_of: str
    raised_at: float
    changed_at: float
    snoozed_until: float | None
    title: str
    value: str
    unit: str
    bound: str
    usual: str | None
    currency: str
    history: list[AlertDeed]


class AlertList(BaseModel):
    """Alerts, the newest first."""

    alerts: list[AlertTold]


class AlertRuleTold(BaseModel):
    """A rule, and what its last check found."""

    name: str
    made_by: str
    created_at: float
    rule: dict[str, Any]
    last: dict[str, Any] | None


class AlertRuleMade(AlertRuleTold):
    """A new rule, and what it measures now."""

    now: dict[str, Any]


class AlertRuleList(BaseModel):
    """All rules."""

    rules: list[AlertRuleTold]


class AlertChecked(BaseModel):
    """What a check of one rule found; ``cannot say`` tells why."""

    rule: str
    outcome: Literal["raised", "woken", "holds", "settled", "quiet", "cannot say"]
    alert_id: str
    why: str
    measured: dict[str, Any] | None


class AlertsChecked(BaseModel):
    """What a check of all rules found."""

    checked: list[AlertChecked]


class DeedAsked(BaseModel):
    """Why, if there is something to say."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""


class SnoozeAsked(DeedAsked):
    """Until which day."""

    until: dt.date


def list_alerts(caller: Asking, state: Wanted = "unresolved", limit: Limit = 100) -> Response:
    """Alerts, the newest first; those that are not resolved where no state is named."""
    wanted = "" if state == "unresolved" else state
    found = alerts.listed(caller.service.workspace, caller.principal, state=wanted, limit=limit)
    return as_json(AlertList(alerts=[AlertTold(**each) for each in found]))


def acknowledge_alert(alert_id: AlertId, asked: DeedAsked, caller: Asking) -> Response:
    """Say that somebody looks after an alert."""
    done = alerts.acknowledge(caller.service.workspace, caller.principal, alert_id, note=asked.note)
    return as_json(AlertTold(**done))


def snooze_alert(alert_id: AlertId, asked: SnoozeAsked, caller: Asking) -> Response:
    """Put an alert away until a day."""
    done = alerts.snooze(caller.service.workspace, caller.principal, alert_id, until=asked.until, note=asked.note)
    return as_json(AlertTold(**done))


def resolve_alert(alert_id: AlertId, asked: DeedAsked, caller: Asking) -> Response:
    """Close an alert."""
    return as_json(
        AlertTold(**alerts.resolve(caller.service.workspace, caller.principal, alert_id, note=asked.note))
    )  # fmt: skip


def reopen_alert(alert_id: AlertId, asked: DeedAsked, caller: Asking) -> Response:
    """Open an alert again."""
    return as_json(AlertTold(**alerts.reopen(caller.service.workspace, caller.principal, alert_id, note=asked.note)))


def list_alert_rules(caller: Asking) -> Response:
    """The rules that raise alerts, each with what its last check found."""
    found = alerts.rules(caller.service.workspace, caller.principal)
    return as_json(AlertRuleList(rules=[AlertRuleTold(**each) for each in found]))


def add_alert_rule(asked: AlertRule, caller: Asking) -> Response:
    """Declare a rule; it is measured once."""
    told = asked.model_dump(mode="json", exclude_defaults=True)
    return as_json(AlertRuleMade(**alerts.add_rule(caller.service.workspace, caller.principal, told)), status=201)


def remove_alert_rule(name: RuleName, caller: Asking) -> Response:
    """Take a rule out."""
    alerts.remove_rule(caller.service.workspace, caller.principal, name)
    return Response(status_code=204)


def check_alerts(caller: Asking) -> Response:
    """Hold every rule against the books now."""
    found = alerts.check(caller.service.workspace, caller.principal)
    return as_json(AlertsChecked(checked=[AlertChecked(**each) for each in found]))


ALERT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/alerts", alerts.READ, list_alerts, "Alerts, the newest first", answer=AlertList),
    Endpoint("POST", "/alerts/check", alerts.MANAGE, check_alerts, "Hold every alert rule against the books",
             answer=AlertsChecked),
    Endpoint("POST", "/alerts/{alert_id}/acknowledge", alerts.MANAGE, acknowledge_alert, "Acknowledge an alert",
             answer=AlertTold, example={"note": "the branch is on it"}, statuses=(404,)),
    Endpoint("POST", "/alerts/{alert_id}/snooze", alerts.MANAGE, snooze_alert, "Put an alert away until a day",
             answer=AlertTold, example={"until": "2027-01-31"}, statuses=(404,)),
    Endpoint("POST", "/alerts/{alert_id}/resolve", alerts.MANAGE, resolve_alert, "Close an alert", answer=AlertTold,
             example={"note": "a holiday"}, statuses=(404,)),
    Endpoint("POST", "/alerts/{alert_id}/reopen", alerts.MANAGE, reopen_alert, "Open an alert again", answer=AlertTold,
             example={}, statuses=(404,)),
    Endpoint("GET", "/alert-rules", alerts.READ, list_alert_rules, "The rules that raise alerts", answer=AlertRuleList),
    Endpoint("POST", "/alert-rules", alerts.MANAGE, add_alert_rule, "Declare an alert rule", answer=AlertRuleMade,
             status=201, example={"name": "npa", "metric": "npa_ratio", "above": "0.05"}),
    Endpoint("DELETE", "/alert-rules/{name}", alerts.MANAGE, remove_alert_rule, "Remove an alert rule", status=204,
             statuses=(404,)),
)  # fmt: skip
