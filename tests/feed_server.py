"""A feed on a real server: three records a page, with a cursor."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FeedServer(ThreadingHTTPServer):
    """Records that may grow; ``failures`` come first, one for each request.

    A failure is a status code, 0 for a line that goes dead, or the bytes of an answer.
    """

    records: list[dict[str, Any]]
    failures: list[int | bytes]
    asked: list[tuple[str | None, str | None]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/postings"


class _Pages(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        cursor = parse_qs(urlsplit(self.path).query).get("cursor", [None])[0]
        self.server.asked.append((cursor, self.headers.get("Authorization")))
        failure = self.server.failures.pop(0) if self.server.failures else 200
        if failure == 0:
            self.connection.close()
            return
        start = int(cursor) if cursor and cursor.isdigit() else 0
        more = str(start + 3) if start + 3 < len(self.server.records) else None
        page = json.dumps({"records": self.server.records[start : start + 3], "next_cursor": more}).encode()
        body = failure if isinstance(failure, bytes) else page
        self.send_response(failure if isinstance(failure, int) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def record(number: int) -> dict[str, Any]:
    return {"transaction_id": f"T{number}", "customer_id": "C1", "transaction_date": f"2024-04-{number:02d}",
            "amount": -number, "remarks": "UPI-MEERA SHAH-meera@ybl"}  # fmt: skip


@contextmanager
def feed_server(records: list[dict[str, Any]]) -> Iterator[FeedServer]:
    server = FeedServer(("127.0.0.1", 0), _Pages)
    server.records, server.failures, server.asked = records, [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
