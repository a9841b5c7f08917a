"""Whether this month is other than the months before taught: every series against its own history.

A series is a table of counts by month and bin, and has one statistic or two. Levels and mixes have their distance: the
population stability index to the mean of the twelve months before, so that every season is in the reference. A change
against customers' own past has its tails: the share that fell and the share that rose by a factor of about one and a
half. What counts as much is learnt from the statistic's own earlier months, on a log or logit scale, and from the same
season a year ago, so that a festival or a bonus month that comes every year does not alarm. The p-values of all
statistics are Holm-adjusted (Holm, 1979): the chance that any of them alarms in a quiet month is `FAMILY_WISE`.
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

#: Ending of the series that set a month against customers' own past, and of their two statistics.
OWN_PAST = " against own past"
TAILS = (": fell", ": rose")

#: Months in the reference: a whole year.
REFERENCE = 12
#: Months of own history under which a statistic says nothing.
FEWEST = 8
#: Chance of any alarm in a quiet month, for what customers do and what the model says of them, and for its features.
FAMILY_WISE = 0.04
FEATURES_WISE = 0.01
#: Bins of a series whose bins are in order, and least share of a name that is told apart.
GROUPS = 10
LEAST_SHARE = 0.005
#: A distance under this is no drift, however quiet the history was: a tenth of what is "worth a look" by convention.
LEAST_DISTANCE = 0.01
#: A tail under this difference is none either.
LEAST_TAIL = 0.02
#: Bins away from one's own past that are a tail: a factor of exp(1.5 / 4).
TAIL = 2

Values = Mapping[int, float]
#: Statistic → its values by month, and the scale on which they are compared.
Histories = Mapping[str, tuple[Values, str]]


@dataclass(frozen=True)
class Drift:
    """What one statistic says of one month.

    Attributes
    ----------
    value
        A distance, or the share of customers in a tail.
    expected
        What is usual, or what the same season a year ago had where that is more.
    p_value
        Chance of such a value in a quiet month, before the adjustment.
    adjusted
        Holm's p-value within the month's statistics.
    """

    series: str
    period: int
    value: float
    expected: float
    p_value: float
    adjusted: float

    @property
    def is_tail(self) -> bool:
        """Whether the value is a share of customers, not a distance."""
        return self.series.endswith(TAILS)

    @property
    def large(self) -> bool:
        """Whether the value is large enough to matter, whatever its surprise."""
        return self.value - self.expected >= LEAST_TAIL if self.is_tail else self.value >= LEAST_DISTANCE

    def drifted(self, level: float = FAMILY_WISE) -> bool:
        """Whether the month is other than the history, family-wise."""
        return self.adjusted < level and self.large


def examined(counts: pd.DataFrame, period: int) -> list[Drift]:
    """Return what every statistic with enough history says of a month, the most surprising first.

    Parameters
    ----------
    counts
        ``series, period, bin, n``; rows later than ``period`` are not read.
    period
        Month examined, ``12 · year + month``.
    """
    return judged(histories(counts[counts["period"] <= period]), period)


def histories(counts: pd.DataFrame) -> Histories:
    """Return every statistic by month. A month's value reads nothing later, so one pass serves all months."""
    return {
        name: (values, scale)
        for series, rows in counts.groupby("series", sort=True)
        for name, values, scale in statistics(str(series), rows)
    }


def judged(known: Histories, period: int) -> list[Drift]:
    """Return `examined` from statistics that are there; those of later months are not looked at."""
    found = [
        (name, *told)
        for name, (values, scale) in known.items()
        if (told := _surprise(values, period, scale)) is not None
    ]
    adjusted = holm([p_value for *_, p_value in found])
    drifts = [
        Drift(name, period, value, usual, p_value, holms)
        for (name, value, usual, p_value), holms in zip(found, adjusted, strict=True)
    ]
    return sorted(drifts, key=lambda each: (each.adjusted, each.p_value))


def statistics(series: str, rows: pd.DataFrame) -> list[tuple[str, Values, str]]:
    """Return a series' statistics: name, value by month, and the scale on which it is compared."""
    if not series.endswith(OWN_PAST):
        return [(series, distances(rows), "log")]
    return [(f"{series}{name}", tail(rows, sign), "logit") for name, sign in zip(TAILS, (-1, 1), strict=True)]


def _surprise(values: Values, period: int, scale: str) -> tuple[float, float, float] | None:
    """Return a month's value, the value expected and the chance of more; None without enough history."""
    from scipy import stats

    if period not in values:
        return None
    scaled = {month: _scaled(value, scale) for month, value in values.items()}
    before = np.array([value for month, value in scaled.items() if month < period])
    if len(before) < FEWEST:
        return None
    a_year_ago = [scaled[month] for shift in (-1, 0, 1) if (month := period - REFERENCE + shift) in scaled]
    centre = max(float(before.mean()), *a_year_ago, -np.inf)
    spread = max(float(before.std(ddof=1)) * np.sqrt(1 + 1 / len(before)), 1e-3)
    p_value = float(stats.t.sf((scaled[period] - centre) / spread, len(before) - 1))
    usual = float(np.exp(centre) if scale == "log" else 1 / (1 + np.exp(-centre)))
    return values[period], usual, p_value


def _scaled(value: float, scale: str) -> float:
    inside = min(max(value, 1e-6), 1 - 1e-6) if scale == "logit" else max(value, 1e-9)
    return float(np.log(inside / (1 - inside)) if scale == "logit" else np.log(inside))


def tail(rows: pd.DataFrame, sign: int) -> Values:
    """Return the share of customers far under (−1) or far over (+1) their own past, by month."""
    far = rows[rows["bin"].astype(int) * sign >= TAIL].groupby("period")["n"].sum()
    total = rows.groupby("period")["n"].sum()
    shares = far.reindex(total.index, fill_value=0) / total
    return dict(zip(shares.index.astype(int).tolist(), shares.astype(float).tolist(), strict=True))


def distances(rows: pd.DataFrame) -> Values:
    """Return a series' distance in every month that has a whole reference before it."""
    wide = rows.pivot_table(index="period", columns="bin", values="n", aggfunc="sum", fill_value=0)
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
    return wide[sorted(names, key=lambda name: (float(str(name)), "") if _is_number(name) else (0.0, str(name)))]


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
    return np.asarray(np.bincount(groups, weights=shares)[np.unique(groups)], dtype=float)


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
