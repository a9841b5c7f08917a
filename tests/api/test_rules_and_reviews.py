"""Rules and reviews over HTTP: who may, what is answered, what a caller of some rows sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.rules import EXAMPLE
from api.service import Service
from governance import suspension
from governance.identity.rights import Rights

RULES = """
rules:
  - {id: H1, model: credit, when: "band = 'high'", then: {decision: decline}, text: No high risk is lent to.}
"""
BECAUSE = {"reason": "committee of June"}
DOORS = (("GET", "/tools"), ("POST", "/tools/workspace_status"), ("GET", "/me"), ("POST", "/chat"), ("GET", "/jobs"),
         ("POST", "/token"))  # fmt: skip


@pytest.fixture(scope="module")
def acting(ask) -> Iterator[int]:
    """A version that declines all of high risk, drafted by one and approved by another; retired in the end."""
    made = ask("POST", "/api/v1/rules", "analyst", json={"content": RULES, **BECAUSE})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert made.headers["location"] == f"/api/v1/rules/{made.json()['version']}"
    version = made.json()["version"]
    tried = ask("POST", f"/api/v1/rules/{version}/simulate", "analyst").json()
    assert tried["simulation"]["models"]["credit"]["as_ofs"][-1]["decisions"]["decline"] > 0
    assert ask("POST", f"/api/v1/rules/{version}/approve", "analyst", json=BECAUSE).status_code == 403
    for deed in ("approve", "activate"):
        done = ask("POST", f"/api/v1/rules/{version}/{deed}", "risk_manager", json=BECAUSE)
        assert done.status_code == 200, done.text
    yield version
    assert ask("POST", f"/api/v1/rules/{version}/retire", "risk_manager", json=BECAUSE).json()["state"] == "retired"


def test_a_file_that_is_wrong_is_told_every_fault(ask) -> None:
    content = RULES.replace("band = 'high'", "gender = 'F'").replace("decline", "declined")
    told = ask("POST", "/api/v1/rules/check", json={"content": content})
    assert told.status_code == 422
    assert "H1.then.decision: cannot be 'declined'. Did you mean 'decline'?" in told.json()["detail"]
    assert ask("POST", "/api/v1/rules/check", json={"content": EXAMPLE}).json()["ids"] == ["R12"]


def test_who_drafted_does_not_approve_his_own(ask) -> None:
    made = ask("POST", "/api/v1/rules", json={"content": EXAMPLE, **BECAUSE}).json()["version"]
    ask("POST", f"/api/v1/rules/{made}/simulate")
    refused = ask("POST", f"/api/v1/rules/{made}/approve", json=BECAUSE)
    assert refused.status_code == 403
    assert "another person approves it" in refused.json()["detail"]
    done = ask("POST", f"/api/v1/rules/{made}/approve", "compliance", json=BECAUSE).json()
    assert done["state"] == "approved"
    assert done["steps"][-1]["by"] != done["drafted_by"]
    assert ask("POST", f"/api/v1/rules/{made}/retire", json=BECAUSE).json()["state"] == "retired"


def test_versions_are_listed_and_shown_with_their_file(ask, acting: int) -> None:
    listed = ask("GET", "/api/v1/rules", "service").json()["versions"]
    assert [each["state"] for each in listed if each["version"] == acting] == ["active"]
    shown = ask("GET", f"/api/v1/rules/{acting}", "analyst").json()
    assert (shown["content"], shown["simulation"]["version"]) == (RULES, acting)
    assert ask("GET", "/api/v1/rules/999", "analyst").status_code == 404


def cases(ask, **given: Any) -> list[dict[str, Any]]:
    return ask("GET", "/api/v1/reviews", params={"limit": 10_000}, **given).json()["cases"]


def test_what_a_rule_declines_waits_for_a_person_and_is_told_in_scores(ask, service: Service, acting: int) -> None:
    sql = "SELECT band, count(*) FROM semantic.borrowers WHERE band IN ('high', 'very high') GROUP BY band"
    there = dict(service.workspace.query(service.local, sql).rows)
    waiting = cases(ask)
    causes = [case["cause"] for case in waiting]
    assert (causes.count("decline"), causes.count("band")) == (there["high"], there["very high"])
    declined = next(case for case in waiting if case["cause"] == "decline")
    asked = {"customer_id": declined["customer_id"]}
    scored = ask("POST", "/api/v1/inference/credit-score", "service", json=asked).json()
    assert scored["ruled"]["decision"] == "decline"
    assert scored["ruled"]["said"] == declined["said"]
    assert f"version {acting}" in declined["said"]


def test_a_case_is_decided_once_with_a_reason_and_then_waits_no_more(ask, acting: int) -> None:
    del acting
    case = cases(ask)[-1]
    decided = {"outcome": "approve", "reason": "collateral was added"}
    assert (
        ask("POST", f"/api/v1/reviews/{case['case_id']}", json={"outcome": "approve", "reason": ""}).status_code == 422
    )
    done = ask("POST", f"/api/v1/reviews/{case['case_id']}", "compliance", json=decided).json()
    assert (done["outcome"], done["case"]["customer_id"]) == ("approve", case["customer_id"])
    again = ask("POST", f"/api/v1/reviews/{case['case_id']}", json=decided)
    assert again.status_code == 422
    assert "decided already" in again.json()["detail"]
    assert case["case_id"] not in [each["case_id"] for each in cases(ask)]
    kept = ask("GET", "/api/v1/reviews/decided").json()["decisions"]
    assert [each["reason"] for each in kept if each["case_id"] == case["case_id"]] == ["collateral was added"]
    letter = ask("POST", f"/api/v1/letters/{case['customer_id']}")
    assert letter.status_code == 422
    assert "approved against it" in letter.json()["detail"]


def test_a_letter_tells_principal_reasons_alone_and_that_it_was_not_sent(ask, service: Service, acting: int) -> None:
    del acting
    case = next(case for case in cases(ask) if case["cause"] == "decline" and len(case["reasons"]) > 1)
    letter = ask("POST", f"/api/v1/letters/{case['customer_id']}").json()
    assert letter["reasons"][0] == "No high risk is lent to"
    assert letter["reasons"][1:] == [each["text"] for each in case["reasons"]][:3]
    assert "was not sent" in letter["text"]
    assert "no person has reviewed" in letter["text"]
    assert not letter["reviewed"]
    name = f"SELECT full_name FROM books.core.customers WHERE customer_id = '{case['customer_id']}'"
    full = service.workspace.query(service.local, name).rows[0][0]
    assert full not in letter["text"]
    assert full in ask("POST", f"/api/v1/letters/{case['customer_id']}", "compliance").json()["text"]


def test_there_is_no_letter_where_nothing_adverse_was_decided(ask, service: Service, acting: int) -> None:
    del acting
    sql = "SELECT customer_id FROM semantic.borrowers WHERE band = 'low' LIMIT 1"
    safe = service.workspace.query(service.local, sql).rows[0][0]
    assert ask("POST", f"/api/v1/letters/{safe}").status_code == 422
    assert ask("POST", "/api/v1/letters/C_NONE").status_code == 404


def test_who_sees_some_rows_decides_their_cases_alone_and_makes_no_rules(ask, service: Service, acting: int) -> None:
    rows = {"city": ("Pune",)}
    key = service.identity.api_keys.create("pune", Rights("risk_manager", None, rows))[1]
    bearer = {"headers": {"Authorization": f"Bearer {key}"}, "role": None}
    mine = cases(ask, **bearer)
    sql = "SELECT customer_id FROM semantic.borrowers WHERE city = 'Pune' AND band IN ('high', 'very high')"
    inside = {row[0] for row in service.workspace.query(service.local, sql).rows}
    assert {case["customer_id"] for case in mine} <= inside
    other = next(case for case in cases(ask) if case["customer_id"] not in inside)
    asked = {"outcome": "uphold", "reason": "seen"}
    assert ask("POST", f"/api/v1/reviews/{other['case_id']}", json=asked, **bearer).status_code == 404
    assert ask("POST", f"/api/v1/letters/{other['customer_id']}", **bearer).status_code == 404
    refused = ask("POST", f"/api/v1/rules/{acting}/retire", json=BECAUSE, **bearer)
    assert refused.status_code == 403
    assert "some rows only" in refused.json()["detail"]


def test_a_suspended_workspace_answers_403_at_every_door_but_health(ask, service: Service) -> None:
    suspension.suspend(service.workspace.folder, by="x", reason="unpaid: a secret of the operator")
    try:
        for method, path in DOORS:
            told = ask(method, f"/api/v1{path}", json={} if method == "POST" else None)
            assert told.status_code == 403, (path, told.text)
            assert "is suspended since" in told.json()["detail"]
            assert "unpaid" not in told.text
        assert ask("GET", "/healthz", None).status_code == 200
    finally:
        suspension.resume(service.workspace.folder)
    assert ask("GET", "/api/v1/me").status_code == 200
