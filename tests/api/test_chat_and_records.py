"""Chat, streamed or at once; conversations, receipts and replays are their caller's own."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest

from api.service import Service
from assistant.answer import Answer
from assistant.munshi import Munshi
from governance.errors import WorkspaceBusy

FLAGSHIP = "Who are my top 5 risky borrowers?"


@pytest.fixture(scope="module")
def answered(ask) -> dict:
    told = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP})
    assert told.status_code == 200
    return told.json()


def test_a_question_gets_its_answer_with_everything_it_rests_on(answered: dict) -> None:
    answer = Answer.model_validate(answered)
    assert (answer.status, answer.grounded, len(answer.table.rows)) == ("answered", True, 5)
    assert set(answered) == set(Answer.model_fields)


def events(text: str) -> list[tuple[str, dict]]:
    parts = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(part["event"], json.loads(part["data"])) for part in parts]


def test_a_stream_shows_each_step_as_it_begins_and_ends_then_the_answer(ask, answered: dict) -> None:
    told = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers={"Accept": "text/event-stream"})
    assert told.headers["content-type"].startswith("text/event-stream")
    found = events(told.text)
    assert [name for name, _ in found] == ["step"] * (len(found) - 1) + ["answer"]
    assert found[0][1]["tool"] == "top_risky_borrowers"
    assert found[-1][1]["table"] == answered["table"]


def test_the_first_event_comes_before_the_answer_is_there(address: str, keys) -> None:
    headers = {"Authorization": f"Bearer {keys['risk_manager']}", "Accept": "text/event-stream"}
    with (
        httpx.Client(base_url=address, timeout=60, headers=headers) as client,
        client.stream("POST", "/api/v1/chat", json={"question": FLAGSHIP}) as told,
    ):
        first = next(told.iter_text())
    assert first.startswith("event: step")
    assert "event: answer" not in first


def test_what_fails_within_a_stream_is_its_last_event(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> object:
        raise WorkspaceBusy("ingest writes the books")
        yield

    monkeypatch.setattr(Munshi, "stream", busy)
    told = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers={"Accept": "text/event-stream"})
    ((name, problem),) = events(told.text)
    assert (name, problem["status"], problem["type"]) == ("problem", 503, "urn:munshi:problem:busy")


def test_a_conversation_goes_on_and_is_the_callers_own(ask, answered: dict) -> None:
    where = {"conversation_id": answered["conversation_id"]}
    second = ask("POST", "/api/v1/chat", json={"question": "Why the first one?", **where}).json()
    assert second["steps"][0]["tool"] == "explain_prediction"
    told = ask("GET", f"/api/v1/conversations/{answered['conversation_id']}").json()
    assert [turn["receipt_id"] for turn in told["turns"]] == [answered["receipt_id"], second["receipt_id"]]
    for role in ("analyst", "compliance"):
        others = ask("GET", f"/api/v1/conversations/{answered['conversation_id']}", role)
        nobodys = ask("GET", "/api/v1/conversations/nothing-here", role)
        assert (others.status_code, nobodys.status_code) == (404, 404)
        known, unknown = (each.json()["detail"] for each in (others, nobodys))
        assert known.replace(answered["conversation_id"], "nothing-here") == unknown


def test_somebody_who_goes_on_with_anothers_conversation_learns_nothing_of_it(ask, answered: dict) -> None:
    asked = {"question": "Why the first one?", "conversation_id": answered["conversation_id"]}
    told = ask("POST", "/api/v1/chat", "analyst", json=asked).json()
    assert told["steps"] == []
    assert answered["table"]["rows"][0][1] not in json.dumps(told)


def test_a_receipt_tells_how_the_answer_came_about_and_replays(ask, answered: dict) -> None:
    kept = ask("GET", f"/api/v1/receipts/{answered['receipt_id']}").json()
    assert kept["sql"] == answered["sql"]
    assert kept["plan"][0]["tool"] == "top_risky_borrowers"
    again = ask("POST", f"/api/v1/receipts/{answered['receipt_id']}/replay", json={}).json()
    assert (again["same"], again["today"]) == (True, False)


@pytest.mark.parametrize("role", ["viewer", "analyst", "data_steward"])
def test_anothers_receipt_is_refused_and_that_is_audited(ask, service: Service, answered: dict, role: str) -> None:
    for method, path in (("GET", ""), ("POST", "/replay")):
        sent = {"json": {}} if method == "POST" else {}
        told = ask(method, f"/api/v1/receipts/{answered['receipt_id']}{path}", role, **sent)
        assert told.status_code == 403
        last = service.workspace.control.audit_entries()[-1]
        assert (last["action"], last["outcome"]) == ("replay" if path else "receipt", "refused")


def test_compliance_reads_and_replays_anybodys(ask, answered: dict) -> None:
    assert ask("GET", f"/api/v1/receipts/{answered['receipt_id']}", "compliance").status_code == 200
    told = ask("POST", f"/api/v1/receipts/{answered['receipt_id']}/replay", "compliance", json={})
    assert told.json()["same"] is True


def test_one_idempotency_key_is_one_answer(ask) -> None:
    once = {"Idempotency-Key": str(uuid.uuid4())}
    first = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers=once)
    again = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers=once)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = ask("POST", "/api/v1/chat", json={"question": "Outstanding by city"}, headers=once)
    assert (other.status_code, other.json()["type"]) == (409, "urn:munshi:problem:conflict")
    somebody_else = ask("POST", "/api/v1/chat", "analyst", json={"question": FLAGSHIP}, headers=once)
    assert somebody_else.json()["receipt_id"] != first.json()["receipt_id"]
    assert ask("POST", "/api/v1/chat", json={"question": "x"}, headers={"Idempotency-Key": "short"}).status_code == 422


def test_a_request_that_failed_may_be_tried_again_under_its_key(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    once = {"Idempotency-Key": str(uuid.uuid4())}

    def busy(*_: object) -> object:
        raise WorkspaceBusy("ingest writes the books")

    with monkeypatch.context() as patched:
        patched.setattr(Munshi, "ask", busy)
        told = ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers=once)
        assert (told.status_code, told.headers["retry-after"]) == (503, "5")
    assert ask("POST", "/api/v1/chat", json={"question": FLAGSHIP}, headers=once).status_code == 200


def test_the_models_that_serve_are_listed(ask, service: Service) -> None:
    told = ask("GET", "/api/v1/models")
    (model,) = [each for each in told.json()["models"] if each["model"] == "credit"]
    card = ask("POST", "/api/v1/tools/model_card", json={}).json()
    assert card["model_versions"]["credit"] == model["version"]
    assert ask("GET", "/api/v1/models", headers={"If-None-Match": told.headers["etag"]}).status_code == 304


def test_the_audit_log_is_verified(ask, service: Service) -> None:
    told = ask("GET", "/api/v1/audit/verify", "compliance").json()
    assert told["intact"] is True
    assert told["entries"] <= len(service.workspace.control.audit_entries())


def test_the_score_of_a_borrower_is_the_books_own(ask, service: Service, borrower: str) -> None:
    told = ask("POST", "/api/v1/inference/credit-score", "service", json={"customer_id": borrower}).json()
    sql = f"SELECT score, probability, band, rank FROM books.scores.latest WHERE customer_id = '{borrower}'"
    kept = service.workspace.query(service.local, sql).rows[0]
    assert (told["score"], told["probability_of_default"], told["band"], told["rank"]) == kept
    assert all(set(each) == {"concept", "text", "points"} for each in told["reasons"])
    last = service.workspace.control.audit_entries()[-1]
    assert (last["action"], last["outcome"]) == ("inference:credit-score", "done")
    assert borrower not in last["details"]
    explained = ask("POST", "/api/v1/inference/explain", "service", json={"customer_id": borrower}).json()
    assert explained["facts"]["score"]["value"] == told["score"]


def test_who_has_no_score_is_told_from_who_is_not_there(ask, service: Service) -> None:
    sql = "SELECT customer_id FROM semantic.customers WHERE customer_id NOT IN (SELECT customer_id FROM semantic.loans)"
    without = service.workspace.query(service.local, f"{sql} LIMIT 1").rows[0][0]
    for customer, status in ((without, 422), ("C_nobody", 404)):
        told = ask("POST", "/api/v1/inference/credit-score", json={"customer_id": customer})
        assert told.status_code == status
        assert customer in told.json()["detail"]


def test_feedback_is_kept_and_what_found_no_answer_is_shown_to_an_admin(ask) -> None:
    answer = ask("POST", "/api/v1/chat", "analyst", json={"question": "the altitude of our branches"}).json()
    at = f"/api/v1/receipts/{answer['receipt_id']}/feedback"
    told = ask("POST", at, "analyst", json={"up": False, "correction": "customers by city"})
    assert (told.status_code, told.json()["state"], told.json()["up"]) == (200, "open", False)
    assert ask("POST", at, "viewer", json={"up": True}).status_code == 403
    assert ask("POST", "/api/v1/receipts/nothing/feedback", "analyst", json={"up": True}).status_code == 404
    found = ask("GET", "/api/v1/unanswered?limit=500", "admin").json()
    assert any("altitude" in group["words"] for group in found["groups"])
    assert found["total"] == len(found["groups"])
    assert ask("GET", "/api/v1/unanswered", "analyst").status_code == 403
