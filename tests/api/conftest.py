"""The machine faces over a real server on loopback, on a copy of the shared sandbox; a key for every role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from live_server import serving

from api.app import create_app
from api.service import Service
from governance.identity.rights import Rights
from governance.principal import ROLES
from governance.settings import Settings
from tools.workspace import Workspace


@pytest.fixture(scope="session")
def door_home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("doors") / "home"
    shutil.copytree(shared_home, home)
    return home


@pytest.fixture(scope="session")
def service(door_home: Path, demo_settings: Settings) -> Iterator[Service]:
    """The sandbox, served on loopback: open to this machine."""
    place = {"home": door_home / "munshi", "key_file": door_home / "config" / "master.key"}
    settings = demo_settings.model_copy(update={**place, "calls_per_minute": 1_000_000, "webhook_loopback": True})
    with Workspace.open("demo", settings) as workspace:
        yield Service(workspace, loopback=True)


@pytest.fixture(scope="session")
def address(service: Service) -> Iterator[str]:
    with serving(create_app(service)) as found:
        yield found


@pytest.fixture(scope="session")
def keys(service: Service) -> dict[str, str]:
    """Role → a key of it that sees every row."""
    return {role: service.identity.api_keys.create(role, Rights(role))[1] for role in ROLES}


Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def ask(address: str, keys: dict[str, str]) -> Iterator[Ask]:
    """Ask the server as a role; ``role=None`` brings nothing along."""
    with httpx.Client(base_url=address, timeout=60) as client:

        def send(method: str, path: str, role: str | None = "risk_manager", **sent: object) -> httpx.Response:
            headers = {"Authorization": f"Bearer {keys[role]}"} if role else {}
            given = sent.pop("headers", {})
            return client.request(method, path, headers={**headers, **given}, **sent)

        yield send


@pytest.fixture(scope="session")
def borrower(ask: Ask) -> str:
    found = ask("POST", "/api/v1/tools/top_risky_borrowers", json={"limit": 1})
    return found.json()["table"]["rows"][0][1]
