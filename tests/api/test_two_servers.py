"""Two servers on one PostgreSQL: what the one is told, the other knows; nothing is done twice, no limit is doubled."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from live_server import serving
from postgres_server import PostgresServer
from pydantic import SecretStr

from api.app import create_app
from api.service import ATTEMPTS_PER_MINUTE, Service
from governance.identity.rights import Rights
from governance.identity.store import BELIEVED
from governance.principal import ROLES
from governance.settings import Settings
from tools.batch.jobs import JOBS, Jobs
from tools.batch.worker import service_model
from tools.operations import backups
from tools.workspace import Workspace

PASSWORD = "nine blue tractors sing"


@pytest.fixture(scope="module")
def shared(door_home: Path, demo_settings: Settings, postgres: PostgresServer) -> Settings:
    """Settings of a workspace that is no sandbox, its control data on PostgreSQL."""
    folder = door_home / "munshi" / "workspaces"
    shutil.copytree(folder / "demo", folder / "twin", ignore=shutil.ignore_patterns("control.sqlite*"))
    place = {"home": door_home / "munshi", "key_file": door_home / "config" / "master.key"}
    return demo_settings.model_copy(update={**place, "control_url": SecretStr(postgres.made("twin"))})


@pytest.fixture(scope="module")
def services(shared: Settings) -> Iterator[tuple[Service, Service]]:
    with Workspace.open("twin", shared) as one, Workspace.open("twin", shared) as two:
        made = Service(one, loopback=True), Service(two, loopback=True)
        made[0].identity.users.add("Asha", PASSWORD, Rights("analyst"))
        yield made


@pytest.fixture(scope="module")
def twins(services: tuple[Service, Service]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    with ExitStack() as stack:
        addresses = [stack.enter_context(serving(create_app(each))) for each in services]
        yield tuple(stack.enter_context(httpx.Client(base_url=each, timeout=60)) for each in addresses)


@pytest.fixture(scope="module")
def keys(services: tuple[Service, Service]) -> dict[str, dict[str, str]]:
    made = {role: services[0].identity.api_keys.create(role, Rights(role))[1] for role in ROLES}
    return {role: {"Authorization": f"Bearer {key}"} for role, key in made.items()}


def test_no_file_of_control_data_lies_beside_the_books(shared: Settings, twins) -> None:
    assert not list((shared.workspaces / "twin").glob("control.sqlite*"))


def test_a_key_made_at_one_is_good_at_the_other_until_it_is_revoked_there(twins, keys) -> None:
    one, two = twins
    made = one.post("/api/v1/keys", json={"label": "x", "role": "viewer"}, headers=keys["admin"]).json()
    mine = {"Authorization": f"Bearer {made['key']}"}
    assert two.get("/api/v1/me", headers=mine).json()["role"] == "viewer"
    assert two.post(f"/api/v1/keys/{made['key_id']}/revoke", headers=keys["admin"]).status_code == 200
    time.sleep(BELIEVED + 0.1)
    assert one.get("/api/v1/me", headers=mine).status_code == 401


def test_a_session_opened_at_one_is_known_at_the_other_and_ends_at_both(twins) -> None:
    one, two = twins
    opened = one.post("/api/v1/sessions", json={"name": "asha", "password": PASSWORD})
    cookie = {"Cookie": opened.headers["set-cookie"].partition(";")[0]}
    token = {"X-CSRF-Token": opened.json()["csrf_token"]}
    assert two.get("/api/v1/me", headers=cookie).json()["role"] == "analyst"
    assert two.delete("/api/v1/sessions", headers={**cookie, **token}).status_code == 204
    assert one.get("/api/v1/me", headers=cookie).status_code == 401
    one.cookies.clear()


def test_a_limit_is_one_for_both_whoever_is_asked(twins, services) -> None:
    key = services[0].identity.api_keys.create("slow", Rights("viewer"), per_minute=40)[1]
    mine = {"Authorization": f"Bearer {key}"}
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(lambda each: each.get("/api/v1/me", headers=mine), islice(cycle(twins), 120))
        statuses = [each.status_code for each in asked]
    assert set(statuses) == {200, 429}
    assert 34 <= statuses.count(200) <= 44  # 40, a little more as seconds pass, less what the servers hold in hand
    refused = twins[0].get("/api/v1/me", headers=mine)
    assert int(refused.headers["retry-after"]) >= 1


def test_attempts_to_sign_in_are_counted_over_both(twins) -> None:
    wrong = {"grant_type": "client_credentials", "client_id": "000000000000", "client_secret": "x"}
    statuses = [each.post("/api/v1/token", data=wrong).status_code for each in islice(cycle(twins), 60)]
    assert statuses.count(401) <= ATTEMPTS_PER_MINUTE + 5
    assert statuses[-1] == 429


def test_a_request_sent_to_both_at_once_is_done_once(twins, keys) -> None:
    headers = {**keys["admin"], "Idempotency-Key": "the-same-at-both-doors"}
    body = {"label": "once", "role": "service"}
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda each: each.post("/api/v1/keys", json=body, headers=headers),
                             islice(cycle(twins), 8)))  # fmt: skip
    assert {each.status_code for each in told} <= {201, 409}
    listed = twins[1].get("/api/v1/keys", headers=keys["admin"]).json()["keys"]
    assert len([each for each in listed if each["label"] == "once"]) == 1
    again = twins[1].post("/api/v1/keys", json=body, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"


def test_a_conversation_begun_at_one_goes_on_at_the_other(twins, keys) -> None:
    one, two = twins
    first = one.post("/api/v1/chat", json={"question": "How many customers do we have in Pune?"},
                     headers=keys["analyst"]).json()  # fmt: skip
    asked = {"question": "And in Mumbai?", "conversation_id": first["conversation_id"]}
    second = two.post("/api/v1/chat", json=asked, headers=keys["analyst"]).json()
    assert second["status"] == "answered"
    assert "Mumbai" in second["interpretation"]
    address = f"/api/v1/conversations/{first['conversation_id']}"
    kept = [each.get(address, headers=keys["analyst"]).json() for each in twins]
    assert kept[0] == kept[1]
    assert first["receipt_id"] in str(kept[0])
    assert second["receipt_id"] in str(kept[0])


def test_a_job_queued_at_one_is_worked_on_once_and_fetched_at_the_other(twins, services, keys) -> None:
    names = service_model(services[0].workspace, services[0].local, "credit")[1].features
    sheet = "\n".join([",".join(["customer_id", *names]), *(f"X{n}{',' * len(names)}" for n in range(50))]) + "\n"
    sent = {**keys["service"], "Content-Type": "text/csv"}
    job_id = twins[0].post("/api/v1/batch/credit", content=sheet, headers=sent).json()["job_id"]
    told: dict[str, Any] = {}
    until = time.monotonic() + 60
    while told.get("state", "queued") in ("queued", "running") and time.monotonic() < until:
        told = twins[1].get(f"/api/v1/jobs/{job_id}", headers=keys["service"]).json()
        time.sleep(0.05)
    assert (told["state"], told["rows"]) == ("done", 50)
    ended = [entry for entry in services[0].workspace.control.audit_entries() if job_id in entry["details"]]
    assert [entry["outcome"] for entry in ended].count("done") == 1


def test_two_that_claim_at_once_never_claim_the_same(services) -> None:
    jobs = [Jobs(each.workspace.control) for each in services]
    with jobs[0]._control.writing() as connection:
        connection.execute(JOBS.delete())
    for _ in range(20):
        jobs[0].add(Jobs.new_id(), "nobody", model="m", version="v", form="csv", size=0, pieces=0)
    with ThreadPoolExecutor(8) as pool:
        claimed = [job for job in pool.map(lambda n: jobs[n % 2].claim(f"w{n}"), range(24)) if job is not None]
    with jobs[0]._control.writing() as connection:
        owners = list(connection.execute(sa.select(JOBS.c.owner)).scalars())
        connection.execute(JOBS.delete())
    own = [owner for owner in owners if str(owner).startswith("w") and str(owner)[1:].isdigit()]
    assert len({job.job_id for job in claimed}) == len(claimed) == len(own)  # the servers' own workers take some, too
    assert len(owners) == 20
    assert None not in owners


def test_the_chain_of_both_is_one(twins, services, keys) -> None:
    before = services[0].workspace.control.verify_audit()
    with ThreadPoolExecutor(8) as pool:  # refusals: each is audited
        refused = list(pool.map(lambda each: each.get("/api/v1/keys", headers=keys["viewer"]),
                                islice(cycle(twins), 80)))  # fmt: skip
    assert {each.status_code for each in refused} == {403}
    assert services[1].workspace.control.verify_audit() == before + 80


def test_a_backup_holds_what_lies_on_postgresql_and_brings_it_back(shared: Settings, tmp_path: Path, services) -> None:
    control = services[0].workspace.control
    entries, key = control.verify_audit(), services[0].identity.api_keys.create("kept", Rights("viewer"))[1]
    made = backups.back_up("twin", tmp_path / "twin.tar", settings=shared)
    control.audit("local", "after the backup", "done", {})
    backups.destroy("twin", settings=shared)
    with control.reading() as connection:
        assert not connection.exec_driver_sql("SELECT 1 FROM audit WHERE workspace = 'twin'").all()
    backups.restore(made, settings=shared)
    with Workspace.open("twin", shared) as workspace:
        assert workspace.control.verify_audit() == entries
        assert Service(workspace, loopback=True).identity.bearer(key)[0].role == "viewer"


def test_while_the_database_is_stopped_everybody_is_told_so_and_when_it_is_back_everybody_is_served(
    postgres: PostgresServer, twins, keys
) -> None:  # fmt: skip
    postgres.stop()
    try:
        time.sleep(BELIEVED + 0.1)
        for each in twins:
            told = each.get("/api/v1/me", headers=keys["viewer"])
            assert (told.status_code, told.json()["type"]) == (503, "urn:munshi:problem:control")
            assert ("does not answer" in told.json()["detail"], told.headers["retry-after"]) == (True, "5")
            assert [each.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]
    finally:
        postgres.start()
    back = time.monotonic()
    while {each.get("/readyz").status_code for each in twins} != {200}:
        assert time.monotonic() < back + 10
        time.sleep(0.05)
    assert {each.get("/api/v1/me", headers=keys["viewer"]).json()["role"] for each in twins} == {"viewer"}
