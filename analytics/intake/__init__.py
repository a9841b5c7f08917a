"""From files that were read to books: register, append, derive what changed, and say what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analytics.ingest.keeping import PREFIX
from analytics.intake.arrivals import FileReport, register
from analytics.intake.build_log import BuildLog
from analytics.intake.derive import Derived, derive
from analytics.intake.steps import AS_TOLD, Steps

if TYPE_CHECKING:
    from analytics.ingest.parsed import Parsed
    from analytics.writer import Writer

__all__ = ["AS_TOLD", "BuildLog", "Derived", "FileReport", "IntakeReport", "Steps", "derive", "take_in"]

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class IntakeReport:
    """What an intake did.

    Attributes
    ----------
    build_id
        Its row in ``quality.builds``; None where every file was there already and nothing changed.
    derived
        What became of ``core.transactions``.
    """

    files: tuple[FileReport, ...]
    build_id: str | None = None
    derived: Derived = field(default_factory=Derived)

    @property
    def changed(self) -> bool:
        """Whether anything came in."""
        return self.build_id is not None


def take_in(
    writer: Writer, parsed: Iterable[Parsed], steps: Steps, *, now: dt.datetime, progress: Progress
) -> IntakeReport:
    """Append what files say and bring everything derived of the postings up to date.

    All of it happens in the writer's draft: a crash leaves the books as they were, and the same files given
    again complete the work. A file that is there already changes nothing.

    Parameters
    ----------
    writer
        Open books.
    parsed
        Files, read on the writer's backend.
    steps
        How rows are enriched, and recurring payments found.
    now
        Load time, UTC; it stands in build metadata alone.
    progress
        Called with what is being done and the share that is behind.
    """
    log = BuildLog("incremental", now)
    reports = []
    for each in parsed:
        progress(f"Taking in {each.name}", 0.0)
        reports.append(register(writer, each, log))
    writer.discard(PREFIX)
    arrived = [report.file_id for report in reports if not report.there_already]
    if not arrived:
        return IntakeReport(tuple(reports))
    derived = derive(writer, steps, lambda row: row.file_id.isin(arrived), log=log, progress=progress)
    return IntakeReport(tuple(reports), log.write(writer), derived)
