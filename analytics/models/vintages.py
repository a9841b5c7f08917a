"""Models trained as time went by: one each quarter to score with, and those that test a fold out of time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.models import supervised, validation
from analytics.models.supervised import How, SupervisedModel
from analytics.models.tuning import Tuning, tune
from analytics.pipeline.periods import add_months
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer
    from analytics.models.scheme import Scheme

#: Month ends scored, and months between two trainings.
SCORED_MONTHS = 12
MONTHS_PER_VINTAGE = 3
#: Month ends of history before a training as-of, so that half-year windows are whole.
WARM_UP_MONTHS = 6
FOLDS = 3
FITS_AT_ONCE = 2
BASELINE: How = "free logistic"
#: How the versions are told apart where a run fits more than one learner.
LABELS: Mapping[How, str] = MappingProxyType({"scorecard": "scorecard", "blend": "boosted"})


@dataclass(frozen=True)
class Trained:
    """The models fitted on the same rows, by way; those that test a fold have the baseline among them."""

    models: Mapping[How, SupervisedModel]

    @property
    def baseline(self) -> SupervisedModel | None:
        """The free logistic regression; None where no fold is tested."""
        return self.models.get(BASELINE)


def training_dates(month_ends: Sequence[dt.date], window_months: int) -> list[dt.date]:
    """Return every third month end, the newest whose label can be complete among them.

    The label windows of those between overlap them and add little.
    """
    known = len(month_ends) - window_months
    return sorted(month_ends[WARM_UP_MONTHS - 1 : max(known, 0)][::-1][::MONTHS_PER_VINTAGE])


def vintage_dates(last: dt.date) -> list[dt.date]:
    """Return the as-ofs a model is trained at, newest first: enough for each month end scored."""
    return [add_months(last, -back) for back in range(0, SCORED_MONTHS + 1, MONTHS_PER_VINTAGE)]


def fold_dates(last: dt.date, window_months: int) -> list[dt.date]:
    """Return the as-ofs a fold tests, newest first: a quarter apart, the whole label window before the clock."""
    return [add_months(last, -window_months - number * MONTHS_PER_VINTAGE) for number in range(FOLDS)]


def train(
    scheme: Scheme,
    frame: pd.DataFrame,
    as_ofs: Collection[dt.date],
    last: dt.date,
    ways: Sequence[How],
    tuned: Mapping[str, Any] = MappingProxyType({}),
) -> dict[dt.date, Trained | ModelError]:
    """Fit the models of each as-of, two as-ofs at a time.

    Those that test a fold have a baseline beside them; where a model could not be fitted, there is why.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    tested = fold_dates(last, scheme.window_months)
    newest_first = sorted(as_ofs, reverse=True)

    def one(as_of: dt.date) -> Trained | ModelError:
        return _train_one(scheme, frame, as_of, (*ways, BASELINE) if as_of in tested else ways, tuned)

    with threadpool_limits(1), ThreadPoolExecutor(FITS_AT_ONCE) as pool:
        return dict(zip(newest_first, pool.map(one, newest_first), strict=True))


def _train_one(
    scheme: Scheme, frame: pd.DataFrame, as_of: dt.date, ways: Sequence[How], tuned: Mapping[str, Any]
) -> Trained | ModelError:
    past = validation.complete_before(frame, as_of, scheme.window_months)
    several = len([way for way in ways if way != BASELINE]) > 1
    try:
        return Trained(
            {
                way: supervised.fit(
                    scheme,
                    past,
                    trained_as_of=as_of,
                    how=way,
                    label=LABELS.get(way, "") if several else "",
                    tuned=tuned,
                )
                for way in ways
            }
        )
    except ModelError as refusal:
        return refusal


def fitted(trained: Mapping[dt.date, Trained | ModelError], as_ofs: Sequence[dt.date]) -> list[Trained]:
    """Return what could be fitted, newest first, up to the first that could not."""
    found = (trained[as_of] for as_of in as_ofs)
    return [each for each in itertools.takewhile(lambda each: isinstance(each, Trained), found)
            if isinstance(each, Trained)]  # fmt: skip


#: (model, rows of one as-of, whether it was trained later, who else scores which rows) → rows of ``scores.history``.
ScoreRows = Callable[
    ["Scorer", "pd.DataFrame", bool, "Sequence[tuple[Scorer, pd.Series[bool]]]"],
    "pd.DataFrame",
]


def score_history(
    vintages: Sequence[SupervisedModel],
    scoring: pd.DataFrame,
    rows: ScoreRows,
    routed: Sequence[tuple[Scorer, pd.Series[bool]]] = (),
) -> pd.DataFrame:
    """Score each as-of by the newest vintage trained by then, else by the oldest there is, marked backcast.

    ``routed`` models score the rows they are marked for from the as-of they were trained at on.
    """
    import pandas as pd

    parts = []
    for _, frame in scoring.groupby("as_of", sort=True):
        as_of = frame["as_of"].iloc[0].date()
        in_time = [model for model in vintages if model.trained_as_of <= as_of]
        model = in_time[0] if in_time else vintages[-1]
        others = [(other, marked) for other, marked in routed if other.trained_as_of <= as_of]
        parts.append(rows(model, frame, not in_time, others))
    return pd.concat(parts, ignore_index=True)


def tuned_before(scheme: Scheme, frame: pd.DataFrame, last: dt.date, trials: int) -> Tuning:
    """Try settings on folds that lie wholly before those the model is validated on."""
    before = [add_months(day, -MONTHS_PER_VINTAGE * FOLDS) for day in fold_dates(last, scheme.window_months)]
    return tune(frame, before, scheme, trials=trials)
