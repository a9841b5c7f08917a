"""From the canonical tables to scored borrowers: loan status, months, features, training, validation, scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from analytics.models.outcome import Outcome
from analytics.pipeline.books import Books, BooksWriter
from analytics.pipeline.periods import add_months, month_end
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.features.tables import FeatureTables

Progress = Callable[[str, float], None]
DEFAULT_CURRENCY = "INR"


@dataclass(frozen=True)
class BuildReport:
    """What a build made.

    Attributes
    ----------
    as_of
        Newest month end scored; None where nobody could be.
    champion
        Version of the model that serves; None where none could be fitted, and ``refusal`` says why.
    metrics
        Pooled out-of-time metrics of the model, each with its interval; of the challenger where one was trained.
    challenger
        Version that was trained and waits for a decision.
    left_out
        Postings in another than the main currency, by currency: in no sum.
    """

    data_clock: dt.date
    as_of: dt.date | None
    month_ends: int
    feature_rows: int
    scored: int
    champion: str | None = None
    refusal: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    challenger: str | None = None


def build(writer: BooksWriter, data_clock: dt.date, *, progress: Progress) -> BuildReport:
    """Derive everything from the canonical tables, up to the last month end that is not after the data clock.

    The version that serves scores; where none does, one is trained and serves.

    Parameters
    ----------
    writer
        Open books; what is there of derived tables is replaced.
    data_clock
        Newest accepted posting date.
    progress
        Called with what is being done and the share that is behind.
    """
    from analytics.features.tables import write_features

    progress("Where each loan stands", 0.0)
    books = open_books(writer)
    last = data_clock if data_clock == month_end(data_clock) else add_months(data_clock, -1)
    made = write_features(writer, books, last, progress=progress)
    return _scored(writer, books, data_clock, made, progress)


def train(writer: BooksWriter, data_clock: dt.date, *, progress: Progress, trials: int = 0) -> BuildReport:
    """Train and validate on the features that are there; the parameters are those of `build`.

    What was trained serves where nothing does yet, and waits for a decision where something does. ``trials`` settings
    of the trees are tried first.

    Raises
    ------
    ModelError
        There are no features yet.
    """
    books, made = _features(writer)
    return _reported(data_clock, made, _trained(writer, books, data_clock, made, progress, trials), progress)


def score(writer: BooksWriter, data_clock: dt.date, *, progress: Progress) -> BuildReport:
    """Score on the features that are there by the version that serves; where none does, train one that will.

    Raises
    ------
    ModelError
        There are no features yet.
    """
    books, made = _features(writer)
    return _scored(writer, books, data_clock, made, progress)


def _features(writer: BooksWriter) -> tuple[Books, FeatureTables]:
    from analytics.features.tables import written_features

    books = open_books(writer)
    made = written_features(writer, books)
    if not made.rows:
        raise ModelError(
            "There are no features to train on: they begin with the first whole month of postings. "
            "Ingest more, or build the workspace: `munshi build`."
        )
    return books, made


def _scored(
    writer: BooksWriter, books: Books, data_clock: dt.date, made: FeatureTables, progress: Progress
) -> BuildReport:
    from analytics.models import applications, serving
    from analytics.monitor.decisions import switched_off
    from analytics.monitor.life_cycle import retire_unreadable

    retire_unreadable(writer, applications.NAME)
    if off := switched_off(writer, applications.NAME):
        outcome = Outcome(refusal=f"The credit model is switched off, by {off.by}: {off.reason}")
    elif not serving.serving_versions(writer, applications.NAME):
        outcome = _trained(writer, books, data_clock, made, progress)
    elif applications.has_outcomes(writer, books):
        outcome = serving.score_applications(writer, books, data_clock, progress=progress)
    else:
        outcome = serving.score_credit(writer, books, made.month_ends, progress=progress)
    return _reported(data_clock, made, outcome, progress)


def _trained(
    writer: BooksWriter,
    books: Books,
    data_clock: dt.date,
    made: FeatureTables,
    progress: Progress,
    trials: int = 0,
) -> Outcome:
    from analytics.models import applications, credit_run

    if applications.has_outcomes(writer, books):
        return applications.run(writer, books, data_clock, progress=progress)
    return credit_run.run(writer, books, made.month_ends, data_clock, progress=progress, trials=trials)


def _reported(data_clock: dt.date, made: FeatureTables, outcome: Outcome, progress: Progress) -> BuildReport:
    progress("Done", 1.0)
    return BuildReport(
        data_clock=data_clock,
        as_of=outcome.as_of,
        month_ends=len(made.month_ends),
        feature_rows=made.rows,
        scored=outcome.scored,
        champion=outcome.champion,
        refusal=outcome.refusal,
        metrics=outcome.metrics,
        left_out=made.left_out,
        challenger=outcome.challenger,
    )


def open_books(writer: BooksWriter) -> Books:
    """Return the canonical tables with their main currency: the one most accounts are in."""
    names = [each.name for each in fields(Books) if each.name != "currency"]
    tables = {name: writer.table("core", name) for name in names}
    accounts = tables["accounts"]
    counts = writer.frame(accounts.group_by("currency").aggregate(accounts=accounts.count()))
    ranked = counts.sort_values(["accounts", "currency"], ascending=[False, True])["currency"]
    return Books(**tables, currency=str(ranked.iloc[0]) if len(ranked) else DEFAULT_CURRENCY)
