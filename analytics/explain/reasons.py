"""Reason codes: what lowered a score most, by concept, in approved text with the customer's own figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.wording import CREDIT, Wording
from analytics.features.feature import CONCEPTS, Feature, Unit
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
    speaker = _speakers(usable, names)
    taken = np.where((speaker >= 0) & (points <= -LEAST_POINTS), points, np.inf)
    order = np.argsort(taken, axis=1, kind="stable")[:, :MOST]
    chosen = np.isfinite(np.take_along_axis(taken, order, axis=1))
    texts = _texts(usable, speaker, order, chosen)
    labels = [CONCEPTS[name].label for name in names]
    shown = np.take_along_axis(points, order, axis=1)
    told: list[list[dict[str, Any]]] = [[] for _ in range(len(frame))]
    rows, places = np.nonzero(chosen)
    columns = order[rows, places].tolist()
    values = shown[rows, places].tolist()
    for row, column, value, text in zip(rows.tolist(), columns, values, texts, strict=True):
        told[row].append({"concept": labels[column], "text": text, "points": round(value, 1), "direction": "adverse"})
    return told


class _Usable:
    """Weights of the features that may speak for a concept: zero where one may not."""

    def __init__(self, features: Sequence[Feature], weights: np.ndarray, values: np.ndarray) -> None:
        self.values = values
        self.weights = weights
        self.features = features
        self.of_concept = {
            concept: [i for i, feature in enumerate(features) if feature.concept == concept] for concept in CONCEPTS
        }


def _speakers(usable: _Usable, concepts: Sequence[str]) -> np.ndarray:
    """Return, for each row and concept, the feature that speaks for it, −1 where none may: (rows, concepts)."""
    found = np.full((len(usable.values), len(concepts)), -1, dtype=np.int64)
    for place, concept in enumerate(concepts):
        members = np.array(usable.of_concept[concept], dtype=np.int64)
        if len(members):
            weights = usable.weights[:, members]
            best = weights.argmax(axis=1)
            adverse = weights[np.arange(len(best)), best] > 0
            found[adverse, place] = members[best[adverse]]
    return found


def _texts(usable: _Usable, speaker: np.ndarray, order: np.ndarray, chosen: np.ndarray) -> list[str]:
    """Return the text of every chosen reason, row by row; a figure that many share is worded once."""
    rows, places = np.nonzero(chosen)
    features = speaker[rows, order[rows, places]]
    values = usable.values[rows, features]
    texts = np.empty(len(rows), dtype=object)
    for number in np.unique(features):
        mine = np.flatnonzero(features == number)
        feature = usable.features[number]
        distinct, which = np.unique(_as_worded(values[mine], feature.unit), return_inverse=True)
        first = np.full(len(distinct), -1)
        first[which[::-1]] = mine[::-1]
        worded = np.array([feature.text(float(values[place])) for place in first], dtype=object)
        texts[mine] = worded[which]
    found: list[str] = texts.tolist()
    return found


def _as_worded(values: np.ndarray, unit: Unit) -> np.ndarray:
    """Return values that are alike where their words are: as many figures as `figure` shows of the unit."""
    if unit == "ratio":
        return values
    return np.asarray(np.rint(100 * values if unit == "percent" else values))


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
