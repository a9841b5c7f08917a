"""Killed without warning while it writes: nothing that was acknowledged is lost, the chain holds, service is back."""

from __future__ import annotations

import os
import time

import httpx
import pytest
from killable import RECOVERY, Load, accounted, served

from governance.settings import Settings

#: How often a server is killed; `make soak` asks for more.
KILLS = min(int(os.environ.get("MUNSHI_KILLS", "3")), 10)


def test_a_server_killed_under_load_loses_nothing_it_acknowledged(bank: Settings, writing, key_of) -> None:
    admin = key_of(bank, "admin")
    with served("bank", bank, "--no-screen") as server, Load(writing, server.address, admin) as load:
        load.until(60)
        server.kill()
    assert load.broken > 0
    assert accounted(bank, load) >= len(load.kept)


@pytest.mark.soak
def test_killed_again_and_again_it_is_back_each_time_as_soon_as_after_a_stop(bank: Settings, writing, key_of) -> None:
    admin, entries, clean = key_of(bank, "admin"), 0, 0.0
    for kill in range(KILLS + 1):
        began = time.monotonic()
        with served("bank", bank, "--no-screen") as server:
            assert httpx.get(f"{server.address}/readyz", timeout=10).status_code == 200
            back = time.monotonic() - began
            clean = clean or back
            assert back <= max(RECOVERY, 1.5 * clean), f"{back:.1f} s after kill {kill}, {clean:.1f} s after none"
            with Load(writing, server.address, admin) as load:
                load.until(40)
                server.kill()
        before, entries = entries, accounted(bank, load)
        assert entries >= before + len(load.kept)
