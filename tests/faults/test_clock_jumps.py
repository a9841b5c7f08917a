"""The clock jumps ahead, and is set back: nobody gets in longer, nobody stays out, and no work stands still."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres_server import PostgresServer
from pydantic import SecretStr

from api import idempotency
from api.idempotency import Replies
from api.rate_limits import BUCKETS, RateLimits, SharedRateLimits
from governance.control import ControlStore
from governance.errors import NotSignedIn
from governance.identity.rights import Rights
from governance.identity.sessions import SET_BACK
from governance.identity.store import TOKEN_SECONDS, Identity
from governance.identity.users import FREE_TRIES
from governance.keys import WorkspaceKeys
from governance.principal import local_principal
from governance.settings import Settings, control_url
from governance.webhooks import Webhooks
from tools.batch import jobs as states
from tools.batch.jobs import Jobs
from tools.webhooks.events import told

PASSWORD, DAY = "nine blue tractors sing", 86_400.0
KEYS = WorkspaceKeys(bytes(range(32)))


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now

    def moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now, dt.UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (states, idempotency):
        monkeypatch.setattr(module.time, "time", made)
    return made


@pytest.fixture
def control(tmp_path: Path, clock: Clock) -> Iterator[ControlStore]:
    made = ControlStore(f"sqlite:///{tmp_path / 'control.sqlite'}", "bank", KEYS, clock.moment)
    yield made
    made.close()


@pytest.fixture
def identity(control: ControlStore, clock: Clock) -> Identity:
    made = Identity(control, clock)
    made.users.add("asha", PASSWORD, Rights("viewer"))
    return made


def test_a_token_ends_when_the_clock_jumps_ahead_and_one_of_the_future_is_not_believed(
    identity: Identity, clock: Clock
) -> None:  # fmt: skip
    _, key = identity.api_keys.create("x", Rights("service"))
    token = identity.token_for(identity.bearer(key)[0]).text
    clock.now += TOKEN_SECONDS + 1
    with pytest.raises(NotSignedIn):
        identity.bearer(token)
    clock.now += 400 * DAY
    fresh_key = identity.api_keys.create("y", Rights("service"))[1]
    of_the_future = identity.token_for(identity.bearer(fresh_key)[0]).text
    clock.now -= 400 * DAY + TOKEN_SECONDS + 1
    with pytest.raises(NotSignedIn):
        identity.bearer(of_the_future)
    assert identity.bearer(identity.token_for(identity.bearer(key)[0]).text)[0].role == "service"


def test_a_session_is_neither_ended_by_a_small_step_nor_prolonged_by_a_great_one(
    identity: Identity, clock: Clock
) -> None:  # fmt: skip
    session, _ = identity.sign_in("asha", PASSWORD)
    clock.now -= SET_BACK - 1
    assert identity.session(session).role == "viewer"
    clock.now += 3_650 * DAY
    of_the_future, _ = identity.sign_in("asha", PASSWORD)
    clock.now -= 3_650 * DAY
    with pytest.raises(NotSignedIn):
        identity.session(of_the_future)
    assert identity.sign_in("asha", PASSWORD)[1].role == "viewer"


def test_a_pause_of_the_future_keeps_nobody_out(identity: Identity, clock: Clock) -> None:
    clock.now += 365 * DAY
    for _ in range(FREE_TRIES):
        with pytest.raises(NotSignedIn):
            identity.sign_in("asha", "something else again")
    with pytest.raises(NotSignedIn):
        identity.sign_in("asha", PASSWORD)
    clock.now -= 365 * DAY
    assert identity.sign_in("asha", PASSWORD)[1].role == "viewer"


def test_the_chain_holds_and_keeps_its_order_whatever_the_clock_said(control: ControlStore, clock: Clock) -> None:
    for number, step in enumerate((0, DAY, -2 * DAY, 3_650 * DAY, -3_650 * DAY)):
        clock.now += step
        control.audit("local", f"act {number}", "ok", {})
    assert control.verify_audit() == 5
    entries = control.audit_entries()
    assert [entry["action"] for entry in entries] == [f"act {number}" for number in range(5)]
    written = [entry["at"] for entry in entries]
    assert written != sorted(written)  # what the clock said is told as it was, and orders nothing


def test_a_conversation_keeps_its_order(control: ControlStore, clock: Clock) -> None:
    for number, step in enumerate((0, -DAY, 2 * DAY)):
        clock.now += step
        control.keep_receipt(f"R{number}", "K", "local", "answered", {})
    assert [each.receipt_id for each in control.conversation("K")] == ["R0", "R1", "R2"]


def test_a_job_whose_process_died_before_the_clock_was_set_back_is_taken_over(
    control: ControlStore, clock: Clock
) -> None:  # fmt: skip
    jobs = Jobs(control)
    jobs.add(Jobs.new_id(), "a", model="m", version="v", form="csv", size=0, pieces=0)
    first = jobs.claim("one")
    assert first is not None
    assert jobs.claim("two") is None
    clock.now -= DAY
    second = jobs.claim("two")
    assert second is not None
    assert not jobs.moved(first, "one", rows_done=1)
    assert jobs.moved(second, "two", rows_done=1)


def test_a_request_that_never_ended_may_be_tried_again_after_the_clock_was_set_back(
    control: ControlStore, clock: Clock
) -> None:  # fmt: skip
    replies, caller = Replies(control), local_principal("bank")
    replies.begin(caller, "the-same-key", "POST /keys", {})
    clock.now -= DAY
    handle, reply = replies.begin(caller, "the-same-key", "POST /keys", {})
    assert reply is None
    replies.keep(handle, {"done": True})
    assert replies.begin(caller, "the-same-key", "POST /keys", {})[1] == {"done": True}


def test_an_event_that_was_to_go_out_in_the_future_goes_out(control: ControlStore, clock: Clock) -> None:
    hooks = Webhooks(control, clock)
    hook = hooks.add("https://example.com/x", ["job.finished"], by="a")
    clock.now += 30 * DAY
    hooks.send(hook.webhook_id, told("job.finished", {}, workspace="bank", at=clock.moment().isoformat()))
    clock.now -= 30 * DAY
    assert hooks.claim() is not None
    assert hooks.claim() is None


def test_limits_in_memory_follow_no_wall_clock() -> None:
    limits = RateLimits(2)
    assert limits._clock is time.monotonic
    assert [limits.take("a") > 0 for _ in range(3)] == [False, False, True]


def test_shared_limits_fill_again_when_the_databases_clock_was_set_back(postgres: PostgresServer) -> None:
    url = str(control_url(Settings(control_url=SecretStr(postgres.made("clock")))))
    store = ControlStore(url, "bank", KEYS)
    limits = SharedRateLimits(store, "calls", 3)
    assert [limits.take("a") > 0 for _ in range(4)] == [False, False, False, True]
    with store.writing() as connection:
        connection.execute(BUCKETS.update().values(at=BUCKETS.c.at + 365 * DAY))
        assert connection.execute(sa.select(sa.func.count()).select_from(BUCKETS)).scalar_one() == 1
    assert [limits.take("a") > 0 for _ in range(4)] == [False, False, False, True]
    store.close()
