"""A real server in a thread of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from ui.listening import ListeningConfig
from ui.server import bound


@contextmanager
def serving(app: FastAPI, port: int = 0, slow_seconds: float = 20.0) -> Iterator[str]:
    """Serve ``app`` on a port of this machine, by default a free one; yield its address."""
    held = bound("127.0.0.1", port)
    server = uvicorn.Server(ListeningConfig(app, slow_seconds=slow_seconds))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.01)
    host, port = held.getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
        held.close()
