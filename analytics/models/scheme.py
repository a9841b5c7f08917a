"""What a supervised model is about: the event, whom it asks about, in which window, from which features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models import scale

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
#: Labelled rows and the calibrated log-odds of learners that did not see them → further facts for the card.
Learn = Callable[["pd.DataFrame", Floats], Mapping[str, Any]]


def _nothing_more(_frame: pd.DataFrame, _unseen: Floats) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Scheme:
    """One supervised model's declaration.

    Attributes
    ----------
    name
        Its name in the registry and the scores.
    event
        What the probability is of.
    label
        The label in one paragraph.
    people
        Whom it scores, in the plural.
    went
        What those did whom the event befell, for messages.
    window_months
        Whole months from an as-of within which its label is complete.
    directions
        Feature → +1 (may only raise the probability), −1 (may only lower it), 0 (free).
    bands
        Upper end of the probability in each band, in order.
    otherwise
        What to do where it cannot be fitted.
    learn
        What else is learnt at a fit, from predictions for customers the learner did not see.
    minimum
        Customers with the event below which nothing is fitted.
    for_trees
        Customers with the event below which a logistic regression stands alone. On ten sandbox books with 48 to 95 bads
        the blend's mean AUC was 0.814, the regression's 0.807, the trees' 0.808.
    """

    name: str
    event: str
    label: str
    people: str
    went: str
    window_months: int
    directions: Mapping[str, int]
    bands: scale.Bands = scale.BANDS
    otherwise: str = "Add history."
    learn: Learn = field(default=_nothing_more)
    minimum: int = 10
    for_trees: int = 40

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the card says of it."""
        return MappingProxyType(
            {
                "model": self.name,
                "event": self.event,
                "label": self.label,
                "points": {"pdo": scale.PDO, "base_points": scale.BASE_POINTS, "base_odds": scale.BASE_ODDS},
                "bands": [{"band": name, "below": end if np.isfinite(end) else None} for end, name in self.bands],
            }
        )
