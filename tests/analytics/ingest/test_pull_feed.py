"""A feed pulled from a real server that fails, stalls, repeats and goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics.ingest.pull_feed import Feed, Page, pull
from governance.errors import SourceError

RECORDS = [
    {"transaction_id": f"T{n}", "customer_id": "C1", "transaction_date": f"2024-04-{n:02d}", "amount": -n}
    for n in range(1, 8)
]


class Server(ThreadingHTTPServer):
    """Three records a page; answers in ``failures`` come first, one for each request."""

    failures: list[int | bytes]
    asked: list[tuple[str | None, str | None]]


class Pages(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        cursor = parse_qs(urlsplit(self.path).query).get("cursor", [None])[0]
        self.server.asked.append((cursor, self.headers.get("Authorization")))
        failure = self.server.failures.pop(0) if self.server.failures else 200
        if failure == 0:
            self.connection.close()
            return
        start = int(cursor) if cursor and cursor.isdigit() else 0
        following = str(start + 3) if start + 3 < len(RECORDS) else None
        page = json.dumps({"records": RECORDS[start : start + 3], "next_cursor": following}).encode()
        body = failure if isinstance(failure, bytes) else page
        self.send_response(failure if isinstance(failure, int) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Pages)
    server.failures, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def feed_of(server: Server, **options: Any) -> Feed:
    return Feed(f"http://127.0.0.1:{server.server_port}/v1/postings?key=secret", **options)


def ids(pages: list[Page]) -> list[str]:
    return [
        row["posting_id"] for page in pages for row in page.parsed.postings.order_by("line").to_pyarrow().to_pylist()
    ]


def test_pages_are_pulled_to_the_end_through_failures(server: Server, backend: Any) -> None:
    server.failures = [503, 0, 429, 200, 500, 200]
    waits: list[float] = []
    pages = list(pull(feed_of(server, headers={"Authorization": "Bearer x"}), backend, wait=waits.append))
    assert ids(pages) == [record["transaction_id"] for record in RECORDS]
    assert [page.cursor for page in pages] == ["3", "6", None]
    assert len(waits) == 4
    assert 0.3 < waits[0] < 0.7 < waits[1] < 1.3 < waits[2] < 2.6
    assert {token for _, token in server.asked} == {"Bearer x"}


def test_a_pull_cut_short_goes_on_from_the_cursor_kept(server: Server, backend: Any) -> None:
    first = next(pull(feed_of(server), backend))
    rest = list(pull(feed_of(server), backend, cursor=first.cursor))
    assert ids([first, *rest]) == [record["transaction_id"] for record in RECORDS]


@pytest.mark.parametrize(
    ("failures", "words"),
    [
        ([503] * 5, "no page in 5 attempts"),
        ([401], "refuses: it answered 401"),
        ([b"<html>"], "not JSON"),
        ([b"{}"], "without a list of `records`"),
        ([b'{"records": [], "next_cursor": "a"}', b'{"records": [], "next_cursor": "a"}'], "goes in circles"),
    ],
)
def test_a_feed_that_will_not_do_says_why_and_keeps_its_secrets(
    server: Server, backend: Any, failures: list[int | bytes], words: str
) -> None:
    server.failures = list(failures)
    with pytest.raises(SourceError, match=words) as raised:
        list(pull(feed_of(server), backend, wait=lambda _: None))
    assert "secret" not in str(raised.value)
