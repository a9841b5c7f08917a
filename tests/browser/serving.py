"""A server in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextmanager
def served_by(*command: str, seconds: float = 120, **environment: str) -> Iterator[str]:
    """Run a server whose last argument is its port; yield its address once it answers."""
    port = free_port()
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("MUNSHI_")}
    process = subprocess.Popen(
        [sys.executable, *command, str(port)], cwd=ROOT, env={**theirs, "PYTHONPATH": str(ROOT), **environment}
    )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + seconds
    try:
        while not _answers(address):
            assert process.poll() is None, f"the server ended with {process.returncode}"
            assert time.monotonic() < until, f"the server did not answer within {seconds} s"
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False
