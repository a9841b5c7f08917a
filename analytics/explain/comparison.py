"""Why one customer's score is another's, or a cohort's, and not his: the difference of their parts, by concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.explain.reasons import by_concept
from analytics.features.application import EVERY
from analytics.features.feature import CONCEPTS
from analytics.models.scale import POINTS_PER_LOG_ODDS
from governance.errors import ToolRetry

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer


@dataclass(frozen=True)
class FigureGap:
    """One figure of both, and what the difference moved."""

    feature: str
    label: str
    one: float | None
    other: float | None
    points: float


@dataclass(frozen=True)
class ConceptGap:
    """What a concept moved between the two, in points of the score, its figures the weightiest first."""

    concept: str
    points: float
    figures: tuple[FigureGap, ...]


@dataclass(frozen=True)
class Comparison:
    """``points`` is the first's score less the other's before rounding, the sum of the concepts' points."""

    points: float
    concepts: tuple[ConceptGap, ...]


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
    moved = {name: value for name, value in zip(ours.columns, gap[0].tolist(), strict=True) if name != "base"}
    sums = by_concept(ours).iloc[0] - by_concept(theirs).mean()
    concepts = [
        ConceptGap(
            CONCEPTS[str(name)].label, -POINTS_PER_LOG_ODDS * float(value), _figures(str(name), one, others, moved)
        )
        for name, value in sums.items()
    ]
    known = [each for each in concepts if each.figures]
    return Comparison(sum(moved.values()), tuple(sorted(known, key=lambda each: each.points)))


def _figures(
    concept: str, one: pd.DataFrame, others: pd.DataFrame, moved: Mapping[str, float]
) -> tuple[FigureGap, ...]:
    names: Sequence[str] = [name for name in moved if EVERY[name].concept == concept]
    gaps = [
        FigureGap(name, EVERY[name].description, _mean(one, name), _mean(others, name), moved[name]) for name in names
    ]
    return tuple(sorted(gaps, key=lambda each: -abs(each.points)))


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
    weights = by_concept(model.contributions(frame)).abs() * POINTS_PER_LOG_ODDS
    values = weights.to_numpy()
    counts = np.random.default_rng(seed).multinomial(len(values), np.full(len(values), 1 / len(values)), size=draws)
    means = counts @ values / len(values)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    found = [
        Weight(CONCEPTS[str(name)].label, float(values[:, place].mean()), float(low[place]), float(high[place]))
        for place, name in enumerate(weights.columns)
    ]
    return sorted(found, key=lambda each: -each.points)
