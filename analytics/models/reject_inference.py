"""What discrimination and bad rate may be where some were never accepted: parcelling with worse odds.

Nothing is known of those a lender turned away. Parcelling (Siddiqi, Credit Risk Scorecards, ch. 6) supposes of them
what the accepted with the same score did, with odds of going bad that are ``k`` times as high; ``k`` is swept, and the
figures are a band, not an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.models import metrics, scale
from analytics.models.metrics import Floats

ODDS: Sequence[float] = (1.0, 1.5, 2.0)
#: Where no application that was turned away is in the books: how many there may be for each accepted, and from which
#: share of the riskiest accepted they are drawn.
SUPPOSED_SHARE = 0.3
SUPPOSED_RISKIEST = 0.5


def band(bad: Floats, probability: Floats, unobserved: Floats | None = None) -> dict[str, Any]:
    """Return AUC and bad rate of accepted and unobserved together, for each multiple of the odds.

    Parameters
    ----------
    bad, probability
        Of the accepted, out of time.
    unobserved
        Calibrated probabilities of those never accepted; supposed where None (see `SUPPOSED_SHARE`).
    """
    supposed = unobserved is None
    others = _supposed(probability) if unobserved is None else (unobserved, np.ones(len(unobserved)))
    rows = []
    for odds in ODDS:
        values, weights = others
        went = scale.expit(scale.logit(values) + np.log(odds))
        every = np.concatenate([probability, values, values])
        label = np.concatenate([bad, np.ones(len(values)), np.zeros(len(values))])
        weight = np.concatenate([np.ones(len(bad)), weights * went, weights * (1 - went)])
        auc = float(metrics.auc(label, every, weight[None, :])[0])
        rows.append(
            {"odds": odds, "auc": round(auc, 6), "bad_rate": round(float((weight * label).sum() / weight.sum()), 6)}
        )
    note = (
        f"No application that was turned away is in these books. Supposed: {SUPPOSED_SHARE:.0%} as many as were "
        f"accepted, like the riskiest {SUPPOSED_RISKIEST:.0%} of them."
        if supposed
        else "The applications that were turned away are in the books; what became of them is supposed."
    )
    accepted = {
        "auc": round(float(metrics.auc(bad, probability, np.ones((1, len(bad))))[0]), 6),
        "bad_rate": round(float(bad.mean()), 6),
    }
    return {"accepted": accepted, "rows": rows, "supposed": supposed, "note": note}


def _supposed(probability: Floats) -> tuple[Floats, Floats]:
    riskiest = np.sort(probability)[int(len(probability) * (1 - SUPPOSED_RISKIEST)) :]
    return riskiest, np.full(len(riskiest), SUPPOSED_SHARE * len(probability) / max(len(riskiest), 1))
