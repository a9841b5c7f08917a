"""Alerts over HTTP: declared, checked, worked and taken out; who may not is refused."""

from __future__ import annotations

import datetime as dt


def test_from_a_rule_to_a_resolved_alert(ask) -> None:
    made = ask("POST", "/api/v1/alert-rules", json={"name": "http", "metric": "customers", "above": "1"})
    assert made.status_code == 201
    assert made.json()["now"]["holds"] is True
    checked = ask("POST", "/api/v1/alerts/check").json()["checked"]
    assert [each["outcome"] for each in checked if each["rule"] == "http"] == ["raised"]
    (alert,) = [each for each in ask("GET", "/api/v1/alerts", "analyst").json()["alerts"] if each["rule"] == "http"]
    place = f"/api/v1/alerts/{alert['alert_id']}"
    assert ask("POST", f"{place}/acknowledge", "analyst", json={}).status_code == 403
    assert ask("POST", f"{place}/acknowledge", "compliance", json={"note": "mine"}).json()["state"] == "acknowledged"
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=7)).isoformat()
    assert ask("POST", f"{place}/snooze", json={"until": until}).json()["state"] == "snoozed"
    assert ask("POST", f"{place}/snooze", json={"until": "2020-01-01"}).status_code == 422
    assert ask("POST", f"{place}/resolve", json={}).json()["state"] == "resolved"
    assert ask("POST", f"{place}/reopen", json={}).json()["history"][-1]["did"] == "reopened"
    assert ask("POST", f"{place}/resolve", json={}).status_code == 200
    assert ask("DELETE", "/api/v1/alert-rules/http").status_code == 204
    assert ask("DELETE", "/api/v1/alert-rules/http").status_code == 404
    assert ask("POST", "/api/v1/alerts/al_0123456789/resolve", json={}).status_code == 404


def test_a_wrong_rule_is_told_what_is_right(ask) -> None:
    told = ask("POST", "/api/v1/alert-rules", json={"name": "wrong", "metric": "custmers", "above": "1"})
    assert told.status_code == 422
    assert "customers" in told.json()["detail"]
