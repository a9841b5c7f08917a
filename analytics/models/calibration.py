"""From a learner's log-odds to probabilities that come true: Platt's line on predictions the learner did not fit on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.models.logistic_fit import ridge_logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Platt:
    """``logit p = intercept + slope · log_odds`` (Platt, 1999). A line keeps contributions additive.

    Attributes
    ----------
    slope
        Never under `FLOOR`, so that ranks are never reversed.
    """

    intercept: float
    slope: float

    @classmethod
    def fit(cls, log_odds: Floats, bad: Floats) -> Platt:
        """Fit with Platt's smoothed targets."""
        count = float(bad.sum())
        target = np.where(bad > 0, (count + 1) / (count + 2), 1 / (len(bad) - count + 2))
        weights, intercept = ridge_logistic(log_odds[:, None], target, penalty=0.0)
        return cls.through(log_odds, target, slope=max(float(weights[0]), FLOOR), intercept=intercept)

    @classmethod
    def through(cls, log_odds: Floats, target: Floats, *, slope: float, intercept: float) -> Platt:
        """Return a line of given slope whose mean probability is that of the targets."""
        for _ in range(50):
            fitted = 0.5 * (1 + np.tanh(0.5 * (intercept + slope * log_odds)))
            step = float((target - fitted).sum() / ((fitted * (1 - fitted)).sum() + 1e-12))
            intercept += float(np.clip(step, -2, 2))
            if abs(step) < 1e-10:
                break
        return cls(intercept, slope)

    def apply(self, log_odds: Floats) -> Floats:
        """Return calibrated log-odds."""
        return np.asarray(self.intercept + self.slope * log_odds)


FLOOR = 0.1


def cross_fitted(
    customers: NDArray[np.object_],
    predict: Callable[[NDArray[np.bool_], NDArray[np.bool_]], Floats],
    *,
    folds: int,
    seed: int,
) -> Floats:
    """Return predictions for every row by learners that never saw its customer.

    Parameters
    ----------
    customers
        Customer of each row.
    predict
        (rows to fit on, rows to predict) → log-odds of the latter.
    folds
        Number of groups of customers.
    """
    _, group = np.unique(customers.astype(str), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(int(group.max()) + 1)[group] % folds
    predictions = np.empty(len(customers))
    for part in range(folds):
        inside = fold == part
        predictions[inside] = predict(~inside, inside)
    return predictions
