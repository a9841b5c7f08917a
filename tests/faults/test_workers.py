"""Two workers on one PostgreSQL under load: one is killed, the database is stopped; what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from killable import RECOVERY, Load, Server, accounted, served

from governance.settings import Settings
from ui.server import bound

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def workers(shared_bank: Settings) -> Iterator[Server]:
    with served("bank", shared_bank, "--workers", "2") as server:
        until = time.monotonic() + 60
        while len(server.workers()) < 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        yield server


def test_of_two_workers_one_is_killed_and_the_other_serves_on(
    workers: Server, shared_bank: Settings, writing, key_of
) -> None:  # fmt: skip
    admin = key_of(shared_bank, "admin")
    first = workers.workers()
    with Load(writing, workers.address, admin, threads=6) as load:
        load.until(60)
        os.kill(first[0], signal.SIGKILL)
        killed = time.monotonic()
        load.until(30)
        served_on = time.monotonic() - killed
        while len(set(workers.workers()) - {first[0]}) < 2:
            assert time.monotonic() < killed + 60, "no worker followed the one that was killed"
            time.sleep(0.05)
        load.until(60)
    assert set(load.statuses) == {201}, load.statuses
    assert load.broken <= 6, "more broke off than were under way"
    assert served_on < RECOVERY
    accounted(shared_bank, load)


def test_a_database_that_stops_is_said_and_when_it_is_back_so_is_service(
    workers: Server, shared_bank: Settings, postgres, writing, key_of
) -> None:  # fmt: skip
    admin = key_of(shared_bank, "admin")
    with Load(writing, workers.address, admin) as load, httpx.Client(base_url=workers.address, headers=admin) as client:
        load.until(30)
        postgres.stop()
        time.sleep(1.2)
        told = client.get("/api/v1/keys", timeout=30)
        assert (told.status_code, told.json()["type"]) == (503, "urn:munshi:problem:control")
        assert "does not answer" in told.json()["detail"]
        assert told.headers["retry-after"] == "5"
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz", timeout=30).status_code == 503
        postgres.start()
        back = time.monotonic()
        while client.get("/readyz", timeout=30).status_code != 200:
            assert time.monotonic() < back + RECOVERY
            time.sleep(0.1)
        load.until(30)
    assert set(load.statuses) <= {201, 503}, load.statuses
    accounted(shared_bank, load)


def test_workers_end_with_their_supervisor_and_the_address_is_free_again(shared_bank: Settings) -> None:
    with served("bank", shared_bank, "--workers", "2") as server:
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(20)
        killed = time.monotonic()
        while server.answers():
            assert time.monotonic() < killed + RECOVERY
            time.sleep(0.1)
        bound("127.0.0.1", int(server.address.rpartition(":")[2])).close()
