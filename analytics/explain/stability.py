"""How steady explanations are: the same reasons when figures move by a hair; what a figure does to scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.explain.reasons import reasons
from analytics.explain.wording import wording_of
from analytics.features.application import EVERY
from analytics.models.design import matrix
from analytics.models.scale import POINTS_PER_LOG_ODDS

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer

#: Relative size of the perturbation, and reasons that have to stay.
HAIR, TOP = 0.01, 3


@dataclass(frozen=True)
class Steadiness:
    """Share of customers whose first reasons name the same concepts after a perturbation, with a 95 % interval."""

    share: float
    low: float
    high: float
    customers: int


def steadiness(model: Scorer, frame: pd.DataFrame, background: Mapping[str, float], *, seed: int = 0) -> Steadiness:
    """Move every figure of every customer by up to ±1 % and compare the first three reasons, in any order.

    Customers without a reason before and after count as the same. Counts of things stay counts: they move by nothing
    where a hair of them is less than one.
    """
    draw = np.random.default_rng(seed)
    moved = frame.copy()
    for name in model.features:
        if EVERY[name].unit not in ("count", "days"):
            moved[name] = frame[name].astype(float) * (1 + draw.uniform(-HAIR, HAIR, len(frame)))
    before, after = (_first(model, rows, background) for rows in (frame, moved))
    same = np.array([one == other for one, other in zip(before, after, strict=True)], dtype=float)
    share, error = float(same.mean()), 1.96 * float(same.std()) / max(len(same), 1) ** 0.5
    return Steadiness(share, max(share - error, 0.0), min(share + error, 1.0), len(same))


def _first(model: Scorer, rows: pd.DataFrame, background: Mapping[str, float]) -> list[frozenset[str]]:
    told = reasons(rows, model.contributions(rows), background, wording_of(model.card()))
    return [frozenset(reason["concept"] for reason in each[:TOP]) for each in told]


def sensitivity(model: Scorer, frame: pd.DataFrame, *, by: float = 0.10) -> dict[str, float]:
    """Return mean points a score moves when one feature is a tenth worse for everybody, the largest first.

    Worse is what the model's direction calls riskier; features that are free to go either way are moved up. A figure of
    nothing stays nothing.
    """
    base = model.score(frame)["log_odds"].to_numpy(dtype=float)
    found = {}
    for name in model.features:
        values = matrix(frame, [name])[:, 0]
        worse = values + by * np.abs(values) * (EVERY[name].direction or 1)
        changed = model.score(frame.assign(**{name: worse}))["log_odds"].to_numpy(dtype=float)
        found[name] = -POINTS_PER_LOG_ODDS * float((changed - base).mean())
    return dict(sorted(found.items(), key=lambda each: each[1]))
