"""One build of the credit model: vintages, validation, card, scores."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.features.catalogue import FEATURES
from analytics.models import credit, validation
from analytics.models.credit import NAME, CreditModel
from analytics.models.credit_card import completed
from analytics.models.credit_data import scoring_frame, training_frame
from analytics.models.credit_labels import WINDOW_MONTHS
from analytics.models.outcome import Outcome
from analytics.models.registry import champion, fresh_version, write_scores
from analytics.models.scores import score_rows
from analytics.models.tuning import Tuning, tune
from analytics.monitor.life_cycle import enrol
from analytics.pipeline.periods import add_months
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Month ends scored, and months between two trainings.
SCORED_MONTHS = 12
MONTHS_PER_VINTAGE = 3
#: Month ends of history before a training as-of, so that half-year windows are whole.
WARM_UP_MONTHS = 6
FOLDS = 3
FITS_AT_ONCE = 2
DIRECTIONS: Mapping[str, int] = {name: feature.direction for name, feature in FEATURES.items()}


@dataclass(frozen=True)
class Trained:
    """A model and, for a fold, the logistic baseline fitted on the same rows."""

    model: CreditModel
    baseline: CreditModel | None = None


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
    trials: int = 0,
) -> Outcome:
    """Train a vintage each quarter, validate, register; what serves is scored for the last twelve month ends."""
    if not month_ends:
        return Outcome(refusal="There is no whole month of postings.")
    progress("Collecting labels", 0.5)
    frame = training_frame(writer, books, training_dates(month_ends), data_clock)
    progress("Training the credit model", 0.55)
    last = month_ends[-1]
    tuning = _tuned(frame, last, trials) if trials else None
    trained = train(frame, {*vintage_dates(last), *fold_dates(last)}, last, tuned=tuning.parameters if tuning else {})
    if isinstance(refusal := trained[last], ModelError):
        return Outcome(as_of=last, refusal=str(refusal))
    vintages = [each.model for each in _fitted(trained, vintage_dates(last))]
    progress("Validating out of time", 0.8)
    tested = _fitted(trained, fold_dates(last))
    folds = [validation.scored_fold(frame, each.model, each.baseline) for each in tested if each.baseline]
    progress("Scoring borrowers", 0.9)
    scoring = scoring_frame(writer, books, month_ends[-SCORED_MONTHS:])
    newest = completed(vintages[0], frame, scoring, folds)
    newest = newest.with_facts(tuning=tuning.as_dict()) if tuning else newest
    newest = replace(newest, version=fresh_version(writer, NAME, newest.version))
    serving = champion(writer, NAME)
    metrics = newest.card()["validation"].get("metrics", {})
    if enrol(writer, NAME, [newest, *vintages[1:]]) == "challenger" and serving:
        return Outcome(last, serving.version, metrics=metrics, challenger=newest.version)
    rows = score_history([newest, *vintages[1:]], scoring)
    latest = rows[(rows["as_of"].dt.date == last) & (rows["version"] == newest.version)]
    write_scores(writer, NAME, rows, latest)
    return Outcome(last, newest.version, len(latest), metrics=metrics)


def training_dates(month_ends: Sequence[dt.date]) -> list[dt.date]:
    """Return every third month end: the label windows of those between overlap them and add little."""
    return sorted(month_ends[WARM_UP_MONTHS - 1 :][::-1][::MONTHS_PER_VINTAGE])


def vintage_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a model is trained at, newest first: enough for each month end scored."""
    return [add_months(last, -back) for back in range(0, SCORED_MONTHS + 1, MONTHS_PER_VINTAGE)]


def fold_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a fold tests, newest first: a quarter apart, the whole label window before the clock."""
    return [add_months(last, -WINDOW_MONTHS - number * MONTHS_PER_VINTAGE) for number in range(FOLDS)]


def _tuned(frame: pd.DataFrame, last: dt.date, trials: int) -> Tuning:
    """Tune on folds that lie wholly before those the model is validated on."""
    before = [add_months(day, -MONTHS_PER_VINTAGE * FOLDS) for day in fold_dates(last)]
    return tune(frame, before, DIRECTIONS, trials=trials)


def train(
    frame: pd.DataFrame, as_ofs: Collection[dt.date], last: dt.date, *, tuned: Mapping[str, Any] = MappingProxyType({})
) -> dict[dt.date, Trained | ModelError]:
    """Fit a model at each as-of, two at a time, all with the learner that ``last`` supports.

    Those that test a fold have a baseline beside them; where a model could not be fitted, there is why.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    how = credit.learner_for(credit.bad_customers(validation.complete_before(frame, last)))
    tested = fold_dates(last)
    newest_first = sorted(as_ofs, reverse=True)
    with threadpool_limits(1), ThreadPoolExecutor(FITS_AT_ONCE) as pool:
        fitted = pool.map(lambda as_of: _train_one(frame, as_of, how, as_of in tested, tuned), newest_first)
        return dict(zip(newest_first, fitted, strict=True))


def _train_one(
    frame: pd.DataFrame, as_of: dt.date, how: credit.How, is_tested: bool, tuned: Mapping[str, Any]
) -> Trained | ModelError:
    """Fit one model and, for a fold, the baseline beside it."""
    past = validation.complete_before(frame, as_of)
    ways: tuple[credit.How, ...] = (how, "free logistic") if is_tested else (how,)
    try:
        return Trained(
            *(credit.fit(past, trained_as_of=as_of, features=DIRECTIONS, how=way, tuned=tuned) for way in ways)
        )
    except ModelError as refusal:
        return refusal


def _fitted(trained: Mapping[dt.date, Trained | ModelError], as_ofs: Sequence[dt.date]) -> list[Trained]:
    """Return what could be fitted, newest first, up to the first that could not."""
    found = (trained[as_of] for as_of in as_ofs)
    return [each for each in itertools.takewhile(lambda each: isinstance(each, Trained), found)
            if isinstance(each, Trained)]  # fmt: skip


def score_history(vintages: Sequence[CreditModel], scoring: pd.DataFrame) -> pd.DataFrame:
    """Score each as-of by the newest vintage trained by then, else by the oldest there is, marked backcast."""
    import pandas as pd

    parts = []
    for _, frame in scoring.groupby("as_of", sort=True):
        as_of = frame["as_of"].iloc[0].date()
        in_time = [model for model in vintages if model.trained_as_of <= as_of]
        model = in_time[0] if in_time else vintages[-1]
        parts.append(score_rows(model, frame, name=NAME, backcast=not in_time))
    return pd.concat(parts, ignore_index=True)
