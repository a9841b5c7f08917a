"""Reason codes: what lowered a score most, by concept, in approved text with the customer's own figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.wording import CREDIT, Wording
from analytics.features.feature import CONCEPTS, Feature
from analytics.models.scale import POINTS_PER_LOG_ODDS

if TYPE_CHECKING:
    import pandas as pd

#: Reg B's commentary: more than four reasons are not likely to help.
MOST = 4
#: Points under which a concept is no reason.
LEAST_POINTS = 1.0


def by_concept(contributions: pd.DataFrame, wording: Wording = CREDIT) -> pd.DataFrame:
    """Sum log-odds contributions over each concept's features; ``base`` is left out."""
    features = [name for name in contributions.columns if name != "base"]
    concepts = [wording.features[name].concept for name in features]
    return contributions[features].T.groupby(concepts).sum().T.reindex(columns=list(CONCEPTS), fill_value=0.0)


def reasons(
    frame: pd.DataFrame,
    contributions: pd.DataFrame,
    background: Mapping[str, float],
    wording: Wording = CREDIT,
) -> list[list[dict[str, Any]]]:
    """Return at most `MOST` adverse reasons for each row, the weightiest first.

    A concept is a reason when its features together raised the log-odds, the wording may speak of it, and one of
    them has approved text and a value on the risky side of the background's. Its text is that of its weightiest such
    feature.

    Parameters
    ----------
    frame
        Feature values.
    contributions
        Calibrated log-odds by feature, on the same index.
    background
        Feature → median over the training population.
    wording
        The model's own directions and texts.

    Returns
    -------
    list of list
        ``{concept, text, points, direction}``; points are what the concept took off the score, negative.
    """
    usable = _usable(frame, contributions, background, wording)
    concepts = by_concept(contributions, wording)
    names, points = [str(name) for name in concepts.columns], -POINTS_PER_LOG_ODDS * concepts.to_numpy()
    chosen = []
    for row in range(len(frame)):
        order = np.argsort(points[row], kind="stable")
        adverse = [names[i] for i in order if points[row, i] <= -LEAST_POINTS]
        found = [_reason(concept, row, points[row], names, usable) for concept in adverse]
        chosen.append([reason for reason in found if reason is not None][:MOST])
    return chosen


class _Usable:
    """Weights of the features that may speak for a concept: zero where one may not."""

    def __init__(self, features: Sequence[Feature], weights: np.ndarray, values: np.ndarray) -> None:
        self.values = values
        self.weights = weights
        self.features = features
        self.of_concept = {
            concept: [i for i, feature in enumerate(features) if feature.concept == concept] for concept in CONCEPTS
        }


def _usable(
    frame: pd.DataFrame, contributions: pd.DataFrame, background: Mapping[str, float], wording: Wording
) -> _Usable:
    spoken = [wording.features[name] for name in contributions.columns if name != "base" and wording.speaks_of(name)]
    names = [feature.name for feature in spoken]
    values = frame.reindex(columns=names).to_numpy(dtype=float)
    direction = np.array([feature.direction for feature in spoken], dtype=float)
    median = np.array([background.get(name, np.nan) for name in names], dtype=float)
    with np.errstate(invalid="ignore"):
        risky = (values - median) * direction > 0
    return _Usable(spoken, np.where(risky, contributions[names].to_numpy(), 0.0), values)


def _reason(
    concept: str, row: int, points: np.ndarray, concepts: Sequence[str], usable: _Usable
) -> dict[str, Any] | None:
    members = usable.of_concept[concept]
    if not members:
        return None
    best = max(members, key=lambda i: usable.weights[row, i])
    if usable.weights[row, best] <= 0:
        return None
    text = usable.features[best].text(float(usable.values[row, best]))
    taken = round(float(points[concepts.index(concept)]), 1)
    return {"concept": CONCEPTS[concept].label, "text": text, "points": taken, "direction": "adverse"}
