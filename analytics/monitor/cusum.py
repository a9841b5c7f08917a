"""Defaults beside what was predicted, month by month: a risk-adjusted Poisson CUSUM.

It adds what each month says for defaults having risen by `RATIO` over what was predicted, and never falls under zero
(Steiner et al., Monitoring surgical performance using risk-adjusted cumulative sum charts, Biostatistics 1, 2000). The
limit is the level that a chart of the same predictions exceeds in one of twenty when the predictions hold: simulated,
with a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIO = 1.5
FALSE_ALARM = 0.05
PATHS = 4_000


@dataclass(frozen=True)
class Cusum:
    """The chart: its level after each month, its limit, observed and expected defaults."""

    levels: tuple[float, ...]
    limit: float
    observed: float
    expected: float

    @property
    def alarm(self) -> bool:
        """Whether it stands above its limit at some month."""
        return max(self.levels, default=0.0) > self.limit


def cusum(observed: Sequence[float], expected: Sequence[float], *, ratio: float = RATIO, seed: int = 0) -> Cusum:
    """Return the chart of defaults by month.

    Parameters
    ----------
    observed, expected
        Defaults of each month, and how many were predicted.
    """
    predicted = np.asarray(expected, dtype=float)
    seen = np.asarray(observed, dtype=float)
    simulated = np.random.default_rng(seed).poisson(predicted, size=(PATHS, len(predicted))).astype(float)
    highest = _levels(simulated, predicted, ratio).max(axis=1) if len(predicted) else np.zeros(1)
    levels = _levels(seen[None, :], predicted, ratio)[0]
    limit = float(np.quantile(highest, 1 - FALSE_ALARM))
    return Cusum(tuple(float(level) for level in levels), limit, float(seen.sum()), float(predicted.sum()))


def _levels(observed: Floats, expected: Floats, ratio: float) -> Floats:
    weights: Floats = np.asarray(observed * np.log(ratio) - (ratio - 1) * expected, dtype=float)
    levels, level = np.zeros_like(weights), np.zeros(len(weights))
    for month in range(weights.shape[1]):
        level = np.maximum(0.0, level + weights[:, month])
        levels[:, month] = level
    return levels
