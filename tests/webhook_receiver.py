"""A receiver of webhooks on loopback: keeps what it got, answers as it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """Where it listens, what it got, and what it answers: status, headers, body, seconds between bytes."""

    address: str = ""
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip: float = 0.0

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def wait(self, count: int, seconds: float = 20.0) -> list[tuple[dict[str, str], str]]:
        until = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < until, f"{len(self.got)} of {count} came"
            time.sleep(0.02)
        return self.got


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"])).decode()
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for at in range(0, len(receiver.body), 1 if receiver.drip else 65_536):
                    self.wfile.write(receiver.body[at : at + (1 if receiver.drip else 65_536)])
                    self.wfile.flush()
                    time.sleep(receiver.drip)
            except OSError:  # who asked has gone
                return

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
