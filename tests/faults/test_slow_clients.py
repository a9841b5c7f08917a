"""Clients that send a byte at a time, or nothing at all: others are served in time, and the slow are let go of."""

from __future__ import annotations

import resource
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from live_server import serving

from api.app import create_app
from api.service import Service
from governance.settings import Settings
from tools.workspace import Workspace
from ui.listening import MOST_HEADERS, hold_many_files

#: Seconds that the server waits in these tests; and within which others are answered meanwhile.
PATIENCE, IN_TIME = 2.0, 1.0
HEAD = b"POST /api/v1/tools/workspace_status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@pytest.fixture(scope="module")
def place(bank: Settings, key_of: Callable[..., dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """An address whose server is impatient, and a key for it."""
    settings = bank.model_copy(update={"slow_seconds": PATIENCE})
    with (
        Workspace.open("bank", settings) as workspace,
        serving(create_app(Service(workspace, loopback=True)), slow_seconds=PATIENCE) as address,
    ):
        yield address, key_of(bank, "analyst")


def answered(place: tuple[str, dict[str, str]]) -> float:
    """How long a tool takes for somebody else, by a connection of his own."""
    began = time.monotonic()
    address, key = place
    with httpx.Client(base_url=address, headers=key, timeout=10) as client:
        assert client.post("/api/v1/tools/workspace_status", json={}).status_code == 200
    return time.monotonic() - began


def typical(place: tuple[str, dict[str, str]]) -> float:
    return statistics.median(answered(place) for _ in range(5))


@pytest.fixture(scope="module")
def alone(place: tuple[str, dict[str, str]]) -> float:
    """How long a tool takes while nobody else is there, on this machine as busy as it is."""
    answered(place)
    return typical(place)


def served_meanwhile(place: tuple[str, dict[str, str]], alone: float) -> bool:
    """Whether others are answered in time."""
    return typical(place) < max(IN_TIME, 5 * alone)


def connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def closed_within(held: list[socket.socket], seconds: float) -> int:
    """How many of these connections the server closed within so many seconds."""
    waiting, until = selectors.DefaultSelector(), time.monotonic() + seconds
    for each in held:
        waiting.register(each, selectors.EVENT_READ)
    closed = 0
    while closed < len(held) and (left := until - time.monotonic()) > 0:
        for key, _ in waiting.select(left):
            if _ended(key.fileobj):
                waiting.unregister(key.fileobj)
                closed += 1
    waiting.close()
    return closed


def _ended(held: socket.socket) -> bool:
    try:
        return held.recv(4_096) == b""
    except ConnectionError:
        return True


@contextmanager
def trickling(held: list[socket.socket], part: bytes) -> Iterator[None]:
    """Send each of them a little, again and again."""
    ending = threading.Event()

    def trickle() -> None:
        while not ending.wait(0.1):
            for each in held:
                try:
                    each.send(part)
                except OSError:
                    continue

    thread = threading.Thread(target=trickle, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(5)


def test_who_trickles_his_headers_keeps_nobody_waiting_and_is_let_go_of(place, alone: float) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(connected(place[0])) for _ in range(150)]
        for each in held:
            each.send(HEAD)
        with trickling(held, b"x"):
            assert served_meanwhile(place, alone)
            assert closed_within(held, PATIENCE + 3) == len(held)


def test_who_trickles_his_second_request_s_headers_is_let_go_of_too(place) -> None:
    with connected(place[0]) as held:
        held.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert held.recv(4_096).startswith(b"HTTP/1.1 200")
        held.send(HEAD)
        with trickling([held], b"x"):
            assert closed_within([held], PATIENCE + 3) == 1


def test_who_trickles_his_body_keeps_nobody_waiting_and_is_told(place, alone: float) -> None:
    address, key = place
    head = HEAD + b"1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n"
    head += f"Authorization: {key['Authorization']}\r\n\r\n".encode()
    with ExitStack() as stack:
        held = [stack.enter_context(connected(address)) for _ in range(60)]
        for each in held:
            each.sendall(head)
        with trickling(held, b" "):
            assert served_meanwhile(place, alone)
            held[0].settimeout(10)
            told = held[0].recv(4_096)
    assert told.startswith(b"HTTP/1.1 408")
    assert b"urn:munshi:problem:too-slow" in told
    assert b"comes within 2 s" in told


def test_headers_without_end_are_let_go_of_at_once(place) -> None:
    with connected(place[0]) as held:
        held.sendall(HEAD)
        try:
            for _ in range(MOST_HEADERS // 1_000 + 40):
                held.sendall(b"x" * 1_000)
        except ConnectionError:
            return
        assert closed_within([held], 1.0) == 1


def test_a_thousand_idle_connections_keep_nobody_waiting(place, alone: float) -> None:
    hold_many_files()
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2_600:
        pytest.skip("this process may not hold a thousand connections with both their ends")
    with ExitStack() as stack:
        held = [stack.enter_context(connected(place[0])) for _ in range(1_000)]
        assert served_meanwhile(place, alone)
        assert closed_within(held, PATIENCE + 10) == len(held)
    assert served_meanwhile(place, alone)


def test_a_body_that_comes_slowly_but_comes_is_taken(place) -> None:
    address, key = place

    def parts() -> Iterator[bytes]:
        yield b"{"
        for _ in range(4):
            time.sleep(PATIENCE / 3)
            yield b" " * 1_500
        yield b"}"

    with httpx.Client(base_url=address, headers=key, timeout=20) as client:
        told = client.post("/api/v1/tools/workspace_status", content=parts(),
                           headers={"Content-Type": "application/json"})  # fmt: skip
    assert told.status_code == 200, told.text
