"""From the canonical tables to scored customers: loan status, months, features, training, validation, scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

from analytics.models.catalogue import MODELS, ModelKind
from analytics.models.outcome import Outcome
from analytics.pipeline.books import Books, BooksWriter
from analytics.pipeline.periods import add_months, month_end
from governance.errors import ModelError, did_you_mean

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
        Version of the credit model that serves; None where none could be fitted, and ``refusal`` says why.
    metrics
        Pooled out-of-time metrics of the credit model, each with its interval; of the challenger where one was trained.
    challenger
        Version of the credit model that was trained and waits for a decision.
    left_out
        Postings in another than the main currency, by currency: in no sum.
    models
        What came of each model that was run, by name.

    Notes
    -----
    ``as_of`` to ``metrics`` are those of the only model where another than credit was run alone.
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
    models: Mapping[str, Outcome] = field(default_factory=dict)

    @classmethod
    def of(cls, data_clock: dt.date, made: FeatureTables, outcomes: Mapping[str, Outcome]) -> BuildReport:
        """Return the report of what came of the models."""
        main = outcomes.get("credit") or next(iter(outcomes.values()))
        return cls(
            data_clock=data_clock,
            as_of=main.as_of,
            month_ends=len(made.month_ends),
            feature_rows=made.rows,
            scored=main.scored,
            champion=main.champion,
            refusal=main.refusal,
            metrics=main.metrics,
            left_out=made.left_out,
            challenger=main.challenger,
            models=outcomes,
        )


def build(writer: BooksWriter, data_clock: dt.date, *, progress: Progress) -> BuildReport:
    """Derive everything from the canonical tables, up to the last month end that is not after the data clock.

    The versions that serve score; where none of a model does, one is trained and serves.

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
    made = write_features(writer, books, last, progress=lambda what, done: progress(what, 0.5 * done))
    return _modelled(writer, books, data_clock, made, progress, _scored)


def train(
    writer: BooksWriter, data_clock: dt.date, *, progress: Progress, model: str | None = None, trials: int = 0
) -> BuildReport:
    """Train and validate on the features that are there; the parameters are those of `build`.

    What was trained serves where nothing does yet, and waits for a decision where something does. ``trials`` settings
    of the trees are tried first.

    Parameters
    ----------
    model
        Which of `analytics.models.catalogue.MODELS`; all of them when None.

    Raises
    ------
    ModelError
        There is no such model, or there are no features yet.
    """
    _refuse_unknown(model, "train")
    books, made = _features(writer)
    step = partial(_trained, trials=trials) if trials else _trained
    return _modelled(writer, books, data_clock, made, progress, step, [model] if model else None)


def score(writer: BooksWriter, data_clock: dt.date, *, progress: Progress, model: str | None = None) -> BuildReport:
    """Score on the features that are there by the versions that serve; where none of a model does, train one that will.

    Parameters
    ----------
    model
        Which to score, with those that lean on its scores; all of them when None.

    Raises
    ------
    ModelError
        There is no such model, or there are no features yet.
    """
    _refuse_unknown(model, "score")
    books, made = _features(writer)
    concerned = [kind.name for kind in MODELS.values() if model in (None, kind.name, *kind.leans_on)]
    return _modelled(writer, books, data_clock, made, progress, _scored, concerned)


def _refuse_unknown(model: str | None, what: str) -> None:
    if model is not None and model not in MODELS:
        raise ModelError(f"There is no model '{model}' to {what}.{did_you_mean(model, MODELS)}")


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


#: What is done about a model: trained, or scored by what serves.
Step = Callable[[ModelKind, BooksWriter, Books, Sequence[dt.date], dt.date, Progress], Outcome]


def _modelled(
    writer: BooksWriter,
    books: Books,
    data_clock: dt.date,
    made: FeatureTables,
    progress: Progress,
    step: Step,
    names: Sequence[str] | None = None,
) -> BuildReport:
    """Take the models one after the other; one that cannot be fitted says why and keeps none of the others back."""
    wanted = [MODELS[name] for name in names or MODELS]
    outcomes: dict[str, Outcome] = {}
    for place, kind in enumerate(wanted):
        share = _share(progress, place / len(wanted), (place + 1) / len(wanted))
        try:
            outcomes[kind.name] = step(kind, writer, books, made.month_ends, data_clock, share)
        except ModelError as refusal:
            as_of = made.month_ends[-1] if made.month_ends else None
            outcomes[kind.name] = Outcome(as_of=as_of, refusal=str(refusal))
    progress("Done", 1.0)
    return BuildReport.of(data_clock, made, outcomes)


def _trained(
    kind: ModelKind,
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    progress: Progress,
    trials: int = 0,
) -> Outcome:
    if not trials:
        return kind.run(writer, books, month_ends, data_clock, progress=progress)
    if kind.is_refitted:
        raise ModelError(f"The {kind.name} model has no settings to try. Train it without --tune.")
    return kind.run(writer, books, month_ends, data_clock, progress=progress, trials=trials)


def _scored(
    kind: ModelKind,
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    progress: Progress,
) -> Outcome:
    """Score by what serves; train where nothing does, or where each build fits the model anew."""
    from analytics.models import registry
    from analytics.monitor.decisions import switched_off
    from analytics.monitor.life_cycle import retire_unreadable

    if off := switched_off(writer, kind.name):
        return Outcome(refusal=f"The {kind.name} model is switched off, by {off.by}: {off.reason}")
    if kind.is_refitted:
        return kind.run(writer, books, month_ends, data_clock, progress=progress)
    retire_unreadable(writer, kind.name)
    if registry.champion(writer, kind.name) is None or not month_ends:
        return kind.run(writer, books, month_ends, data_clock, progress=progress)
    return kind.score(writer, books, month_ends, data_clock, progress=progress)


def _share(progress: Progress, low: float, high: float) -> Progress:
    """Return a progress that fills the second half of the whole between two shares of it."""

    def told(what: str, done: float) -> None:
        progress(what, 0.5 + 0.5 * (low + (high - low) * done))

    return told


def open_books(writer: BooksWriter) -> Books:
    """Return the canonical tables with their main currency: the one most accounts are in."""
    names = [each.name for each in fields(Books) if each.name != "currency"]
    tables = {name: writer.table("core", name) for name in names}
    accounts = tables["accounts"]
    counts = writer.frame(accounts.group_by("currency").aggregate(accounts=accounts.count()))
    ranked = counts.sort_values(["accounts", "currency"], ascending=[False, True])["currency"]
    return Books(**tables, currency=str(ranked.iloc[0]) if len(ranked) else DEFAULT_CURRENCY)
