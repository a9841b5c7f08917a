"""Where a webhook may go and where not; how an attempt is signed, bounded, tried again and given up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from webhook_receiver import Receiver, receiving

from governance.control import ControlStore
from governance.errors import NotThere, ToolRetry
from governance.keys import WorkspaceKeys
from governance.webhooks import CLAIM, KEPT, MOST, Webhook, Webhooks
from tools.webhooks import courier as couriers
from tools.webhooks.courier import GIVEN_UP, WAITS, Courier, again_at
from tools.webhooks.events import EVENTS, SOURCES, event_of, told
from tools.webhooks.outside import NotOutside, checked_url, judged
from tools.webhooks.sending import MOST_ANSWERED, post

SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"


def hook(url: str) -> Webhook:
    return Webhook("wh_000000000000", url, ("rules.changed",), "local", 0.0, SECRET)


def attempt(url: str, **more: object):
    return post(hook(url), "evt_1", "{}", timestamp=1_790_000_000, loopback=True, **more)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com/x?y=1", "https://8.8.8.8/", "https://[2606:4700::1]:8443/a"]
)
def test_an_address_of_the_public_internet_is_taken(url: str) -> None:
    assert checked_url(url, loopback=False).scheme == "https"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "https://", "hooks.example.com",
        "https://a b.example/",
        "https://hooks.example.com/#x", "https://hooks.example.com:99999/",
        "https://user:secret@hooks.example.com/",  # not a secret: an address that is refused
        "https://localhost/", "https://x.localhost/", "https://127.0.0.1/", "https://127.1/", "https://0x7f000001/",
        "https://2130706433/", "https://0.0.0.0/", "https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[::1]/",
        "https://[::]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[ff02::1]/", "https://[fec0::1]/",
        f"https://hooks.example.com/{'x' * 2_050}",
    ],
)  # fmt: skip
def test_every_other_is_refused_also_where_this_machine_is_allowed(url: str) -> None:
    for loopback in (False, True):
        with pytest.raises(ToolRetry, match="url: "):
            checked_url(url, loopback=loopback)


def test_this_machine_is_reached_over_http_by_the_setting_alone() -> None:
    for url in ("http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/"):
        assert checked_url(url, loopback=True).scheme == "http"
        with pytest.raises(ToolRetry, match="https only"):
            checked_url(url, loopback=False)


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:10.0.0.1"], ["169.254.169.254"], []]
)
def test_a_name_with_any_address_that_is_not_public_is_not_gone_to(found: list[str]) -> None:
    with pytest.raises(NotOutside):
        judged(found, loopback=False)


def test_a_name_that_means_this_machine_gets_nothing(receiver: Receiver) -> None:
    said = attempt(f"https://hooks.example.com:{receiver.port}/", resolve=lambda *_: ["127.0.0.1"])
    assert (said.status, "not of the public internet" in said.fault) == (None, True)
    assert receiver.got == []


def test_a_name_that_means_something_else_a_moment_later_changes_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, gone_to = [], []
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    def connect(_self: object, host: str, *_: object) -> object:
        import httpcore

        gone_to.append(host)
        raise httpcore.ConnectError

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", connect)
    said = attempt(f"https://rebinding.example:{receiver.port}/", resolve=rebinding)
    assert (asked, gone_to) == (["rebinding.example"], ["93.184.215.14"]), "resolved once, gone to what was judged"
    assert said.fault == "No answer: ConnectError."


def test_an_event_is_signed_over_its_id_its_moment_and_its_body(receiver: Receiver) -> None:
    assert attempt(f"{receiver.address}/in").fault == ""
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    mac = base64.b64encode(hmac.new(bytes(32), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_1", "1790000000")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as inside:
        receiver.status, receiver.headers = 307, {"Location": f"{inside.address}/metadata"}
        said = attempt(f"{receiver.address}/in")
        assert (said.status, "redirects are not followed" in said.fault) == (307, True)
        assert inside.got == []


def test_an_answer_may_be_only_so_large_and_take_only_so_long(receiver: Receiver) -> None:
    receiver.body = b"x" * (MOST_ANSWERED * 4)
    assert "larger than" in attempt(receiver.address).fault
    receiver.body, receiver.drip = b"x" * 1_000, 0.05
    began = time.monotonic()
    assert attempt(receiver.address, seconds=0.4).fault == "No answer: ReadTimeout."
    assert time.monotonic() - began < 3


def test_what_refuses_or_fails_is_said(receiver: Receiver) -> None:
    receiver.status = 500
    assert attempt(receiver.address).fault == "Answered 500."
    assert attempt("http://127.0.0.1:9/").fault == "No answer: ConnectError."


@pytest.mark.parametrize(
    ("action", "outcome", "details", "event"),
    [
        ("batch:credit", "done", {"job": "b_1", "rows": 3, "rows_wrong": 1, "secret": "x"}, "job.finished"),
        ("batch:credit", "queued", {"job": "b_1"}, None),
        ("rules:activate", "ok", {"version": 2}, "rules.changed"),
        ("rules:activate", "refused", {"version": 2}, None),
        ("models:approve", "ok", {"model": "credit", "version": "v2"}, "model.changed"),
        ("models:export", "ok", {"model": "credit", "version": "v2"}, None),
        ("monitor:psi", "alarm", {"model": "credit", "check": "psi"}, "alert.raised"),
        ("chat", "answered", {}, None),
    ],
)
def test_what_the_audit_log_holds_becomes_these_events(action, outcome, details, event) -> None:
    entry = {"sequence": 7, "action": action, "outcome": outcome, "details": json.dumps(details), "workspace": "w",
             "at": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    made = event_of(entry)
    assert (made and made.name) == event
    if made:
        body = json.loads(made.body)
        assert (body["id"], body["type"], "secret" in body["data"]) == ("evt_7", event, False)
        assert set(body["data"]) <= {"action", "outcome", *details}


def test_every_source_tells_an_event_there_is() -> None:
    assert {each.event for each in SOURCES} <= set(EVENTS)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[ControlStore]:
    made = ControlStore.in_folder(tmp_path, WorkspaceKeys(bytes(range(32))))
    yield made
    made.close()


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    time = __call__


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(couriers.time, "time", made)
    return made


@pytest.fixture
def courier(control: ControlStore, clock: Clock, tmp_path: Path) -> Courier:
    served = SimpleNamespace(name=control.workspace, folder=tmp_path, settings=SimpleNamespace(webhook_loopback=True))
    return Courier(served, Webhooks(control, clock))


def test_a_webhook_is_told_once_of_what_happened_after_it_was_registered(control, courier, receiver, clock) -> None:
    hooks = Webhooks(control, clock)
    control.audit("a", "rules:draft", "ok", {"version": 1})
    hooks.add(receiver.address, ["rules.changed"], by="a")
    control.audit("a", "rules:activate", "ok", {"version": 1})
    control.audit("a", "models:approve", "ok", {"model": "credit"})
    for _ in range(3):
        courier.tell()
        courier.deliver_due()
    assert [json.loads(body)["data"] for _, body in receiver.got] == [
        {"action": "activate", "outcome": "ok", "version": 1}
    ]


def test_what_fails_is_tried_again_later_and_later_and_given_up_after_a_day(control, courier, receiver, clock) -> None:
    hooks = Webhooks(control, clock)
    made = hooks.add(receiver.address, ["alert.raised"], by="a")
    receiver.status = 503
    courier.raised("alert.raised", {"score": 99.0})
    began, waits = clock.now, []
    while (kept := hooks.deliveries(made.webhook_id, last=1)[0]).state == "waiting":
        clock.now = max(clock.now, kept.next_at)
        assert courier.deliver_due() == 1
        assert courier.deliver_due() == 0, "not before its time"
        waits.append(clock.now - began)
    assert tuple(b - a for a, b in itertools.pairwise(waits))[: len(WAITS)] == WAITS
    assert GIVEN_UP - WAITS[-1] <= waits[-1] < GIVEN_UP
    assert (kept.state, kept.status, kept.fault, kept.attempts) == ("failed", 503, "Answered 503.", len(waits))
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1, "the same event each time"
    assert hooks.delivery(kept.delivery_id).body == ""


def test_a_delivery_that_was_claimed_by_a_process_that_died_is_taken_up(control, courier, receiver, clock) -> None:
    hooks = Webhooks(control, clock)
    hooks.add(receiver.address, ["alert.raised"], by="a")
    courier.raised("alert.raised", {})
    assert hooks.claim() is not None
    assert courier.deliver_due() == 0
    clock.now += CLAIM + 1
    assert courier.deliver_due() == 1
    assert len(receiver.got) == 1


def test_nothing_of_a_webhook_lies_readable_and_a_delivered_body_is_gone(
    control, courier, receiver, clock, tmp_path
) -> None:
    hooks = Webhooks(control, clock)
    made = hooks.add(f"{receiver.address}/quiet-address", ["alert.raised"], by="a")
    courier.raised("alert.raised", {"transaction_id": "T-QUIET-1"})
    written = b"".join(path.read_bytes() for path in tmp_path.glob("control.sqlite*"))
    for text in ("quiet-address", made.secret, made.secret.removeprefix("whsec_"), "T-QUIET-1"):
        assert text.encode() not in written
    assert made.secret not in repr(made)
    courier.deliver_due()
    (kept,) = hooks.deliveries(made.webhook_id, last=5)
    assert (kept.state, hooks.delivery(kept.delivery_id).body) == ("delivered", "")
    clock.now += KEPT + 1
    hooks.tidy()
    assert hooks.deliveries(made.webhook_id, last=5) == []


def test_two_processes_tell_an_event_once(control, clock) -> None:
    one, other = Webhooks(control, clock), Webhooks(control, clock)
    made = one.add("https://hooks.example.com/", ["rules.changed"], by="a")
    event = told("rules.changed", {}, workspace="w", at="", event_id="evt_9")
    for each in (one, other):
        each.tell(made.webhook_id, [event], 9)
    assert len(one.deliveries(made.webhook_id, last=9)) == 1


def test_a_delivery_is_given_up_after_a_day_whatever_the_attempts() -> None:
    late = SimpleNamespace(attempts=1, created_at=0.0)
    assert again_at(late, GIVEN_UP - 1) is None
    assert again_at(late, 0.0) == WAITS[1]


def test_there_may_be_only_so_many_and_what_is_removed_is_gone(control, clock) -> None:
    hooks = Webhooks(control, clock)
    made = [hooks.add("https://hooks.example.com/", ["alert.raised"], by="a") for _ in range(MOST)]
    with pytest.raises(ToolRetry, match="at the most"):
        hooks.add("https://hooks.example.com/", ["alert.raised"], by="a")
    hooks.remove(made[0].webhook_id)
    with pytest.raises(NotThere):
        hooks.of(made[0].webhook_id)
