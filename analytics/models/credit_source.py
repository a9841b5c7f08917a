"""Which credit model a source supports: of borrowers by their instalments, or of loans by how they ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analytics.models import applications, credit_run
from analytics.models.outcome import Outcome
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.pipeline.books import Books, BooksWriter


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
    trials: int = 0,
) -> Outcome:
    """Run `analytics.models.applications` where outcomes are told without instalments, else `credit_run`."""
    if applications.has_outcomes(writer, books):
        if trials:
            raise ModelError("Where loans are scored on their eve there are no settings to try. Train without --tune.")
        return applications.run(writer, books, data_clock, progress=progress)
    return credit_run.run(writer, books, month_ends, data_clock, progress=progress, trials=trials)


def score(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Score by what serves, see `run`."""
    if applications.has_outcomes(writer, books):
        return applications.score(writer, books, data_clock, progress=progress)
    return credit_run.score(writer, books, month_ends, data_clock, progress=progress)
