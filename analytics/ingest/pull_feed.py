"""A feed that is pulled page by page over HTTP: a cursor that the caller keeps, patience where the server has none."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analytics.ingest.owners import Pseudonym, passing_pseudonym
from analytics.ingest.parsed import Parsed
from analytics.ingest.parsing import Asked
from analytics.ingest.reading import read_records
from analytics.ingest.record_batch import FLAT_RECORD, batch_of
from analytics.ingest.survey import Survey
from governance.errors import SourceError

#: Answers after which it is worth asking again.
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
#: A page larger than this is no page.
LARGEST_PAGE = 32 << 20


@dataclass(frozen=True)
class Feed:
    """Where a feed is and how it is asked.

    Parameters
    ----------
    url
        Address of the first page; ``http`` or ``https``.
    cursor_parameter
        Name of the query parameter that says where to go on.
    records, next_cursor
        Names, in a page, of the list of records and of the cursor of the next page; no cursor, no next page.
    headers
        Sent with each request, credentials among them; shown nowhere.
    attempts, first_wait, longest_wait
        How often a page is asked for, and the seconds between: doubled each time, up to the longest.
    """

    url: str
    cursor_parameter: str = "cursor"
    records: str = "records"
    next_cursor: str = "next_cursor"
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 30.0
    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0

    @property
    def name(self) -> str:
        """The address without credentials and query."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or ''}{parts.path}"


@dataclass(frozen=True)
class Page:
    """One page, read. ``cursor`` is where to go on after it; keep it once the page is in the books."""

    parsed: Parsed
    cursor: str | None


def pull(
    feed: Feed,
    backend: Any,
    *,
    cursor: str | None = None,
    customer: str | None = None,
    pseudonym: Pseudonym = passing_pseudonym,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[Page]:
    """Pull pages from ``cursor`` on until there is no next one.

    A record's id is its posting's id, so a page that comes twice changes nothing.

    Raises
    ------
    SourceError
        The feed does not answer after all attempts, refuses, or answers something else; the pages before stay good.
    """
    import httpx

    if urlsplit(feed.url).scheme not in ("http", "https"):
        raise SourceError("The feed's address is neither http nor https.")
    seen = {cursor}
    with httpx.Client(headers=feed.headers, timeout=feed.timeout, follow_redirects=False) as client:
        while True:
            content = _asked(client, feed, cursor, wait)
            records, cursor = _page(feed, content)
            yield Page(_parsed(feed, content, records, backend, Asked(None, customer, None, pseudonym)), cursor)
            if cursor is None:
                return
            if cursor in seen:
                raise SourceError(f"The feed {feed.name} goes in circles: it gave the same cursor twice.")
            seen.add(cursor)


def _asked(client: Any, feed: Feed, cursor: str | None, wait: Callable[[float], None]) -> bytes:
    import httpx

    problem = ""
    for attempt in range(feed.attempts):
        if attempt:
            wait(_pause(feed, attempt))
        try:
            with client.stream("GET", feed.url, params={feed.cursor_parameter: cursor} if cursor else None) as answer:
                if answer.status_code == 200:
                    return _body(feed, answer)
                problem = f"it answered {answer.status_code}"
                if answer.status_code not in AGAIN:
                    raise SourceError(f"The feed {feed.name} refuses: {problem}. Look at its address and credentials.")
        except httpx.TransportError as error:
            problem = type(error).__name__
    raise SourceError(
        f"The feed {feed.name} gave no page in {feed.attempts} attempts ({problem}). "
        "What came before is kept: pull again from the last cursor."
    )


def _pause(feed: Feed, attempt: int) -> float:
    """Return the seconds before an attempt: doubled each time, a quarter more or less so that not all come at once."""
    waited = min(feed.longest_wait, feed.first_wait * 2.0 ** (attempt - 1))
    return waited * random.uniform(0.75, 1.25)


def _body(feed: Feed, answer: Any) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > LARGEST_PAGE:
            raise SourceError(f"The feed {feed.name} gave a page of more than {LARGEST_PAGE >> 20} MiB.")
        parts.append(part)
    return b"".join(parts)


def _page(feed: Feed, content: bytes) -> tuple[list[Any], str | None]:
    try:
        page = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceError(f"The feed {feed.name} gave a page that is not JSON.") from None
    records = page.get(feed.records) if isinstance(page, dict) else None
    if not isinstance(records, list):
        raise SourceError(f"The feed {feed.name} gave a page without a list of `{feed.records}`.")
    following = page.get(feed.next_cursor)
    return records, str(following) if following not in (None, "") else None


def _parsed(feed: Feed, content: bytes, records: list[Any], backend: Any, asked: Asked) -> Parsed:
    origin = Survey(Path(feed.name), hashlib.sha256(content).hexdigest(), len(content), "json")
    batch = batch_of(enumerate(records, 1), FLAT_RECORD)
    if not records:  # an empty page is a page
        batch = replace(batch, heading=tuple(names[0] for names in FLAT_RECORD.headings.values()))
    return read_records(batch, origin, backend, asked)
