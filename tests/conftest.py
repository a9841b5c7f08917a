"""What tests share: a small sandbox workspace, made once, and copies of it for those who write."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, postgres_server

from governance.settings import Settings

#: Small enough to build in seconds, large enough for a credit model out of time.
CUSTOMERS, MONTHS, SEED = 700, 42, 11


def settings_in(home: Path) -> Settings:
    """Settings whose home and key lie in ``home``, whatever the environment says."""
    return Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None, model="embedded",
                    tracking="off")  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home with nothing in it."""
    return settings_in(tmp_path)


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the workspace ``demo``, made once per run, also where several processes test."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "shared-home"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "done").exists():
            from tools.operations.fill import make_sandbox

            make_sandbox(customers=CUSTOMERS, months=MONTHS, seed=SEED, settings=settings_in(home))
            (home / "done").touch()
    return home


@pytest.fixture(scope="session")
def demo_settings(shared_home: Path) -> Settings:
    """Settings that open the shared ``demo``; read it, do not change it."""
    return settings_in(shared_home)


@pytest.fixture
def own_demo(shared_home: Path, tmp_path: Path) -> Iterator[Settings]:
    """Settings that open a copy of ``demo`` which the test may change."""
    home = tmp_path / "own"
    shutil.copytree(shared_home, home)
    yield settings_in(home)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run's own; each test takes a database of its own there."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not beside the repository")
    return folder


@pytest.fixture
def toolbox(demo_settings: Settings) -> Iterator[Callable]:
    """The tools on the shared ``demo``."""
    from tools.toolbox import Toolbox

    opened = Toolbox.open("demo", settings=demo_settings)
    yield opened
    opened.workspace.close()
