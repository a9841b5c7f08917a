"""Whether this month's distributions are other than the months before taught: distances against their own history.

A series is a table of counts by month and bin. Its distance in a month is the population stability index to the mean of
the twelve months before, so that every season is in the reference. What counts as much is learnt from the series: the
distance is set against those of earlier months, on a log scale, and against the same month a year ago, so that a
festival or a bonus month that comes every year does not alarm. The p-values of all series are Holm-adjusted (Holm,
1979): the chance that any of them alarms in a quiet month is at most `FAMILY_WISE`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Months in the reference: a whole year.
REFERENCE = 12
#: Months of own history under which a series says nothing.
FEWEST = 8
FAMILY_WISE = 0.04
#: Bins of a series whose bins are in order, and least share of a name that is told apart.
GROUPS = 10
LEAST_SHARE = 0.005
#: A distance under this is no drift, however quiet the history was: a tenth of what is "worth a look" by convention.
LEAST_DISTANCE = 0.01


@dataclass(frozen=True)
class Drift:
    """What one series says of one month.

    Attributes
    ----------
    distance
        Population stability index to the mean of the twelve months before.
    expected
        The distance usual for the series, or that of the same month a year ago where larger.
    p_value
        Chance of such a distance in a quiet month, before the adjustment.
    adjusted
        Holm's p-value within the month's series.
    """

    series: str
    period: int
    distance: float
    expected: float
    p_value: float
    adjusted: float

    @property
    def drifted(self) -> bool:
        """Whether the month is other than the history, family-wise."""
        return self.adjusted < FAMILY_WISE and self.distance >= LEAST_DISTANCE


def examined(counts: pd.DataFrame, period: int) -> list[Drift]:
    """Return what every series says of a month, the most surprising first; series with too little history are left out.

    Parameters
    ----------
    counts
        ``series, period, bin, n``; rows later than ``period`` are not read.
    period
        Month examined, ``12 · year + month``.
    """
    from scipy import stats

    known = counts[counts["period"] <= period]
    found = []
    for name, rows in known.groupby("series", sort=True):
        history = distances(rows)
        if period not in history:
            continue
        before = np.log([value for month, value in history.items() if month < period])
        if len(before) < FEWEST:
            continue
        centre = max(float(before.mean()), np.log(history.get(period - REFERENCE, 1e-12)))
        spread = float(before.std(ddof=1)) * np.sqrt(1 + 1 / len(before))
        surprise = (np.log(history[period]) - centre) / max(spread, 1e-9)
        p_value = float(stats.t.sf(surprise, len(before) - 1))
        found.append((str(name), history[period], float(np.exp(centre)), p_value))
    adjusted = holm([p_value for *_, p_value in found])
    drifts = [
        Drift(name, period, value, usual, p, a) for (name, value, usual, p), a in zip(found, adjusted, strict=True)
    ]
    return sorted(drifts, key=lambda each: (each.adjusted, each.p_value))


def distances(rows: pd.DataFrame) -> Mapping[int, float]:
    """Return a series' distance in every month that has a whole reference before it."""
    wide = rows.pivot_table(index="period", columns="bin", values="n", aggfunc="sum", fill_value=0.0)
    ordered = _in_order(wide)
    shares = ordered.to_numpy(dtype=float)
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1)
    totals = wide.to_numpy(dtype=float).sum(axis=1)
    periods = [int(period) for period in wide.index]
    numeric = all(_is_number(name) for name in wide.columns)
    found = {}
    for place in range(REFERENCE, len(periods)):
        reference = shares[place - REFERENCE : place].mean(axis=0)
        groups = _quantile_groups(reference) if numeric else _named_groups(reference)
        found[periods[place]] = _index(_pooled(reference, groups), _pooled(shares[place], groups), totals[place])
    return found


def _index(expected: Floats, actual: Floats, count: float) -> float:
    least = 0.5 / max(count, 1)
    e, a = np.maximum(expected, least), np.maximum(actual, least)
    return max(float(((a - e) * np.log(a / e)).sum()), 1e-9)


def _in_order(wide: pd.DataFrame) -> pd.DataFrame:
    names = list(wide.columns)
    return wide[sorted(names, key=lambda name: (float(name), "") if _is_number(name) else (0.0, str(name)))]


def _is_number(name: Any) -> bool:
    return str(name).lstrip("-").isdigit()


def _quantile_groups(reference: Floats) -> NDArray[np.int64]:
    """Return a group for each bin, neighbours joined until each holds about a tenth of the reference."""
    middle = np.cumsum(reference) - reference / 2
    return np.minimum((middle * GROUPS).astype(np.int64), GROUPS - 1)


def _named_groups(reference: Floats) -> NDArray[np.int64]:
    """Return a group for each name; rare ones share one, and names never seen in the reference another."""
    groups = np.arange(len(reference)) + 2
    groups[reference < LEAST_SHARE] = 1
    groups[reference <= 0] = 0
    return groups


def _pooled(shares: Floats, groups: NDArray[np.int64]) -> Floats:
    return np.bincount(groups, weights=shares)[np.unique(groups)]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values, in the order given."""
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def stability_threshold(reference: int, current: int, bins: int, *, quantile: float = 0.99) -> float:
    """Return the population stability index that two samples of one distribution exceed with 1 − ``quantile``.

    ``PSI ~ (1/n + 1/m) · χ²(bins − 1)`` under no drift (Yurdakul and Naranjo, Statistical properties of the population
    stability index, Journal of Risk Model Validation 14, 2020).
    """
    from scipy import stats

    return float(stats.chi2.ppf(quantile, bins - 1) * (1 / max(reference, 1) + 1 / max(current, 1)))
