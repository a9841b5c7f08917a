"""A workspace that is no sandbox, in a home of its own, with a key for those who write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from postgres_server import PostgresServer
from pydantic import SecretStr

from governance.identity.rights import Rights
from governance.settings import Settings
from tools.operations.access import identity_of

BANK = "bank"


@pytest.fixture(scope="session")
def faults_home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("faults") / "home"
    shutil.copytree(shared_home, home)
    (home / "munshi" / "workspaces" / "demo").rename(home / "munshi" / "workspaces" / BANK)
    for each in (home / "munshi" / "workspaces" / BANK).glob("control.sqlite*"):
        each.unlink()
    return home


@pytest.fixture(scope="session")
def bank(faults_home: Path, demo_settings: Settings) -> Settings:
    """Control data in SQLite."""
    place = {"home": faults_home / "munshi", "key_file": faults_home / "config" / "master.key"}
    return demo_settings.model_copy(update=place)


@pytest.fixture(scope="session")
def shared_bank(bank: Settings, postgres: PostgresServer) -> Settings:
    """The same books with control data on PostgreSQL."""
    return bank.model_copy(update={"control_url": SecretStr(postgres.made("faults"))})


def key_in(settings: Settings, role: str) -> dict[str, str]:
    """A new key as a request's headers."""
    with identity_of(BANK, settings) as (_, identity):
        _, text = identity.api_keys.create(role, Rights(role), per_minute=1_000_000)
    return {"Authorization": f"Bearer {text}"}


def make_key(client: httpx.Client, name: str) -> httpx.Response:
    """The write that the load makes: audited, kept under its name, once."""
    return client.post("/api/v1/keys", json={"label": name}, headers={"Idempotency-Key": f"{name}-once"})


@pytest.fixture(scope="session")
def writing() -> Callable[[httpx.Client, str], httpx.Response]:
    return make_key


@pytest.fixture(scope="session")
def key_of() -> Callable[[Settings, str], dict[str, str]]:
    return key_in
