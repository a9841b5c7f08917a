"""Declared sources into a workspace's books: a feed from where the last pull ended, a table as it is now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import SourceError
from governance.principal import local_principal
from governance.settings import Settings, secret
from tools.operations.declared import Declared, load_declared
from tools.operations.intake import take_in_files
from tools.operations.preview import Preview, preview_of
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.ingest.owners import Pseudonym
    from analytics.ingest.parsed import Parsed
    from analytics.ingest.pull_feed import Feed, Page
    from analytics.intake import IntakeReport

Wait = Callable[[float], None]


@dataclass
class Stream:
    """Pages on their way into the books: where the feed goes on, and what cut it short."""

    cursor: str | None
    problem: SourceError | None = None
    pages: int = field(default=0)

    def through(self, pages: Iterator[Page]) -> Iterator[Parsed]:
        """Yield what the pages hold; a feed that breaks off ends the stream, so that what came is kept."""
        try:
            for page in pages:
                self.pages += 1
                yield page.parsed
                self.cursor = page.cursor or self.cursor
        except SourceError as problem:
            self.problem = problem


def pull_source(
    path: Path,
    name: str,
    *,
    settings: Settings | None = None,
    progress: Progress = silent,
    wait: Wait = time.sleep,
) -> IntakeReport:
    """Pull what a declared source has that the books have not.

    A feed goes on from the cursor of the last page with a successor: the last page is asked for again, since it may
    have grown, and records that are there already change nothing. The cursor is kept in the books with the postings.

    Raises
    ------
    SourceError
        The declaration is wrong, or the source does not answer. Pages that came before are kept, and the next pull goes
        on after them.
    ConfigurationError
        A secret that the declaration names is not set.
    """
    declared = load_declared(path)
    if declared.kind == "database":
        return take_in_files(
            name, lambda workspace, backend: [_table(declared, backend, workspace.pseudonym)],
            settings=settings, progress=progress,
        )  # fmt: skip
    feed, key = _feed(declared), f"feed_cursor:{declared.name}"
    stream = Stream(None)

    def reading(workspace: Workspace, backend: Any) -> Iterable[Parsed]:
        from analytics.ingest.pull_feed import pull

        stream.cursor = workspace.meta(local_principal(name)).get(key)
        customer = declared.options.get("customer")
        pages = pull(
            feed, backend, cursor=stream.cursor, customer=customer, pseudonym=workspace.pseudonym, wait=wait
        )  # fmt: skip
        return stream.through(pages)

    report = take_in_files(
        name, reading, settings=settings, progress=progress,
        facts=lambda: {key: stream.cursor} if stream.cursor else {},
    )  # fmt: skip
    if stream.problem is not None:
        raise stream.problem
    return report


def preview_source(path: Path, *, rows: int = 10) -> Preview:
    """Show what a declared source would bring: a feed's first page, or the table; nothing is written."""
    from analytics.engine import passing_backend
    from analytics.ingest.owners import passing_pseudonym
    from analytics.ingest.pull_feed import pull

    declared, backend = load_declared(path), passing_backend()
    if declared.kind == "database":
        return preview_of(_table(declared, backend, passing_pseudonym), rows)
    page = next(pull(_feed(declared), backend, customer=declared.options.get("customer")))
    return preview_of(page.parsed, rows)


def _feed(declared: Declared) -> Feed:
    from analytics.ingest.pull_feed import Feed

    options = {key: value for key, value in declared.options.items() if key not in ("token", "customer")}
    headers = {}
    if "token" in declared.options:
        headers["Authorization"] = f"Bearer {secret(str(declared.options['token'])).get_secret_value()}"
    return Feed(**options, headers=headers)


def _table(declared: Declared, backend: Any, pseudonym: Pseudonym) -> Parsed:
    from analytics.ingest.database import read_database_table

    return read_database_table(
        secret(str(declared.options["address"])).get_secret_value(), str(declared.options["table"]),
        declared.mapping(), backend, account=declared.options.get("account"),
        customer=declared.options.get("customer"), pseudonym=pseudonym,
    )  # fmt: skip
