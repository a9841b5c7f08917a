"""The worklist over HTTP: filled, assigned, noted, resolved, undone, measured; who may not is refused."""

from __future__ import annotations


def test_from_a_list_to_an_outcome_and_back(ask) -> None:
    there = _on_the_list(ask)  # what other tests of this server put on it
    made = ask("POST", "/api/v1/worklist/fill", json={"kind": "risky_borrowers", "limit": 20, "hold_out": 0.2}).json()
    assert there + made["listed"] + made["held_out"] == _on_the_list(ask) >= 20
    assert ask("POST", "/api/v1/worklist/fill", "analyst", json={"kind": "risky_borrowers"}).status_code == 403
    assert ask("POST", "/api/v1/worklist/fill", json={"kind": "everybody"}).status_code == 422
    told = ask("GET", "/api/v1/worklist", "analyst", params={"kind": "risky_borrowers"}).json()
    place = f"/api/v1/worklist/{told['items'][0]['item_id']}"
    assert ask("POST", f"{place}/assign", "analyst", json={}).json()["assignee"]
    assert ask("POST", f"{place}/note", "analyst", json={"text": "rang"}).json()["history"][-1]["note"] == "rang"
    assert ask("POST", f"{place}/resolve", "viewer", json={"outcome": "paid"}).status_code == 403
    assert ask("POST", f"{place}/resolve", "analyst", json={"outcome": "paid"}).json()["state"] == "done"
    assert ask("POST", f"{place}/undo", "analyst").json()["state"] == "open"
    lists = {each["kind"]: each for each in ask("GET", "/api/v1/worklist/worth").json()["lists"]}
    assert lists["risky_borrowers"]["worth"]["difference"] is None
    assert lists["alerts"]["worth"] is None
    assert ask("POST", "/api/v1/worklist/wk_0123456789/undo").status_code == 404


def _on_the_list(ask) -> int:
    told = ask("GET", "/api/v1/worklist", "analyst", params={"kind": "risky_borrowers"}).json()
    return int(told["count"]) + int(told["held_out"])
