"""Load over kept-alive connections on loopback, from one asyncio loop: cheap beside what it measures."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import MeasurementError

PATIENCE = 180.0


@dataclass(frozen=True)
class Load:
    """One request, sent again and again, or, where ``body`` makes it of a number, another each time."""

    port: int
    path: str
    body: Mapping[str, Any] | Callable[[int], Mapping[str, Any]]
    key: str | None
    pid: int

    def cpu_seconds(self) -> float | None:
        """Processor time the server has used; None where the system does not tell."""
        return cpu_seconds(self.pid)

    def written(self, number: int = 0) -> bytes:
        """The request as it goes over the wire."""
        body = json.dumps(dict(self.body(number) if callable(self.body) else self.body)).encode()
        authorization = f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def cpu_seconds(pid: int) -> float | None:
    """Processor time a process has used; None where the system does not tell."""
    told = Path(f"/proc/{pid}/stat")
    if not told.exists():
        return None
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def closed_loop(load: Load, connections: int, seconds: float) -> tuple[float, ...]:
    """Send as fast as answers come; return how long each took."""

    async def all_of_them() -> list[list[float]]:
        until = time.perf_counter() + seconds
        return await asyncio.gather(*(_without_pause(load, until) for _ in range(connections)))

    return tuple(taken for each in asyncio.run(all_of_them()) for taken in each)


def at_rate(load: Load, connections: int, per_second: float, seconds: float) -> tuple[float, ...]:
    """Send at a fixed rate; return how long each took from the moment it was due, waiting for a connection included."""
    gap = connections / per_second

    async def all_of_them() -> list[list[float]]:
        start = time.perf_counter()
        return await asyncio.gather(
            *(
                _paced(
                    load, start + gap * number / connections, gap, start + seconds, itertools.count(number, connections)
                )
                for number in range(connections)
            )
        )

    return tuple(taken for each in asyncio.run(all_of_them()) for taken in each)


async def _without_pause(load: Load, until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    request, taken = load.written(), []
    while (began := time.perf_counter()) < until:
        await _once(reader, writer, request)
        taken.append(time.perf_counter() - began)
    writer.close()
    return taken


async def _paced(load: Load, first: float, gap: float, until: float, numbers: Iterator[int]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    taken, due = [], first
    while due < until:
        request = load.written(next(numbers))
        await asyncio.sleep(max(due - time.perf_counter(), 0.0))
        await _once(reader, writer, request)
        taken.append(time.perf_counter() - due)
        due += gap
    writer.close()
    return taken


async def _once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise MeasurementError(f"The server answered {head.splitlines()[0].decode()}.")
    length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))


def synced(folder: Path, *, times: int = 300, size: int = 4_096) -> tuple[float, ...]:
    """Seconds that the disk takes to keep a little, each time: what nothing durable can undercut."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(bytes(size))
            file.flush()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return tuple(taken)


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Run a server on a free port; yield the port, its id, and the line it says once it can be asked.

    Raises
    ------
    MeasurementError
        It ended, or did not answer in time.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
    process = subprocess.Popen([*command, str(port)], env=dict(environment), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        until = time.monotonic() + PATIENCE
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise MeasurementError(f"{command[-1]} did not come up.")
            time.sleep(0.1)
        yield port, process.pid, said
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
