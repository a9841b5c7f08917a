"""Probability ↔ points ↔ band.

Points double the odds every `PDO`: ``score = 600 + PDO / ln 2 · (ln odds − ln 50)``, odds being good to bad
(Siddiqi, Credit Risk Scorecards, ch. 6).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

PDO = 20.0
BASE_POINTS = 600.0
BASE_ODDS = 50.0
LOWEST, HIGHEST = 300, 900
#: Points for one unit of log-odds (of being bad, hence the minus sign where used).
POINTS_PER_LOG_ODDS = PDO / math.log(2)

#: Upper end of the probability in each band, in order; the last is infinite.
Bands = tuple[tuple[float, str], ...]
#: The bands of the probability of default.
BANDS: Bands = (
    (0.01, "very low"),
    (0.03, "low"),
    (0.08, "medium"),
    (0.20, "high"),
    (math.inf, "very high"),
)

Floats = NDArray[np.float64]


def logit(probability: Floats) -> Floats:
    """Return log-odds of being bad."""
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def expit(log_odds: Floats) -> Floats:
    """Return the probability of log-odds."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)))


def points(log_odds: Floats) -> Floats:
    """Return unrounded points of log-odds of being bad: lower is riskier."""
    return np.asarray(BASE_POINTS - POINTS_PER_LOG_ODDS * (log_odds + math.log(BASE_ODDS)))


def score(log_odds: Floats) -> NDArray[np.int64]:
    """Return whole points within `LOWEST` and `HIGHEST`."""
    return np.clip(np.rint(points(log_odds)), LOWEST, HIGHEST).astype(np.int64)


def band(probability: Floats, bands: Bands = BANDS) -> NDArray[np.object_]:
    """Return the band of each probability; a value at an upper end belongs to the next band."""
    ends = np.array([end for end, _ in bands])
    names = np.array([name for _, name in bands], dtype=object)
    return np.asarray(names[np.searchsorted(ends, probability, side="right")])
