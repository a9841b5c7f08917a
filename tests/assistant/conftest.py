"""Small books for one test each, and a wall around the machine: no test reaches a real model."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes import MASTER_KEY, TOOLS, says, scripted, small_books
from library_database import LAYER, make_library
from openai_server import ScriptedServer, openai_server

from assistant.minds import Mind
from assistant.munshi import Munshi
from governance.principal import Principal, local_principal
from governance.settings import Settings, load_settings
from tools.operations.own_database import hold_database
from tools.workspace import Workspace

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail any test that tries to connect anywhere but to this machine, even when the code swallowed the error."""
    attempts: list[str] = []

    def tried(place: object) -> None:
        thread = threading.current_thread().name
        if not thread.startswith("webhook"):  # what a server of other tests still calls is not counted
            attempts.append(str(place))

    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            tried(address)
            raise ConnectionRefusedError(f"a test tried to reach {address}")
        return connect(self, address)

    def guarded_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host is not None and not str(host).startswith(LOOPBACK):
            tried(host)
            raise socket.gaierror(f"a test tried to look up {host}")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield attempts
    assert not attempts


@pytest.fixture(scope="session")
def server() -> Iterator[ScriptedServer]:
    with openai_server() as serving:
        yield serving


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, server: ScriptedServer) -> Settings:
    """Settings as an operator makes them who sets an outside model."""
    wanted = {
        "HOME": str(tmp_path_factory.mktemp("small")),
        "MASTER_KEY": MASTER_KEY,
        "MODEL": "openai:scripted-1",
        "MODEL_BASE_URL": server.url,
        "MODEL_API_KEY": "k-1",
        "MODEL_SECONDS": "20",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in wanted.items():
            patched.setenv(f"MUNSHI_{name}", value)
        return load_settings()


@pytest.fixture(scope="session")
def workspace(environment: Settings) -> Iterator[Workspace]:
    """The small books, made once; tests read them."""
    with small_books(environment) as opened:
        yield opened


@pytest.fixture
def audited(workspace: Workspace) -> Callable[[], list[dict[str, Any]]]:
    """What was audited since the test began."""
    before = len(workspace.control.audit_entries())
    return lambda: workspace.control.audit_entries()[before:]


@pytest.fixture
def munshi(workspace: Workspace) -> Callable[..., Munshi]:
    """Make a Munshi on the small books with the tests' tools, whose mind says the given lines."""

    def make(*lines: Any, who: Principal | None = None, external: bool = False, **more: Any) -> Munshi:
        mind = scripted(*lines, external=external)
        return Munshi(workspace, who or local_principal("demo"), mind=mind, tools=TOOLS, **more)

    return make


@pytest.fixture
def wired(server: ScriptedServer, workspace: Workspace) -> Callable[..., Munshi]:
    """Make a Munshi whose mind is the scripted server, and whose fallback says one sentence."""
    server.requests.clear()
    server.headers.clear()

    def make(*fallback: Any, who: Principal | None = None, mind: Mind | None = None) -> Munshi:
        spare = scripted(*(fallback or (says("The embedded planner speaks."),)))
        return Munshi(workspace, who or local_principal("demo"), mind=mind, fallback=spare, tools=TOOLS)

    return make


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    """Munshi on a small database that is no lender's."""
    home = tmp_path_factory.mktemp("library")
    settings = Settings(home=home / "munshi", key_file=home / "key", master_key=None, model="embedded", tracking="off")
    (home / "semantic.yaml").write_text(LAYER, "utf-8")
    hold_database(str(make_library(home / "library.sqlite")), home / "semantic.yaml", "library", settings=settings)
    with Munshi.open("library", settings=settings) as opened:
        yield opened
