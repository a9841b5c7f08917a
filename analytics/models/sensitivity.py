"""How far a score moves when what stands under one concept gets worse or better, all else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.explain.wording import wording_of
from analytics.features.feature import CONCEPTS

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.supervised import SupervisedModel

Floats = NDArray[np.float64]

#: Customers it is measured on, drawn with a seed.
ROWS = 400


def by_concept(model: SupervisedModel, frame: pd.DataFrame, *, seed: int = 0) -> list[dict[str, Any]]:
    """Return the mean change of points and of probability when each concept moves by one standard deviation.

    Each feature of the concept moves by its standard deviation over ``frame`` towards the side its direction calls
    risky and then towards the other, within the span from the 1 % to the 99 % quantile; a feature of direction 0 rises
    and falls. This is what the model does, not what would happen if a customer changed.
    """
    features = wording_of(model.card()).features
    sample = frame.sample(min(ROWS, len(frame)), random_state=seed)
    names = [name for name in model.features if name in frame]
    spans = frame[names].astype(float).quantile([0.01, 0.99])
    deviations = frame[names].astype(float).std()
    before = model.score(sample)
    rows = []
    for concept in CONCEPTS.values():
        members = [name for name in names if features[name].concept == concept.name]
        if not members:
            continue
        moved = {}
        for word, sign in (("worse", 1), ("better", -1)):
            step = [sign * (features[name].direction or 1) * deviations[name] for name in members]
            was = sample[members].astype(float).to_numpy()
            held = _within(was + step, was, *spans[members].to_numpy())
            after = model.score(sample.assign(**dict(zip(members, held.T, strict=True))))
            moved[word] = {
                "points": round(float((after["score"] - before["score"]).mean()), 2),
                "probability": round(float((after["probability"] - before["probability"]).mean()), 6),
            }
        rows.append({"concept": concept.label, **moved})
    return sorted(rows, key=lambda row: row["worse"]["points"])


def _within(moved: Floats, was: Floats, low: Floats, high: Floats) -> Floats:
    """Return the moved values held to their columns' spans, or to where they were beyond them already."""
    return np.clip(moved, np.fmin(low, was), np.fmax(high, was))
