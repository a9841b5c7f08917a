"""Discrimination and calibration of probabilities, with intervals from a bootstrap over customers.

Every metric takes weights of shape (replicates, rows), so that one sort serves all replicates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from analytics.models.scale import logit

Floats = NDArray[np.float64]
Metric = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """The three as a dictionary, rounded to six digits."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


@dataclass(frozen=True)
class Replicates:
    """Bootstrap weights: how often each row's customer was drawn.

    Attributes
    ----------
    weights
        (replicates + 1, rows); the first row is all ones, the sample itself.
    """

    weights: Floats

    @classmethod
    def by_customer(cls, customers: NDArray[np.object_], *, count: int = 500, seed: int = 0) -> Replicates:
        """Draw customers with replacement; a customer's rows come and go together."""
        _, group = np.unique(customers.astype(str), return_inverse=True)
        groups = int(group.max()) + 1 if len(group) else 0
        generator = np.random.default_rng(seed)
        drawn = generator.multinomial(groups, np.full(groups, 1 / groups), size=count)
        return cls(np.vstack([np.ones((1, len(group))), drawn[:, group]]).astype(np.float64))

    def estimate(self, metric: Metric, bad: Floats, probability: Floats) -> Estimate:
        """Return a metric with the percentile interval of its replicates."""
        return interval(metric(bad, probability, self.weights))

    def gap(self, metric: Metric, bad: Floats, ours: Floats, theirs: Floats) -> Estimate:
        """Return the paired difference of a metric, ``ours − theirs``, on the same draws."""
        return interval(metric(bad, ours, self.weights) - metric(bad, theirs, self.weights))


def interval(values: Floats) -> Estimate:
    """Return the first value with the 2.5 % and 97.5 % quantiles of the others, undefined replicates left out."""
    drawn = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (np.nan, np.nan)
    return Estimate(float(values[0]), float(low), float(high))


def _grouped(bad: Floats, probability: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return weights of bads and goods by distinct probability, ascending."""
    order = np.argsort(probability, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(probability[order]) > 0])
    sorted_weights = weights[:, order]
    bads = np.add.reduceat(sorted_weights * bad[order], starts, axis=1)
    return bads, np.add.reduceat(sorted_weights, starts, axis=1) - bads


def auc(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return the area under the ROC curve: P(bad ranks above good), ties half."""
    bads, goods = _grouped(bad, probability, weights)
    below = np.cumsum(goods, axis=1) - 0.5 * goods
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((bads * below).sum(axis=1) / (bads.sum(axis=1) * goods.sum(axis=1)))


def gini(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return ``2 · AUC − 1``."""
    return 2 * auc(bad, probability, weights) - 1


def ks(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return the largest distance between the distributions of bads and goods (Kolmogorov–Smirnov)."""
    bads, goods = _grouped(bad, probability, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.cumsum(goods, axis=1) / goods.sum(axis=1, keepdims=True) - np.cumsum(bads, axis=1) / bads.sum(
            axis=1, keepdims=True
        )
    return np.asarray(np.abs(distance).max(axis=1))


def average_precision(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return the area under the precision–recall curve as average precision (steps, no interpolation)."""
    bads, goods = _grouped(bad, probability, weights)
    bads, goods = bads[:, ::-1], goods[:, ::-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.cumsum(bads, axis=1) / np.maximum(np.cumsum(bads + goods, axis=1), 1e-12)
        return np.asarray((precision * bads).sum(axis=1) / bads.sum(axis=1))


def lift_at_tenth(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return the rate of events in the riskiest tenth against that of all: 1 is no better than chance.

    Customers tied at the edge of the tenth count in part.
    """
    bads, goods = _grouped(bad, probability, weights)
    bads, every = bads[:, ::-1], (bads + goods)[:, ::-1]
    tenth = 0.1 * every.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.clip((tenth - (np.cumsum(every, axis=1) - every)) / np.maximum(every, 1e-12), 0, 1)
        return np.asarray((inside * bads).sum(axis=1) / tenth[:, 0] / (bads.sum(axis=1) / every.sum(axis=1)))


def brier_skill(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return ``1 − Brier / Brier of the base rate``; 0 is no better than the base rate."""
    total = weights.sum(axis=1)
    base = (weights @ bad) / total
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (weights @ (probability - bad) ** 2) / total / (base * (1 - base)))


def _recalibration(bad: Floats, probability: Floats, weights: Floats, *, steps: int = 30) -> tuple[Floats, Floats]:
    """Fit ``logit P(bad) = a + b · logit(probability)`` by Newton's method, all replicates at once."""
    x = logit(probability)
    a, b = np.zeros(len(weights)), np.ones(len(weights))
    for _ in range(steps):
        fitted = 0.5 * (1 + np.tanh(0.5 * (a[:, None] + b[:, None] * x)))
        residual, information = weights * (bad - fitted), weights * fitted * (1 - fitted) + 1e-12
        g0, g1 = residual.sum(axis=1), residual @ x
        h00, h01, h11 = information.sum(axis=1), information @ x, information @ x**2
        determinant = np.maximum(h00 * h11 - h01**2, 1e-12)
        step_a, step_b = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        a, b = a + np.clip(step_a, -2, 2), b + np.clip(step_b, -2, 2)
        if max(np.abs(step_a).max(), np.abs(step_b).max()) < 1e-8:
            break
    return a, b


def calibration_slope(bad: Floats, probability: Floats, weights: Floats) -> Floats:
    """Return the slope of the recalibration line in log-odds; 1 is right, under 1 too spread out."""
    return _recalibration(bad, probability, weights)[1]


def calibration_intercept(bad: Floats, probability: Floats, weights: Floats, *, steps: int = 30) -> Floats:
    """Return calibration in the large: the shift of log-odds, at slope 1, that makes the mean right; 0 is right."""
    x = logit(probability)
    shift = np.zeros(len(weights))
    for _ in range(steps):
        fitted = 0.5 * (1 + np.tanh(0.5 * (shift[:, None] + x)))
        step = (weights * (bad - fitted)).sum(axis=1) / ((weights * fitted * (1 - fitted)).sum(axis=1) + 1e-12)
        shift = shift + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return shift


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "auc": auc,
        "gini": gini,
        "ks": ks,
        "pr_auc": average_precision,
        "brier_skill": brier_skill,
        "calibration_slope": calibration_slope,
        "calibration_intercept": calibration_intercept,
    }
)


def population_stability(expected: Floats, actual: Floats, *, bins: int = 10) -> float:
    """Return the population stability index of two samples over quantile bins of the first.

    ``Σ (a − e) · ln(a / e)`` with half a count added to empty bins. By convention 0.10 is worth a look, 0.25 a change.
    """
    edges = np.unique(np.quantile(expected, np.linspace(0, 1, bins + 1)[1:-1]))
    counts = [
        np.bincount(np.searchsorted(edges, x, side="right"), minlength=len(edges) + 1) for x in (expected, actual)
    ]
    e, a = (np.maximum(count, 0.5) / max(count.sum(), 1) for count in counts)
    return float(((a - e) * np.log(a / e)).sum())
