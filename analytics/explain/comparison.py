"""Why one customer's score is another's, or a cohort's, and not his: the difference of their parts, by concept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.explain.parts import ConceptPart, concept_parts
from analytics.explain.reasons import by_concept
from analytics.explain.wording import wording_of
from analytics.features.feature import CONCEPTS
from analytics.models.scale import POINTS_PER_LOG_ODDS
from governance.errors import ToolRetry

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer


@dataclass(frozen=True)
class Comparison:
    """``points`` is the first's score less the other's before rounding, the sum of the concepts' points."""

    points: float
    concepts: tuple[ConceptPart, ...]


def compared(model: Scorer, one: pd.DataFrame, others: pd.DataFrame) -> Comparison:
    """Compare one customer with another, or with the mean of a cohort.

    Parameters
    ----------
    one
        A row of features.
    others
        One row, or the cohort's.

    Raises
    ------
    ToolRetry
        There is nobody to compare with.
    """
    if len(one) != 1 or not len(others):
        raise ToolRetry("A comparison needs one customer on one side and somebody on the other.")
    ours, theirs = model.contributions(one), model.contributions(others)
    gap = -POINTS_PER_LOG_ODDS * (ours.iloc[[0]].to_numpy() - theirs.to_numpy().mean(axis=0))
    moved = {str(name): value for name, value in zip(ours.columns, gap[0].tolist(), strict=True) if name != "base"}
    values, beside = ({name: _mean(rows, name) for name in moved} for rows in (one, others))
    return Comparison(sum(moved.values()), concept_parts(wording_of(model.card()), moved, values, beside))


def _mean(rows: pd.DataFrame, name: str) -> float | None:
    values = rows[name].to_numpy(dtype=float)
    return float(np.nanmean(values)) if not np.isnan(values).all() else None


@dataclass(frozen=True)
class Weight:
    """How much a concept moves scores: mean absolute points and its 95 % interval over customers."""

    concept: str
    points: float
    low: float
    high: float


def importance(model: Scorer, frame: pd.DataFrame, *, draws: int = 200, seed: int = 0) -> list[Weight]:
    """Return the weight of each concept over a population, the weightiest first."""
    weights = by_concept(model.contributions(frame), wording_of(model.card())).abs() * POINTS_PER_LOG_ODDS
    values = weights.to_numpy()
    counts = np.random.default_rng(seed).multinomial(len(values), np.full(len(values), 1 / len(values)), size=draws)
    means = counts @ values / len(values)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    found = [
        Weight(CONCEPTS[str(name)].label, float(values[:, place].mean()), float(low[place]), float(high[place]))
        for place, name in enumerate(weights.columns)
    ]
    return sorted(found, key=lambda each: -each.points)
