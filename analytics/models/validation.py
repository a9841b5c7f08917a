"""Out-of-time validation: each fold fits on labels complete before its test as-of, then scores that as-of once."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models import metrics
from analytics.models.credit_labels import WINDOW_MONTHS
from analytics.models.metrics import METRICS, Estimate, Replicates
from analytics.pipeline.periods import add_months

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.supervised import SupervisedModel

DECILES = 10


@dataclass(frozen=True)
class Fold:
    """One test as-of: the models' probabilities beside what came.

    Attributes
    ----------
    training_gini
        Gini of each column's model on cross-fitted predictions for its training rows, where known.
    """

    as_of: dt.date
    scored: pd.DataFrame
    training_gini: Mapping[str, float] = field(default_factory=dict)

    @property
    def bads(self) -> int:
        """Number of bad borrowers."""
        return int(self.scored["bad"].sum())


def complete_before(frame: pd.DataFrame, as_of: dt.date, window_months: int = WINDOW_MONTHS) -> pd.DataFrame:
    """Return the rows whose label window ends by ``as_of``."""
    import pandas as pd

    return frame[frame["as_of"] <= pd.Timestamp(add_months(as_of, -window_months))]


def scored_fold(frame: pd.DataFrame, models: Mapping[str, SupervisedModel], beside: Sequence[str] = ()) -> Fold:
    """Score the customers at the as-of the models were trained by.

    Parameters
    ----------
    frame
        Labelled rows, see `analytics.models.supervised.fit`.
    models
        Column → model, all trained on labels complete before the same as-of, whose own labels are complete too.
    beside
        Further columns of the frame to keep.

    Returns
    -------
    Fold
        ``scored`` has ``customer_id, as_of, bad, indeterminate``, a column of probabilities for each model, and those
        asked for.
    """
    import pandas as pd

    (as_of,) = {model.trained_as_of for model in models.values()}
    test = frame[frame["as_of"] == pd.Timestamp(as_of)]
    scored = test[["customer_id", "as_of", "bad", "indeterminate", *beside]].assign(
        **{name: model.score(test)["probability"] for name, model in models.items()}
    )
    return Fold(as_of, scored, {name: float(model.card()["training_gini"]) for name, model in models.items()})


def report(
    folds: Sequence[Fold],
    *,
    ours: str = "probability",
    baseline: str = "baseline",
    wanted: Mapping[str, metrics.Metric] = METRICS,
    seed: int = 0,
) -> dict[str, Any]:
    """Return every metric with its 95 % interval, pooled and by fold, with the baseline and the paired gap beside it.

    Intervals come from a bootstrap over customers. Indeterminates count as not bad; ``auc_without_indeterminates``
    leaves them out.

    Parameters
    ----------
    ours, baseline
        Columns of the folds.
    wanted
        Name → metric.
    """
    pooled = pooled_rows(folds)
    determinate = pooled[~pooled["indeterminate"].astype(bool)]
    return {
        "folds": [_fold_row(fold, ours, baseline, wanted, seed) for fold in folds],
        "n": len(pooled),
        "bads": int(pooled["bad"].sum()),
        "bad_customers": int(pooled.loc[pooled["bad"], "customer_id"].nunique()),
        "metrics": _estimates(pooled, ours, seed, wanted),
        "baseline": _estimates(pooled, baseline, seed, wanted),
        "auc_gap_to_baseline": auc_gap(pooled, ours, baseline, seed=seed).as_dict(),
        "auc_without_indeterminates": _estimates(determinate, ours, seed, {"auc": metrics.auc})["auc"],
        "deciles": deciles(pooled["bad"].to_numpy(dtype=float), pooled[ours].to_numpy()),
        "gini_drop": gini_drop(folds, ours, seed=seed),
        "intervals": "95 %, bootstrap over customers",
    }


def pooled_rows(folds: Sequence[Fold]) -> pd.DataFrame:
    """Return the rows of all folds."""
    import pandas as pd

    return pd.concat([fold.scored for fold in folds], ignore_index=True)


def gini_drop(folds: Sequence[Fold], ours: str, *, seed: int = 0) -> dict[str, Any]:
    """Return by how much the Gini falls from training to the tests, relative to training.

    Training's is that of cross-fitted predictions, the mean of the folds; the interval is that of the tests' Gini.
    """
    known = [fold.training_gini[ours] for fold in folds if ours in fold.training_gini]
    if not known or (training := float(np.mean(known))) <= 0:
        return {}
    pooled = pooled_rows(folds)
    draws = Replicates.by_customer(pooled["customer_id"].to_numpy(), seed=seed)
    found = metrics.gini(pooled["bad"].to_numpy(dtype=float), pooled[ours].to_numpy(), draws.weights)
    return {"training": round(training, 6), **metrics.interval(1 - found / training).as_dict()}


def _fold_row(fold: Fold, ours: str, baseline: str, wanted: Mapping[str, metrics.Metric], seed: int) -> dict[str, Any]:
    return {
        "as_of": fold.as_of.isoformat(),
        "n": len(fold.scored),
        "bads": fold.bads,
        **_estimates(fold.scored, ours, seed, wanted),
        "baseline_auc": _estimates(fold.scored, baseline, seed, {"auc": metrics.auc})["auc"],
        "auc_gap_to_baseline": auc_gap(fold.scored, ours, baseline, seed=seed).as_dict(),
    }


def _estimates(
    scored: pd.DataFrame, column: str, seed: int, wanted: Mapping[str, metrics.Metric]
) -> dict[str, dict[str, float]]:
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    bad, probability = scored["bad"].to_numpy(dtype=float), scored[column].to_numpy(dtype=float)
    return {name: draws.estimate(metric, bad, probability).as_dict() for name, metric in wanted.items()}


def auc_gap(scored: pd.DataFrame, ours: str, theirs: str, *, seed: int = 0) -> Estimate:
    """Return the paired difference of two columns' AUC."""
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    bad = scored["bad"].to_numpy(dtype=float)
    return draws.gap(metrics.auc, bad, scored[ours].to_numpy(dtype=float), scored[theirs].to_numpy(dtype=float))


def deciles(bad: metrics.Floats, probability: metrics.Floats) -> dict[str, Any]:
    """Return observed and predicted bad rates by tenth of the ranking, riskiest first.

    ``monotone`` says whether no rate exceeds the one before, ``reversals`` how often one does by more than chance.
    """
    order = np.argsort(-probability, kind="stable")
    parts = [part for part in np.array_split(order, DECILES) if len(part)]
    rows = [
        {
            "decile": number,
            "n": len(part),
            "bads": int(bad[part].sum()),
            "bad_rate": round(float(bad[part].mean()), 6),
            "predicted": round(float(probability[part].mean()), 6),
        }
        for number, part in enumerate(parts, start=1)
    ]
    rates = [row["bad_rate"] for row in rows]
    return {
        "rows": rows,
        "monotone": all(a >= b for a, b in itertools.pairwise(rates)),
        "reversals": sum(_reversed(one, next_) for one, next_ in itertools.pairwise(rows)),
    }


def _reversed(one: Mapping[str, Any], next_: Mapping[str, Any]) -> bool:
    """Whether a less risky tenth did worse than the one before by more than chance (one-sided 5 %, pooled rate)."""
    pooled = (one["bads"] + next_["bads"]) / (one["n"] + next_["n"])
    error = (pooled * (1 - pooled) * (1 / one["n"] + 1 / next_["n"])) ** 0.5
    return bool(next_["bad_rate"] - one["bad_rate"] > 1.645 * error)
