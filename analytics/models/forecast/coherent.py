"""Categories that sum to the total, to the paisa.

Total and categories are forecast apart and brought together by weighted least squares with their variances as weights:
MinT with a diagonal covariance (Wickramasuriya, Athanasopoulos & Hyndman, 2019, JASA 114:804). For one total over its
parts the solution is closed: the gap between total and parts is shared out by variance. Then nothing is less than what
is known of it, the total is the sum of the parts, and rounding gives the left-over paise to the largest remainders.
A cohort's forecast from the book is the sum of its customers'; nothing else is a forecast of that sum here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def reconciled(total: Floats, parts: Floats, total_variance: Floats, variances: Floats, least: Floats) -> Floats:
    """Return parts moved so that they agree with a total moved too, each by its variance.

    Parameters
    ----------
    total, total_variance
        (rows,).
    parts, variances, least
        (rows, parts); ``least`` is what each is known to be at least.

    Returns
    -------
    numpy.ndarray
        (rows, parts); their sum is the reconciled total.
    """
    everything = total_variance + variances.sum(axis=1)
    share = np.divide(variances, everything[:, None], out=np.zeros_like(variances), where=everything[:, None] > 0)
    moved = parts + (total - parts.sum(axis=1))[:, None] * share
    wanted = np.maximum(moved.sum(axis=1), least.sum(axis=1))
    free = np.maximum(moved - least, 0.0)
    room = free.sum(axis=1)
    factor = np.divide(wanted - least.sum(axis=1), room, out=np.zeros_like(room), where=room > 0)
    return np.asarray(least + free * np.minimum(factor, 1.0)[:, None])


def to_paisa(parts: Floats) -> NDArray[np.int64]:
    """Return parts as whole paise that sum to their rounded sum: largest remainders are rounded up first.

    Parameters
    ----------
    parts
        (rows, parts), money, non-negative.
    """
    paise = np.asarray(parts, dtype=np.float64) * 100
    whole = np.floor(paise).astype(np.int64)
    left = np.rint(paise.sum(axis=1)).astype(np.int64) - whole.sum(axis=1)
    order = np.argsort(np.argsort(whole - paise, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(whole + (order < left[:, None]))
