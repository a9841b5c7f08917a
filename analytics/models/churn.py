"""The churn model: probability that a customer begins to leave within 90 days.

Label. A customer who uses his account at the as-of leaves when, from some 30-day period of the 90 days after a gap of
14 days on, his activity or his inflow stays at a quarter of his own trailing monthly mean or under for 60 days, or no
salary comes for 60 days after three months with one, or his relationship closes. Those dormant already, those with less
than 90 days of history and those whose relationship closes within the gap are left out. Only as-ofs whose whole window
(134 days) lies before the training as-of are used.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.features.leaving import LEAVING
from analytics.models import hazards
from analytics.models.churn_labels import HORIZONS, WINDOW_MONTHS
from analytics.models.scheme import Floats, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analytics.models.scale import Bands

NAME = "churn"
PEOPLE = "customers"
#: Upper end of the probability of leaving in each band.
BANDS: Bands = ((0.04, "very low"), (0.08, "low"), (0.16, "medium"), (0.32, "high"), (math.inf, "very high"))


def _when(frame: pd.DataFrame, unseen: Floats) -> Mapping[str, Any]:
    return hazards.facts(frame, unseen, HORIZONS)


CHURN = Scheme(
    name=NAME,
    event="beginning to leave within 90 days",
    label=" ".join((__doc__ or "").split("Label. ")[1].split()),
    people=PEOPLE,
    went="left",
    window_months=WINDOW_MONTHS,
    directions=MappingProxyType({name: int(feature.direction) for name, feature in LEAVING.items()}),
    bands=BANDS,
    otherwise="Add history, or look at those whose activity falls.",
    learn=_when,
)

LIMITS: tuple[str, ...] = (
    "Says who is at risk of leaving, not whom an offer would keep: no action was randomised.",
    "Lost work looks like a salary that moved: the books show that it stopped, not why.",
    "Customers dormant already, and those with less than 90 days of history, are not scored.",
    "Contributions say what moved the score, not what would happen if a figure were changed.",
    "Points are on the scale of the credit score (20 double the odds, 600 at 50 to 1 that he stays); they do not add "
    "up with it.",
)
