"""How far forecasts miss: MASE, sMAPE, bias and coverage, with intervals from a bootstrap over customers or series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.models.metrics import Estimate, Replicates, interval

Floats = NDArray[np.float64]


def naive_scale(series: Floats, season: int, start: NDArray[np.int64] | None = None) -> Floats:
    """Return the in-sample mean absolute error of the seasonal naive forecast, the unit of MASE.

    Hyndman & Koehler (2006), Int. J. Forecasting 22:679.

    Parameters
    ----------
    series
        (rows, months), the months a forecast may know.
    start
        First month that counts, by row.

    Returns
    -------
    numpy.ndarray
        (rows,); NaN where fewer than three differences exist or all are zero.
    """
    steps = np.abs(series[:, season:] - series[:, :-season])
    first = np.zeros(len(series), dtype=np.int64) if start is None else start
    counts = np.arange(steps.shape[1])[None, :] >= first[:, None]
    count = counts.sum(axis=1)
    mean = (steps * counts).sum(axis=1) / np.maximum(count, 1)
    return np.asarray(np.where((count >= 3) & (mean > 0), mean, np.nan))


def smape(actual: Floats, expected: Floats) -> Floats:
    """Return ``200 · |a − f| / (|a| + |f|)`` by row, in percent; 0 where both are zero."""
    both = np.abs(actual) + np.abs(expected)
    return np.asarray(200 * np.abs(actual - expected) / np.where(both > 0, both, 1.0))


@dataclass(frozen=True)
class Tested:
    """Forecasts beside what came, a row for each customer (or series), origin and horizon.

    Attributes
    ----------
    who
        Customer or series: what the bootstrap draws.
    unit
        The MASE unit of each row.
    forecasts
        Name → expected; each is measured.
    low, high
        The 80 % interval.
    """

    who: NDArray[np.object_]
    horizon: NDArray[np.int64]
    actual: Floats
    unit: Floats
    forecasts: Mapping[str, Floats]
    low: Floats
    high: Floats

    def where(self, rows: NDArray[np.bool_]) -> Tested:
        """Return some of the rows."""
        return Tested(self.who[rows], self.horizon[rows], self.actual[rows], self.unit[rows],
                      {name: values[rows] for name, values in self.forecasts.items()}, self.low[rows],
                      self.high[rows])  # fmt: skip

    @classmethod
    def joined(cls, parts: list[Tested]) -> Tested:
        """Return the rows of several."""
        return cls(
            who=np.concatenate([each.who for each in parts]),
            horizon=np.concatenate([each.horizon for each in parts]),
            actual=np.concatenate([each.actual for each in parts]),
            unit=np.concatenate([each.unit for each in parts]),
            forecasts={name: np.concatenate([each.forecasts[name] for each in parts]) for name in parts[0].forecasts},
            low=np.concatenate([each.low for each in parts]),
            high=np.concatenate([each.high for each in parts]),
        )

    def mase(self, replicates: Replicates) -> dict[str, Estimate]:
        """Return the mean scaled absolute error of each forecast."""
        return {
            name: mean(np.abs(self.actual - values) / self.unit, replicates) for name, values in self.forecasts.items()
        }

    def gap(self, ours: str, theirs: str, replicates: Replicates) -> Estimate:
        """Return the paired difference of two forecasts' MASE, ``ours − theirs``."""
        misses = [np.abs(self.actual - self.forecasts[name]) / self.unit for name in (ours, theirs)]
        return mean(misses[0] - misses[1], replicates)

    def smape(self, replicates: Replicates) -> dict[str, Estimate]:
        """Return the mean symmetric percentage error of each forecast, in percent."""
        return {name: mean(smape(self.actual, values), replicates) for name, values in self.forecasts.items()}

    def coverage(self, replicates: Replicates) -> Estimate:
        """Return the share of rows whose actual lies in the interval."""
        inside = (self.actual >= self.low - 0.005) & (self.actual <= self.high + 0.005)
        return mean(inside.astype(float), replicates)

    def bias(self, name: str, replicates: Replicates) -> Estimate:
        """Return the sum of a forecast by the sum of what came; 1 is right."""
        weights = replicates.weights
        return interval((weights @ self.forecasts[name]) / (weights @ self.actual))


def mean(values: Floats, replicates: Replicates) -> Estimate:
    """Return the mean over rows that are known, with its interval over customers or series."""
    known = np.isfinite(values)
    weights = replicates.weights[:, known]
    with np.errstate(invalid="ignore", divide="ignore"):
        return interval(np.asarray((weights @ values[known]) / weights.sum(axis=1)))
