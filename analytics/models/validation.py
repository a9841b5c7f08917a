"""Out-of-time validation: each fold fits on labels complete before its test as-of, then scores that as-of once."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models import metrics
from analytics.models.credit_labels import WINDOW_MONTHS
from analytics.models.metrics import METRICS, Estimate, Replicates
from analytics.pipeline.periods import add_months

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.credit import CreditModel

DECILES = 10


@dataclass(frozen=True)
class Fold:
    """One test as-of: the model's and the baseline's probabilities beside what came."""

    as_of: dt.date
    scored: pd.DataFrame

    @property
    def bads(self) -> int:
        """Number of bad borrowers."""
        return int(self.scored["bad"].sum())


def complete_before(frame: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the rows whose label window ends by ``as_of``."""
    import pandas as pd

    return frame[frame["as_of"] <= pd.Timestamp(add_months(as_of, -WINDOW_MONTHS))]


def scored_fold(frame: pd.DataFrame, model: CreditModel, baseline: CreditModel) -> Fold:
    """Score the borrowers at the as-of the models were trained by.

    Parameters
    ----------
    frame
        Labelled rows, see `analytics.models.credit.fit`.
    model, baseline
        Trained on labels complete before the same as-of, whose own labels are complete too.

    Returns
    -------
    Fold
        ``scored`` has ``customer_id, as_of, bad, indeterminate, probability, baseline``.
    """
    import pandas as pd

    test = frame[frame["as_of"] == pd.Timestamp(model.trained_as_of)]
    scored = test[["customer_id", "as_of", "bad", "indeterminate"]].assign(
        probability=model.score(test)["probability"], baseline=baseline.score(test)["probability"]
    )
    return Fold(model.trained_as_of, scored)


def report(folds: Sequence[Fold], *, seed: int = 0) -> dict[str, Any]:
    """Return every metric with its 95 % interval, pooled and by fold, with the baseline and the paired gap beside it.

    Intervals come from a bootstrap over customers. Indeterminates count as not bad; ``auc_without_indeterminates``
    leaves them out.
    """
    import pandas as pd

    pooled = pd.concat([fold.scored for fold in folds], ignore_index=True)
    determinate = pooled[~pooled["indeterminate"].astype(bool)]
    return {
        "folds": [_fold_row(fold, seed) for fold in folds],
        "n": len(pooled),
        "bads": int(pooled["bad"].sum()),
        "bad_customers": int(pooled.loc[pooled["bad"], "customer_id"].nunique()),
        "metrics": {name: value.as_dict() for name, value in _estimates(pooled, "probability", seed).items()},
        "baseline": {name: value.as_dict() for name, value in _estimates(pooled, "baseline", seed).items()},
        "auc_gap_to_baseline": _gap(pooled, seed).as_dict(),
        "auc_without_indeterminates": _estimates(determinate, "probability", seed, only=("auc",))["auc"].as_dict(),
        "deciles": deciles(pooled["bad"].to_numpy(dtype=float), pooled["probability"].to_numpy()),
        "intervals": "95 %, bootstrap over customers",
    }


def _fold_row(fold: Fold, seed: int) -> dict[str, Any]:
    estimates = _estimates(fold.scored, "probability", seed)
    return {
        "as_of": fold.as_of.isoformat(),
        "n": len(fold.scored),
        "bads": fold.bads,
        **{name: value.as_dict() for name, value in estimates.items()},
        "baseline_auc": _estimates(fold.scored, "baseline", seed, only=("auc",))["auc"].as_dict(),
        "auc_gap_to_baseline": _gap(fold.scored, seed).as_dict(),
    }


def _estimates(
    scored: pd.DataFrame, column: str, seed: int, *, only: Sequence[str] = tuple(METRICS)
) -> dict[str, Estimate]:
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    bad, probability = scored["bad"].to_numpy(dtype=float), scored[column].to_numpy(dtype=float)
    return {name: draws.estimate(metric, bad, probability) for name, metric in METRICS.items() if name in only}


def _gap(scored: pd.DataFrame, seed: int) -> Estimate:
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    bad = scored["bad"].to_numpy(dtype=float)
    return draws.gap(metrics.auc, bad, scored["probability"].to_numpy(), scored["baseline"].to_numpy())


def deciles(bad: metrics.Floats, probability: metrics.Floats) -> dict[str, Any]:
    """Return observed and predicted bad rates by tenth of the ranking, riskiest first."""
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
    return {"rows": rows, "monotone": all(a >= b for a, b in itertools.pairwise(rates))}
