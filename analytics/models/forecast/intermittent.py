"""Forecasts of series that are mostly zero: Croston's method and its successor, a few lines each.

statsforecast has both, compiled at their first call, which takes longer than an answer may.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Share of zeros above which a series counts as intermittent.
MOSTLY_ZERO = 0.4
#: Smoothing of sizes and of intervals or odds.
ALPHA = 0.1


def is_intermittent(series: Floats) -> bool:
    """Say whether more than `MOSTLY_ZERO` of the values are zero."""
    return bool(len(series)) and float((series == 0).mean()) > MOSTLY_ZERO


def croston_sba(series: Floats, alpha: float = ALPHA) -> float:
    """Return the mean a period: size over interval, both smoothed, less Syntetos and Boylan's bias.

    Croston (1972); Syntetos & Boylan (2005), Int. J. Forecasting 21:303.
    """
    when = np.flatnonzero(series)
    if not len(when):
        return 0.0
    sizes, intervals = series[when], np.diff(when, prepend=-1).astype(np.float64)
    return float((1 - alpha / 2) * _smoothed(sizes, alpha) / _smoothed(intervals, alpha))


def tsb(series: Floats, alpha: float = ALPHA) -> float:
    """Return the mean a period: size times odds, the odds falling while nothing comes.

    Teunter, Syntetos & Babai (2011), European J. of Operational Research 214:606.
    """
    sizes = series[series != 0]
    if not len(sizes):
        return 0.0
    return _smoothed((series != 0).astype(np.float64), alpha) * _smoothed(sizes, alpha)


def _smoothed(values: Floats, alpha: float) -> float:
    """Return simple exponential smoothing begun at the first value: ``Σ α (1 − α)^age · value``."""
    weights = alpha * (1 - alpha) ** np.arange(len(values) - 1, -1, -1, dtype=np.float64)
    weights[0] /= alpha
    return float(values @ weights)
