"""Webhooks over HTTP: registered, told what happened in the running server, tried, looked at, removed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest
from webhook_receiver import Receiver, receiving

from api.service import Service
from governance.identity.rights import Rights
from tools.batch.worker import service_model
from tools.webhooks.events import EVENTS

HOOKS = "/api/v1/webhooks"
RULES = """rules:
  - id: W1
    model: credit
    when: probability >= 0.9
    then: {decision: refer}
    text: Looked at by a person.
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def hook(ask, receiver: Receiver) -> Iterator[dict]:
    """A webhook for everything, gone after the test."""
    made = ask("POST", HOOKS, json={"url": f"{receiver.address}/in", "events": sorted(EVENTS)})
    assert made.status_code == 201, made.text
    yield made.json()
    assert ask("DELETE", f"{HOOKS}/{made.json()['webhook_id']}").status_code == 204


def sheet(service: Service) -> bytes:
    version = service_model(service.workspace, service.local, "credit")[0]
    features = service.workspace.stored_model(service.local, "credit", version).features
    return f"customer_id,{','.join(features)}\nX1{',1' * len(features)}\nX2{',2' * len(features)}\n".encode()


def test_what_happens_in_the_server_is_told_signed_and_logged_without_bodies(ask, service, receiver, hook) -> None:
    drafted = ask("POST", "/api/v1/rules", json={"content": RULES, "reason": "to be told of"}).json()
    job = ask("POST", "/api/v1/batch/credit", content=sheet(service), headers={"Content-Type": "text/csv"}).json()
    found = {json.loads(body)["type"]: (headers, body) for headers, body in receiver.wait(2)}
    told = {name: json.loads(body)["data"] for name, (_, body) in found.items()}
    assert told["rules.changed"] == {"action": "draft", "outcome": "ok", "version": drafted["version"]}
    assert told["job.finished"] == {"action": "credit", "outcome": "done", "job": job["job_id"],
                                    "version": job["version"], "rows": 2, "rows_wrong": 0}  # fmt: skip
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    for headers, body in found.values():
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{mac}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    listed = delivered(ask, hook, 2)
    assert {(each["event"], each["status"], each["fault"]) for each in listed} == {
        ("rules.changed", 200, ""), ("job.finished", 200, "")}  # fmt: skip
    assert all("body" not in each and "data" not in each for each in listed)


def delivered(ask, hook: dict, count: int) -> list[dict]:
    """The deliveries once so many are delivered: the receiver has them a moment before the log."""
    until = time.monotonic() + 10
    while True:
        listed = ask("GET", f"{HOOKS}/{hook['webhook_id']}/deliveries").json()["deliveries"]
        done = [each for each in listed if each["state"] == "delivered"]
        if len(done) >= count or time.monotonic() > until:
            return done
        time.sleep(0.05)


def test_the_secret_is_told_once(ask, service, hook) -> None:
    listed = ask("GET", HOOKS)
    assert hook["webhook_id"] in {each["webhook_id"] for each in listed.json()["webhooks"]}
    assert "whsec_" not in listed.text
    kept = json.dumps(service.workspace.control.audit_entries()[-20:])
    assert hook["webhook_id"] in kept
    assert hook["url"] not in kept
    assert hook["secret"] not in kept


def test_a_test_event_is_sent_at_once_and_once(ask, receiver, hook) -> None:
    address = f"{HOOKS}/{hook['webhook_id']}/test"
    assert (ask("POST", address).json()["state"], len(receiver.got)) == ("delivered", 1)
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/"}
    told = ask("POST", address).json()
    assert (told["state"], told["status"], told["attempts"]) == ("failed", 302, 1)
    assert json.loads(receiver.got[0][1])["type"] == "webhook.test"


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://169.254.169.254/", "https://localhost/", "x"])
def test_an_address_that_is_not_outside_is_refused(ask, url: str) -> None:
    told = ask("POST", HOOKS, json={"url": url, "events": ["job.finished"]})
    assert (told.status_code, told.json()["detail"].startswith("url: ")) == (422, True)


@pytest.mark.parametrize("role", ["viewer", "analyst", "compliance", "data_steward", "service", "customer"])
def test_who_may_not_manage_webhooks_is_refused(ask, role: str) -> None:
    assert ask("GET", HOOKS, role).status_code == 403


def test_who_sees_some_rows_only_manages_none(ask, service: Service) -> None:
    _, bound = service.identity.api_keys.create("pune", Rights("risk_manager", None, {"city": ("Pune",)}))
    for method, path in (("GET", HOOKS), ("DELETE", f"{HOOKS}/wh_000000000000")):
        assert ask(method, path, None, headers={"Authorization": f"Bearer {bound}"}).status_code == 403


def test_a_webhook_that_is_not_there_is_said_to_be_none(ask) -> None:
    for method, more in (("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")):
        assert ask(method, f"{HOOKS}/wh_000000000000{more}").status_code == 404
