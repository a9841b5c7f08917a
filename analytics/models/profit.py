"""What acting on the riskiest share of customers would bring, under stated costs and gains.

No treatment was ever randomised here, so nobody knows whom an offer would keep: the share kept is supposed, and swept.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.models.metrics import Floats

SHARES: tuple[float, ...] = (0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.50, 1.00)


@dataclass(frozen=True)
class Terms:
    """What is supposed of an action, in the books' currency.

    Attributes
    ----------
    cost
        Of contacting one customer, whatever comes of it.
    offer
        Of what is given to one who would have stayed or is kept.
    value
        A year's margin of a customer who is kept.
    kept
        Share of those about to leave whom the action keeps.
    """

    cost: float = 40.0
    offer: float = 150.0
    value: float = 3_000.0
    kept: float = 0.20


def curve(left: Floats, probability: Floats, terms: Terms | None = None) -> dict[str, Any]:
    """Return the profit of acting on the riskiest share, share by share, and the best of them.

    ``profit = n · (left · kept · (value − offer) − (1 − left) · offer − cost)``: those about to leave who are not kept
    cost the contact alone, those who would have stayed take the offer too.

    Parameters
    ----------
    left
        1 for each customer who left, out of time.
    probability
        The model's, for the ranking alone.
    """
    terms = terms or Terms()
    order = np.argsort(-probability, kind="stable")
    leavers = np.cumsum(left[order])
    rows = []
    for share in SHARES:
        n = max(round(share * len(left)), 1)
        gone = float(leavers[n - 1])
        profit = gone * terms.kept * (terms.value - terms.offer) - (n - gone) * terms.offer - n * terms.cost
        rows.append(
            {"share": share, "n": n, "leavers": int(gone), "profit": round(profit), "each": round(profit / n, 2)}
        )
    best = max(rows, key=lambda row: row["profit"])
    return {
        "terms": asdict(terms),
        "rows": rows,
        "best_share": best["share"] if best["profit"] > 0 else 0.0,
        "note": "The share kept is supposed: no action was randomised, so its effect is not known.",
    }
