"""One build of the churn model: vintages, validation, card, scores, probabilities by horizon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.explain.wording import CHURN as WORDING
from analytics.models import card, hazards, metrics, profit, supervised, validation, vintages
from analytics.models.churn import CHURN, LIMITS, NAME, PEOPLE
from analytics.models.churn_data import scoring_frame, training_frame
from analytics.models.churn_labels import HORIZONS
from analytics.models.metrics import METRICS, Replicates
from analytics.models.outcome import Outcome
from analytics.models.scores import score_rows
from analytics.models.serving_run import Served, entered, rescored
from analytics.models.supervised import SupervisedModel
from analytics.models.validation import Fold
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer
    from analytics.pipeline.books import Books, BooksWriter

RECENCY = "recency_rule"
CHURN_METRICS = MappingProxyType({**METRICS, "lift_at_10": metrics.lift_at_tenth})


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
    trials: int = 0,
) -> Outcome:
    """Train a vintage each quarter, validate, score the last twelve month ends, write registry, scores and hazards."""
    if not month_ends:
        return Outcome(people=PEOPLE, refusal="There is no whole month of postings.")
    last = month_ends[-1]
    progress("Collecting who left", 0.0)
    dates = vintages.training_dates(month_ends, CHURN.window_months)
    if not dates:
        return Outcome(last, people=PEOPLE, refusal=f"{len(month_ends)} months of postings hold no complete label.")
    frame = training_frame(writer, books, dates, data_clock)
    progress("Training the churn model", 0.2)
    tuning = vintages.tuned_before(CHURN, frame, last, trials) if trials else None
    trained = train(frame, last, tuning.parameters if tuning else MappingProxyType({}))
    if isinstance(refusal := trained[last], ModelError):
        return Outcome(last, people=PEOPLE, refusal=str(refusal))
    models = [each.models[way_of(each)] for each in vintages.fitted(trained, vintages.vintage_dates(last))]
    progress("Validating the churn model out of time", 0.6)
    tested = vintages.fitted(trained, vintages.fold_dates(last, CHURN.window_months))
    folds = [tested_fold(frame, each) for each in tested]
    progress("Scoring customers", 0.75)
    scoring = scoring_frame(writer, books, month_ends[-vintages.SCORED_MONTHS :])
    best = _completed(models[0], frame, scoring, folds)
    best = best.with_facts(tuning=tuning.as_dict()) if tuning else best
    return entered(writer, books, SERVED, [best, *models[1:]], scoring, last)


def score(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,  # noqa: ARG001
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Score the last twelve month ends, each by what had been trained by then and served; no training."""
    progress("Scoring customers", 0.5)
    scoring = scoring_frame(writer, books, month_ends[-vintages.SCORED_MONTHS :])
    return rescored(writer, books, SERVED, scoring, month_ends[-1])


def _write_hazards(writer: BooksWriter, model: SupervisedModel, newest: pd.DataFrame) -> None:
    hazards.write(writer, NAME, hazards.rows(model, newest, name=NAME, horizons=HORIZONS))


def train(
    frame: pd.DataFrame, last: dt.date, tuned: Mapping[str, Any] = MappingProxyType({})
) -> dict[dt.date, vintages.Trained | ModelError]:
    """Fit the vintages and the folds with the learner that the newest as-of supports."""
    past = validation.complete_before(frame, last, CHURN.window_months)
    how = supervised.learner_for(CHURN, supervised.bad_customers(past))
    as_ofs = {*vintages.vintage_dates(last), *vintages.fold_dates(last, CHURN.window_months)}
    return vintages.train(CHURN, frame, as_ofs, last, (how,), tuned)


def way_of(trained: vintages.Trained) -> supervised.How:
    """Return the way of the model that serves: the one that is not the baseline."""
    (way,) = (way for way in trained.models if way != vintages.BASELINE)
    return way


def tested_fold(frame: pd.DataFrame, trained: vintages.Trained) -> Fold:
    """Return a fold with ``probability``, ``baseline``, the recency rule and a probability by each horizon."""
    if trained.baseline is None:
        raise ModelError("A fold was trained without its baseline. Train again.")
    model = trained.models[way_of(trained)]
    fold = validation.scored_fold(
        frame, {"probability": model, "baseline": trained.baseline}, beside=("period", RECENCY)
    )
    found = hazards.of(model, frame.loc[fold.scored.index])
    columns = {f"within_{horizon}": found[:, at] for at, horizon in enumerate(HORIZONS)}
    return Fold(fold.as_of, fold.scored.assign(**columns), fold.training_gini)


def _score_rows(
    model: Scorer, frame: pd.DataFrame, backcast: bool, routed: Sequence[tuple[Scorer, pd.Series[bool]]]
) -> pd.DataFrame:
    return score_rows(model, frame, name=NAME, backcast=backcast, wording=WORDING, routed=routed)


SERVED = Served(NAME, PEOPLE, _score_rows, _write_hazards)


def _completed(
    model: SupervisedModel, frame: pd.DataFrame, scoring: pd.DataFrame, folds: Sequence[Fold]
) -> SupervisedModel:
    model = card.completed(CHURN, model, frame, scoring, limits=LIMITS)
    if not folds:
        return model.with_facts(validation={"refused": "Too little history for a fold out of time."})
    return model.with_facts(validation=_validation(folds))


def _validation(folds: Sequence[Fold]) -> dict[str, Any]:
    pooled = validation.pooled_rows(folds)
    left = pooled["bad"].to_numpy(dtype=float)
    draws = Replicates.by_customer(pooled["customer_id"].to_numpy())
    rule = pooled[RECENCY].to_numpy(dtype=float)
    ranked = {name: CHURN_METRICS[name] for name in ("auc", "pr_auc", "lift_at_10")}
    return {
        **validation.report(folds, wanted=CHURN_METRICS),
        "recency_rule": {name: draws.estimate(metric, left, rule).as_dict() for name, metric in ranked.items()},
        "auc_gap_to_recency_rule": validation.auc_gap(pooled, "probability", RECENCY).as_dict(),
        "horizons": hazards.told(pooled, HORIZONS),
        "profit": profit.curve(left, pooled["probability"].to_numpy()),
    }
