"""A feed pulled from a real server that fails, stalls, repeats and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from feed_server import FeedServer, feed_server

from analytics.ingest.pull_feed import Feed, Page, pull
from governance.errors import SourceError

RECORDS = [
    {"transaction_id": f"T{n}", "customer_id": "C1", "transaction_date": f"2024-04-{n:02d}", "amount": -n}
    for n in range(1, 8)
]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server(RECORDS) as made:
        yield made


def feed_of(server: FeedServer, **options: Any) -> Feed:
    return Feed(f"{server.url}?key=secret", **options)


def ids(pages: list[Page]) -> list[str]:
    return [
        row["posting_id"] for page in pages for row in page.parsed.postings.order_by("line").to_pyarrow().to_pylist()
    ]


def test_pages_are_pulled_to_the_end_through_failures(server: FeedServer, backend: Any) -> None:
    server.failures = [503, 0, 429, 200, 500, 200]
    waits: list[float] = []
    pages = list(pull(feed_of(server, headers={"Authorization": "Bearer x"}), backend, wait=waits.append))
    assert ids(pages) == [record["transaction_id"] for record in RECORDS]
    assert [page.cursor for page in pages] == ["3", "6", None]
    assert len(waits) == 4
    assert 0.3 < waits[0] < 0.7 < waits[1] < 1.3 < waits[2] < 2.6
    assert {token for _, token in server.asked} == {"Bearer x"}


def test_a_pull_cut_short_goes_on_from_the_cursor_kept(server: FeedServer, backend: Any) -> None:
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
    server: FeedServer, backend: Any, failures: list[int | bytes], words: str
) -> None:
    server.failures = list(failures)
    with pytest.raises(SourceError, match=words) as raised:
        list(pull(feed_of(server), backend, wait=lambda _: None))
    assert "secret" not in str(raised.value)
