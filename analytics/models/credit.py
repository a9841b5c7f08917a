"""The credit model: probability that a borrower goes 90 days past due within 12 months.

Label. A borrower has an open loan at the as-of that is neither NPA nor written off. He is bad when any of his loans is
90 or more days past due on some day of the 12 months that open at the cut-off, or is written off in them; indeterminate
when the worst is 30 to 89 days (left out of fitting, counted as not bad in calibration and validation). Only as-ofs
whose whole window lies before the training as-of are used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.features.catalogue import FEATURES
from analytics.models import supervised
from analytics.models.credit_labels import WINDOW_MONTHS
from analytics.models.scheme import Scheme
from analytics.models.supervised import How, SupervisedModel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CREDIT", "MINIMUM_BADS", "NAME", "CreditModel", "How", "fit"]

NAME = "credit"
PEOPLE = "borrowers"
#: What a fit of the credit model is.
CreditModel = SupervisedModel

CREDIT = Scheme(
    name=NAME,
    event="default within 12 months",
    label=" ".join((__doc__ or "").split("Label. ")[1].split()),
    people=PEOPLE,
    went="went bad",
    window_months=WINDOW_MONTHS,
    directions=MappingProxyType({name: int(feature.direction) for name, feature in FEATURES.items()}),
    otherwise="Add history, or rank by days past due.",
)
#: Bad customers below which nothing is fitted.
MINIMUM_BADS = CREDIT.minimum


def fit(
    frame: pd.DataFrame,
    *,
    trained_as_of: dt.date,
    features: Mapping[str, int],
    seed: int = 0,
    how: How | None = None,
    label: str = "",
    tuned: Mapping[str, Any] = MappingProxyType({}),
) -> CreditModel:
    """Fit the credit model, see `analytics.models.supervised.fit`."""
    return supervised.fit(
        CREDIT, frame, trained_as_of=trained_as_of, features=features, seed=seed, how=how, label=label, tuned=tuned
    )
