"""One build of the credit model: vintages of two learners, validation, the choice, cards, scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.models import choosing, supervised, validation, vintages
from analytics.models.credit import CREDIT, NAME, PEOPLE
from analytics.models.credit_card import completed
from analytics.models.credit_data import groups_of, scoring_frame, training_frame
from analytics.models.outcome import Outcome
from analytics.models.scores import score_rows
from analytics.models.serving_run import Served, entered, rescored
from analytics.models.supervised import How, SupervisedModel
from analytics.models.validation import Fold
from analytics.models.vintages import BASELINE, LABELS, Trained
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer
    from analytics.pipeline.books import Books, BooksWriter

#: Learners fitted side by side where the bads support both, the simpler first; a tie goes to it.
BOTH: tuple[How, ...] = ("scorecard", "blend")


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
    trials: int = 0,
) -> Outcome:
    """Train vintages each quarter, validate, choose, score the last twelve month ends, write registry and scores."""
    if not month_ends:
        return Outcome(people=PEOPLE, refusal="There is no whole month of postings.")
    last = month_ends[-1]
    progress("Collecting labels", 0.0)
    frame = training_frame(writer, books, training_dates(month_ends), data_clock)
    progress("Training the credit model", 0.1)
    tuning = vintages.tuned_before(CREDIT, frame, last, trials) if trials else None
    as_ofs = {*vintages.vintage_dates(last), *fold_dates(last)}
    trained = train(frame, as_ofs, last, tuning.parameters if tuning else MappingProxyType({}))
    newest = trained[last]
    if isinstance(newest, ModelError):
        return Outcome(as_of=last, people=PEOPLE, refusal=str(newest))
    progress("Validating out of time", 0.6)
    folds = [scored_fold(frame, each) for each in vintages.fitted(trained, fold_dates(last))]
    groups = groups_of(books, writer, validation.pooled_rows(folds)) if folds else {}
    progress("Scoring borrowers", 0.8)
    scoring = scoring_frame(writer, books, month_ends[-vintages.SCORED_MONTHS :])
    chosen = choice(newest, vintages.fitted(trained, vintages.vintage_dates(last)), folds)
    cards = {
        way: completed(model, frame, scoring, folds, ours=way, groups=groups).with_facts(**chosen.facts)
        for way, model in newest.models.items()
        if way != BASELINE
    }
    best = cards.pop(chosen.way).with_facts(**({"tuning": tuning.as_dict()} if tuning else {}))
    return entered(writer, books, SERVED, [best, *chosen.vintages[1:]], scoring, last, beside=list(cards.values()))


def score(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,  # noqa: ARG001
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Score the last twelve month ends, each by what had been trained by then and served; no training."""
    progress("Scoring borrowers", 0.5)
    scoring = scoring_frame(writer, books, month_ends[-vintages.SCORED_MONTHS :])
    return rescored(writer, books, SERVED, scoring, month_ends[-1])


def training_dates(month_ends: Sequence[dt.date]) -> list[dt.date]:
    """Return every third month end whose label can be complete."""
    return vintages.training_dates(month_ends, CREDIT.window_months)


def fold_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a fold tests, newest first."""
    return vintages.fold_dates(last, CREDIT.window_months)


def train(
    frame: pd.DataFrame, as_ofs: set[dt.date], last: dt.date, tuned: Mapping[str, Any] = MappingProxyType({})
) -> dict[dt.date, Trained | ModelError]:
    """Fit both learners at each as-of where the newest has bads enough, else the logistic regression alone."""
    past = validation.complete_before(frame, last, CREDIT.window_months)
    how = supervised.learner_for(CREDIT, supervised.bad_customers(past))
    return vintages.train(CREDIT, frame, as_ofs, last, BOTH if how in BOTH else (how,), tuned)


def scored_fold(frame: pd.DataFrame, trained: Trained) -> Fold:
    """Return a fold with a column for each learner, the baseline's named ``baseline``."""
    named = {("baseline" if way == BASELINE else way): model for way, model in trained.models.items()}
    return validation.scored_fold(frame, named, beside=("thin_file",))


@dataclass(frozen=True)
class Chosen:
    """Which learner is to serve, its vintages newest first, and what the cards say of it."""

    way: How
    vintages: Sequence[SupervisedModel]
    facts: Mapping[str, Any]


def choice(newest: Trained, fitted: Sequence[Trained], folds: Sequence[Fold]) -> Chosen:
    """Choose between the two learners by their folds; the only one where there is one."""
    ways = [way for way in newest.models if way != BASELINE]
    if len(ways) == 1:
        return Chosen(ways[0], [each.models[ways[0]] for each in fitted], MappingProxyType({}))
    simple, other = BOTH
    gap = validation.auc_gap(validation.pooled_rows(folds), other, simple) if folds else None
    made = choosing.choose(LABELS[simple], LABELS[other], gap)
    way = simple if made.chosen == LABELS[simple] else other
    return Chosen(way, [each.models[way] for each in fitted], MappingProxyType({"choice": made.as_dict()}))


def _score_rows(
    model: Scorer, frame: pd.DataFrame, backcast: bool, routed: Sequence[tuple[Scorer, pd.Series[bool]]]
) -> pd.DataFrame:
    return score_rows(model, frame, name=NAME, backcast=backcast, routed=routed)


SERVED = Served(NAME, PEOPLE, _score_rows)
