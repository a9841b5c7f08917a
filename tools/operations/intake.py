"""Statements, feeds and corrections into a workspace's books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.intake import BuildLog, IntakeReport, Steps, derive, take_in
from analytics.writer_lock import Waiting
from governance.errors import SourceError
from governance.settings import Settings, load_settings
from tools.operations.arrived import Arrived
from tools.operations.fill import open_or_create
from tools.operations.knowledge_base import write_passages
from tools.operations.progress import Progress, part, silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.ingest.parsed import Parsed
    from analytics.writer import Writer

#: Seconds an ingest waits for another one.
PATIENCE = 600.0
#: Memory of the engine while files are read and while they are derived, part by part: more would only be filled. What
#: reading holds beside the engine (text cut into columns) comes on top, so that the engine gets less then.
READING_MEMORY, MEMORY = "1500MB", "2500MB"
Reading = Callable[[Workspace, Any], Iterable["Parsed"]]


def statement_steps() -> Steps:
    """What is done to the postings of statements: narrations read and categorised, recurring payments found."""
    from analytics.pipeline.enrich import Enrichment
    from analytics.pipeline.recurring import Recurrence

    return Steps(Enrichment(), Recurrence())


def ingest_file(
    path: Path,
    name: str,
    *,
    source: str | None = None,
    account: str | None = None,
    customer: str | None = None,
    mapping_file: Path | None = None,
    currency: str | None = None,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> IntakeReport:
    """Read one file in whatever layout it has and bring it into a workspace's books.

    Raises
    ------
    SourceError
        The file cannot be read, no layout fits, whose it is is not told, or the workspace is the sandbox.
    """
    from analytics.ingest.mapping import load_mapping
    from analytics.ingest.reading import read_file

    if not path.is_file():
        raise SourceError(f"There is no file {path.name} there.")
    mapping = load_mapping(mapping_file) if mapping_file else None

    def reading(workspace: Workspace, backend: Any) -> Iterable[Parsed]:
        return [
            read_file(
                path, backend, source=source, account=account, customer=customer, mapping=mapping, currency=currency,
                pseudonym=workspace.pseudonym,
            )
        ]  # fmt: skip

    return take_in_files(name, reading, settings=settings, progress=progress)


def take_in_files(
    name: str,
    reading: Reading,
    *,
    steps: Steps | None = None,
    settings: Settings | None = None,
    patience: float = PATIENCE,
    facts: Callable[[], Mapping[str, str]] = dict,
    progress: Progress = silent,
) -> IntakeReport:
    """Bring files into a workspace's books, bring features up to date, check, and publish.

    Postings that came in real time come in beside them.

    Parameters
    ----------
    name
        Workspace; made when there is none.
    reading
        The workspace and the writer's Ibis backend → files that were read on it.
    steps
        How rows are enriched, and recurring payments found; `statement_steps` by default.
    patience
        Seconds to wait for another writer.
    facts
        Called when the files are in: what to keep of the source beside them, in the same transaction.

    Raises
    ------
    WorkspaceBusy
        Another process still writes after that time; the message names it.
    SourceError
        The workspace is the sandbox.
    """
    now = dt.datetime.now(dt.UTC)
    waiting = Waiting(patience, lambda sentence: progress(sentence, 0.0))
    with open_or_create(name, settings or load_settings()) as workspace:
        arrived = Arrived(workspace)
        with workspace.lake.writer("taking in files", waiting=waiting) as writer:
            writer.execute(f"SET memory_limit = '{READING_MEMORY}'")
            _refuse_sandbox(writer, name)
            files = chain(reading(workspace, writer.backend), arrived.files())
            writer.execute(f"SET memory_limit = '{MEMORY}'")
            report = take_in(writer, files, steps or statement_steps(), now=now, progress=part(progress, 0.0, 0.7))
            for key, value in facts().items():
                writer.set_meta(key, value)
            if report.build_id is not None:
                brought_up_to_date(writer, report.build_id, part(progress, 0.7, 1.0))
        arrived.taken_in()
        return report


def take_in_arrivals(name: str, *, settings: Settings | None = None, progress: Progress = silent) -> IntakeReport:
    """Bring the postings that came in real time into the books; every other intake does so beside its files."""
    return take_in_files(name, lambda *_: (), settings=settings, progress=progress)


def derive_again(
    name: str, *, steps: Steps | None = None, settings: Settings | None = None, progress: Progress = silent
) -> str:
    """Derive everything from the raw postings again, with the rules of today; return the build's id."""
    log = BuildLog("full", dt.datetime.now(dt.UTC))
    with Workspace.open(name, settings) as workspace, workspace.lake.writer("deriving the books again") as writer:
        derive(writer, steps or statement_steps(), log=log, progress=part(progress, 0.0, 0.7))
        build_id = log.write(writer)
        brought_up_to_date(writer, build_id, part(progress, 0.7, 1.0))
        return build_id


def _refuse_sandbox(writer: Writer, name: str) -> None:
    found = writer.execute("SELECT value FROM books.meta.workspace WHERE key = 'source'").rows
    if found and found[0][0] == "sandbox":
        raise SourceError(
            f"Workspace {name} is the simulated lender; statements of real accounts do not belong into it. "
            "Name another: --workspace mine."
        )


def brought_up_to_date(writer: Writer, build_id: str, progress: Progress) -> None:
    """Bring features up to date with the months that a derivation touched, and check the books."""
    from analytics.build import open_books
    from analytics.features.tables import refresh_features
    from analytics.pipeline.periods import add_months, month_end
    from analytics.pipeline.quality.checks import write

    clock = writer.execute("SELECT max(posted_at)::DATE FROM books.core.transactions").rows[0][0]
    if clock is not None:
        books = open_books(writer)
        source = writer.execute("SELECT max(source) FROM books.raw.files").rows[0][0]
        facts = {"data_clock": clock.isoformat(), "currency": books.currency, "source": source}
        for key, value in facts.items():
            writer.set_meta(key, value)
        last = clock if clock == month_end(clock) else add_months(clock, -1)
        touched = writer.backend.table("touched_months", database=("temp", "main"))
        refresh_features(writer, books, touched, last, progress=progress)
        write_passages(writer, clock)
    progress("Checking the books", 0.9)
    write(writer, build_id)
