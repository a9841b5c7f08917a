"""Alerts and their rules as pages show them, and what pages do with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from assistant.prose.numbers import said
from governance.errors import ToolRetry
from tools.operations import alerts
from tools.result import Column, Fact, Table, ToolResult
from ui.pages.operation import Done, Undo

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

_ALERTS = (
    Column(name="alert_id", label="Alert"), Column(name="title", label="What stands out"),
    Column(name="value", label="Now"), Column(name="bound", label="Limit"), Column(name="usual", label="Usual"),
    Column(name="as_of", label="Books of", unit="date", type="date"), Column(name="state", label="State"),
    Column(name="last", label="Last"), Column(name="note", label="Note"), Column(name="rule", label="Rule"),
)  # fmt: skip
_RULES = (
    Column(name="name", label="Rule"), Column(name="watches", label="Watches"), Column(name="bound", label="Limit"),
    Column(name="value", label="Last measured"), Column(name="outcome", label="Last check"),
    Column(name="checked", label="When"), Column(name="made_by", label="Made by"),
)  # fmt: skip
_HISTORY = (
    Column(name="at", label="When"), Column(name="title", label="Alert"), Column(name="did", label="What"),
    Column(name="by", label="Who"), Column(name="note", label="Note"),
)  # fmt: skip


def alert_rows(workspace: Workspace, principal: Principal, *, state: str = "") -> ToolResult:
    """Alerts of a state, the newest first; without one those that are not resolved."""
    found = alerts.listed(workspace, principal, state=state)
    rows = tuple(_row(each) for each in found)
    opened = sum(1 for each in found if each["state"] == "open")
    return ToolResult(
        title="Alerts", table=Table(columns=_ALERTS, rows=rows),
        facts={"open": Fact(value=opened, unit="count"), "listed": Fact(value=len(rows), unit="count")},
    )  # fmt: skip


def alert_history(workspace: Workspace, principal: Principal) -> ToolResult:
    """Everything that was done with alerts, the newest first."""
    deeds = [(deed, alert) for alert in alerts.listed(workspace, principal, state="all") for deed in alert["history"]]
    deeds.sort(key=lambda each: -each[0]["at"])
    rows = tuple((_moment(deed["at"]), alert["title"], deed["did"], deed["by"], deed["note"] or None)
                 for deed, alert in deeds)  # fmt: skip
    return ToolResult(title="What was done with alerts", table=Table(columns=_HISTORY, rows=rows))


def rule_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """The rules, each with what its last check found."""
    rows = tuple(_rule_row(each) for each in alerts.rules(workspace, principal))
    return ToolResult(title="Alert rules", table=Table(columns=_RULES, rows=rows))


def acknowledge(workspace: Workspace, by: Principal, alert_id: str, note: str = "") -> Done:
    """Say that one looks after it."""
    return _done(alerts.acknowledge(workspace, by, alert_id, note=note))


def snooze(workspace: Workspace, by: Principal, alert_id: str, until: dt.date, note: str = "") -> Done:
    """Put it away until a day."""
    return _done(alerts.snooze(workspace, by, alert_id, until=until, note=note))


def resolve(workspace: Workspace, by: Principal, alert_id: str, note: str = "") -> Done:
    """Close it."""
    return _done(alerts.resolve(workspace, by, alert_id, note=note))


def reopen(workspace: Workspace, by: Principal, alert_id: str) -> Done:
    """Open it again."""
    return Done(f"“{alerts.reopen(workspace, by, alert_id)['title']}” is open again.")


def check(workspace: Workspace, by: Principal) -> Done:
    """Hold every rule against the books."""
    found = alerts.check(workspace, by)
    counts = {name: sum(1 for each in found if each["outcome"] == name) for name in ("raised", "woken", "cannot say")}
    told = [f"{count} {name}" for name, count in counts.items() if count]
    rules = f"{len(found)} rule{'' if len(found) == 1 else 's'}"
    return Done(f"{rules} checked: {', '.join(told) or 'nothing new'}.")


def add_metric_rule(
    workspace: Workspace, by: Principal, name: str, metric: str,
    compared: Literal["above", "below", "rises", "falls"], figure: str, title: str = "",
) -> Done:  # fmt: skip
    """Declare a rule over a governed metric; rates and changes are given in percent."""
    unit = workspace.vocabulary.metrics[metric].unit if metric in workspace.vocabulary.metrics else ""
    percent = compared in ("rises", "falls") or unit == "percent" or figure.strip().endswith("%")
    value = _number(figure)
    told = {"name": name.strip().lower().replace(" ", "-"), "metric": metric, "title": title,
            compared: str(value / 100 if percent else value)}  # fmt: skip
    made = alerts.add_rule(workspace, by, told)
    stands = "It holds now: the next check raises it." if made["now"]["holds"] else "It does not hold now."
    return Done(f"The rule {made['name']} is kept. {stands}", Undo("alerts.remove_rule", {"name": made["name"]}))


def remove_rule(workspace: Workspace, by: Principal, name: str) -> Done:
    """Take a rule out."""
    gone = alerts.remove_rule(workspace, by, name)
    return Done(f"The rule {name} is gone; its alerts stay.", Undo("alerts.restore_rule", {"rule": gone["rule"]}))


def restore_rule(workspace: Workspace, by: Principal, rule: Mapping[str, Any]) -> Done:
    """Declare a rule again that was taken out."""
    return Done(f"The rule {alerts.add_rule(workspace, by, rule)['name']} is back.")


def metric_choices(workspace: Workspace, _: Principal) -> list[tuple[str, str]]:
    """Every governed metric, by its label."""
    named = [(metric.name, metric.label) for metric in workspace.vocabulary.metrics.values()]
    return sorted(named, key=lambda each: each[1].lower())


def _done(alert: Mapping[str, Any]) -> Done:
    return Done(f"“{alert['title']}” is {alert['state']}.", Undo("alerts.reopen", {"alert_id": alert["alert_id"]}))


def _row(alert: Mapping[str, Any]) -> tuple[Any, ...]:
    last = alert["history"][-1]
    state = alert["state"]
    if state == "snoozed" and alert["snoozed_until"]:
        state = f"snoozed until {said(dt.datetime.fromtimestamp(alert['snoozed_until'], dt.UTC).date())}"
    return (
        alert["alert_id"], alert["title"], *(_written(alert, name) for name in ("value", "bound", "usual")),
        dt.date.fromisoformat(alert["as_of"]), state, f"{last['did']} by {last['by']}, {_moment(last['at'])}",
        last["note"] or None, alert["rule"],
    )  # fmt: skip


def _rule_row(kept: Mapping[str, Any]) -> tuple[Any, ...]:
    rule, last = kept["rule"], kept["last"] or {}
    narrowed = [f"{name} {value}" for name, value in rule.get("arguments", {}).items()]
    narrowed += [f"{each['field']} {each.get('op', '=')} {each['value']}".replace("_", " ")
                 for each in (*rule.get("filters", ()), *rule.get("where", ()))]  # fmt: skip
    what = (rule.get("metric") or rule.get("list", "")).replace("_", " ")
    watches = ", ".join([("new " if rule.get("new") else "") + what, *narrowed])
    return (
        kept["name"], watches, _limit(rule, last), _written(last, "value"),
        last.get("why") or last.get("outcome", "not yet"), _moment(last["at"]) if last else None, kept["made_by"],
    )  # fmt: skip


def _limit(rule: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    for name, words in (("rises", "over"), ("falls", "under")):
        if name in rule:
            return f"{Decimal(rule[name]) * 100:.0f}% {words} the mean of {rule.get('months', 6)} months"
    name = "above" if "above" in rule else "below"
    unit, currency = last.get("unit", "number"), last.get("currency", "")
    return f"{name} {said(Decimal(rule[name]), unit, currency=currency)}"


def _written(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return None if value is None else said(Decimal(value), told["unit"], currency=told["currency"])


def _moment(seconds: float) -> str:
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{said(at.date())}, {at:%H:%M} UTC"


def _number(text: str) -> Decimal:
    from decimal import InvalidOperation

    try:
        return Decimal(text.strip().removesuffix("%").replace(",", "").strip())
    except InvalidOperation:
        raise ToolRetry(f"'{text}' is no figure. Write 50, 0.5 or 5%.") from None
