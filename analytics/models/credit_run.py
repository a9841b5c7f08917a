"""One build of the credit model: vintages, validation, card, scores."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.features.catalogue import FEATURES
from analytics.models import credit, validation
from analytics.models.credit import NAME, CreditModel
from analytics.models.credit_card import completed
from analytics.models.credit_data import scoring_frame, training_frame
from analytics.models.credit_labels import WINDOW_MONTHS
from analytics.models.outcome import Outcome
from analytics.models.registry import write_model
from analytics.models.scores import score_rows
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
#: Bad customers from which trees are fitted beside a logistic champion, to say how they would have done.
BADS_FOR_CHALLENGER = 40
DIRECTIONS: Mapping[str, int] = {name: feature.direction for name, feature in FEATURES.items()}


@dataclass(frozen=True)
class Trained:
    """A model and, for a fold, others fitted on the same rows: the baseline, the challenger."""

    model: CreditModel
    rivals: Mapping[str, CreditModel]


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Train a vintage each quarter, validate, score the last twelve month ends, write registry and scores."""
    if not month_ends:
        return Outcome(refusal="There is no whole month of postings.")
    progress("Collecting labels", 0.5)
    frame = training_frame(writer, books, month_ends[WARM_UP_MONTHS - 1 :], data_clock)
    progress("Training the credit model", 0.55)
    last = month_ends[-1]
    trained = train(frame, last)
    if isinstance(refusal := trained[last], ModelError):
        return Outcome(as_of=last, refusal=str(refusal))
    vintages = [each.model for each in _fitted(trained, vintage_dates(last))]
    progress("Validating out of time", 0.8)
    tested = _fitted(trained, fold_dates(last))
    folds = [validation.scored_fold(frame, each.model, each.rivals) for each in tested]
    progress("Scoring borrowers", 0.9)
    scoring = scoring_frame(writer, books, month_ends[-SCORED_MONTHS:])
    champion = completed(vintages[0], frame, scoring, folds)
    rows = score_history([champion, *vintages[1:]], scoring)
    latest = rows[(rows["as_of"].dt.date == last) & (rows["version"] == champion.version)]
    write_model(writer, NAME, [champion, *vintages[1:]], rows, latest)
    return Outcome(last, champion.version, len(latest), metrics=champion.card()["validation"].get("metrics", {}))


def vintage_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a model is trained at, newest first: enough for each month end scored."""
    return [add_months(last, -back) for back in range(0, SCORED_MONTHS + 1, MONTHS_PER_VINTAGE)]


def fold_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a fold tests, newest first: a quarter apart, the whole label window before the clock."""
    return [add_months(last, -WINDOW_MONTHS - number * MONTHS_PER_VINTAGE) for number in range(FOLDS)]


def train(frame: pd.DataFrame, last: dt.date) -> dict[dt.date, Trained | ModelError]:
    """Fit every vintage and fold, two at a time, all with the learner that the newest supports.

    Where a model could not be fitted, there is why.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    how = credit.learner_for(credit.bad_customers(validation.complete_before(frame, last)))
    tested = fold_dates(last)
    as_ofs = sorted({*vintage_dates(last), *tested}, reverse=True)
    with threadpool_limits(1), ThreadPoolExecutor(FITS_AT_ONCE) as pool:
        return dict(
            zip(as_ofs, pool.map(lambda as_of: _train_one(frame, as_of, how, as_of in tested), as_ofs), strict=True)
        )


def _train_one(frame: pd.DataFrame, as_of: dt.date, how: credit.How, beside: bool) -> Trained | ModelError:
    """Fit one model and, for a fold, the baseline and the other learner beside it."""
    past = validation.complete_before(frame, as_of)
    rivals: dict[str, CreditModel] = {}
    try:
        model = credit.fit(past, trained_as_of=as_of, features=DIRECTIONS, how=how)
        if beside:
            rivals["baseline"] = credit.fit(past, trained_as_of=as_of, features=DIRECTIONS, how="free logistic")
        if beside and how != "trees" and credit.bad_customers(past) >= BADS_FOR_CHALLENGER:
            rivals["challenger"] = credit.fit(
                past, trained_as_of=as_of, features=DIRECTIONS, how="trees", calibrated=False
            )
    except ModelError as refusal:
        return refusal
    return Trained(model, rivals)


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
