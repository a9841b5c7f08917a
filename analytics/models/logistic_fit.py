"""Ridge logistic regression by Newton's method: small, dense, exact, and quick to import."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 60
_CLOSE = 1e-9


def held_logistic(
    columns: Floats, target: Floats, directions: Sequence[int], *, penalty: float
) -> tuple[Floats, float]:
    """Fit `ridge_logistic` with every weight on its direction's side of zero.

    Features whose weight comes out on the wrong side are left out, and the rest is fitted again, until none does.

    Parameters
    ----------
    directions
        +1, −1 or 0 (free) for each column.
    """
    kept = np.arange(columns.shape[1])
    held = np.asarray(directions)
    while True:
        found, intercept = ridge_logistic(columns[:, kept], target, penalty=penalty)
        right = found * held[kept] >= 0
        if right.all():
            weights = np.zeros(columns.shape[1])
            weights[kept] = found
            return weights, intercept
        kept = kept[right]


def ridge_logistic(columns: Floats, target: Floats, *, penalty: float) -> tuple[Floats, float]:
    """Minimise ``Σ log-loss + penalty / 2 · |weights|²``; the intercept is not penalised.

    Parameters
    ----------
    columns
        (rows, features).
    target
        0 to 1 for each row.
    penalty
        Strength of the ridge, 0 for none.

    Returns
    -------
    tuple
        Weights and intercept.
    """
    padded = np.column_stack([columns, np.ones(len(columns))])
    ridge = np.r_[np.full(columns.shape[1], penalty), 0.0] + 1e-10
    line = np.zeros(padded.shape[1])
    line[-1] = np.log((target.sum() + 0.5) / (len(target) - target.sum() + 0.5))
    loss = _loss(padded, target, line, ridge)
    for _ in range(_STEPS):
        fitted = 0.5 * (1 + np.tanh(0.5 * (padded @ line)))
        gradient = padded.T @ (fitted - target) + ridge * line
        hessian = (padded * (fitted * (1 - fitted))[:, None]).T @ padded + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        while (tried := _loss(padded, target, line - step, ridge)) > loss + 1e-12 and np.abs(step).max() > _CLOSE:
            step = step / 2
        line, loss = line - step, tried
        if np.abs(step).max() < _CLOSE:
            break
    return line[:-1], float(line[-1])


def _loss(padded: Floats, target: Floats, line: Floats, ridge: Floats) -> float:
    log_odds = padded @ line
    return float((np.logaddexp(0, log_odds) - target * log_odds).sum() + 0.5 * (ridge * line**2).sum())
