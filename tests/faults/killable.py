"""`munshi serve` in processes that a test may kill, and load that keeps account of what was acknowledged."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from governance.settings import Settings
from tools.operations.access import identity_of
from ui.server import bound

ROOT = Path(__file__).parents[2]
#: Seconds until service is back after whatever happened.
RECOVERY = 10.0


def free_port() -> int:
    with bound("127.0.0.1", 0) as held:
        return int(held.getsockname()[1])


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a server with these settings."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("MUNSHI_")}
    mine = {"MUNSHI_HOME": str(settings.home), "MUNSHI_KEY_FILE": str(settings.key_file), "MUNSHI_TRACKING": "off"}
    if settings.control_url is not None:
        mine["MUNSHI_CONTROL_URL"] = settings.control_url.get_secret_value()
    return {**theirs, "PYTHONPATH": str(ROOT), **mine, **more}


@dataclass
class Server:
    """A served workspace, the processes behind it."""

    process: subprocess.Popen[bytes]
    address: str

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def wait(self, seconds: float = 120) -> float:
        """Return how long it took until the server answered."""
        began = time.monotonic()
        while not self.answers():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            assert time.monotonic() < began + seconds, f"the server did not answer within {seconds} s"
            time.sleep(0.05)
        return time.monotonic() - began

    def workers(self) -> list[int]:
        """Processes that the supervisor started and that listen."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(each) for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]

    def kill(self) -> None:
        """Kill everything at once, as a machine that loses power would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


@contextmanager
def served(workspace: str, settings: Settings, *options: str, before: tuple[str, ...] = (),
           port: int | None = None, **environment: str) -> Iterator[Server]:  # fmt: skip
    """Serve until the block ends; what is still there then is ended."""
    port = port or free_port()
    command = (
        *before,
        sys.executable,
        "-m",
        "ui.cli",
        "serve",
        "--workspace",
        workspace,
        "--port",
        str(port),
        *options,
    )
    process = subprocess.Popen(command, cwd=ROOT, env=environment_of(settings, **environment), start_new_session=True)
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        server.wait()
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


@dataclass
class Load:
    """Requests sent from several threads until it is told to end; each name that was acknowledged is kept."""

    send: Callable[[httpx.Client, str], httpx.Response]
    address: str
    headers: Mapping[str, str]
    threads: int = 4
    kept: set[str] = field(default_factory=set)
    statuses: dict[int, int] = field(default_factory=dict)
    broken: int = 0

    def __enter__(self) -> Load:
        self._ending, self._counting, self._number = threading.Event(), threading.Lock(), 0
        self._whose = secrets.token_hex(4)
        self._running = [threading.Thread(target=self._run, daemon=True) for _ in range(self.threads)]
        for each in self._running:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for each in self._running:
            each.join(30)

    def until(self, kept: int, seconds: float = 30) -> None:
        """Wait until so many more were acknowledged."""
        wanted, end = len(self.kept) + kept, time.monotonic() + seconds
        while len(self.kept) < wanted:
            assert time.monotonic() < end, (len(self.kept), wanted, self.statuses, self.broken)
            time.sleep(0.01)

    def _next(self) -> str:
        with self._counting:
            self._number += 1
            return f"{self._whose}-{self._number}"

    def _run(self) -> None:
        while not self._ending.is_set():
            name = self._next()
            try:
                with httpx.Client(base_url=self.address, headers=dict(self.headers), timeout=15) as client:
                    told = self.send(client, name)
            except httpx.HTTPError:
                with self._counting:
                    self.broken += 1
                time.sleep(0.02)
                continue
            with self._counting:
                self.statuses[told.status_code] = self.statuses.get(told.status_code, 0) + 1
                if told.is_success:
                    self.kept.add(name)


def accounted(settings: Settings, load: Load) -> int:
    """Hold what was acknowledged against what is kept; return how many entries the chain has."""
    with identity_of("bank", settings) as (workspace, identity):
        labels = Counter(key.label for key in identity.api_keys.list())
        entries = workspace.control.verify_audit()
        made = [entry for entry in workspace.control.audit_entries() if entry["action"] == "key:create"]
        audited = {entry["details"] for entry in made}
    assert load.kept
    assert not [name for name in load.kept if labels[name] != 1]
    assert len(audited) >= len(load.kept)
    return entries
