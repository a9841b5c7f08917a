"""Forecasts of every customer at an origin: total by the booster, categories by their own months, brought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.boosted import Boosted, Series
from analytics.models.forecast.coherent import reconciled
from analytics.models.forecast.history import OBLIGATIONS, RECEIVED, SPEND
from analytics.models.forecast.lags import YEAR, window
from analytics.models.forecast.panel import Panel

Floats = NDArray[np.float64]

#: Months ahead the book is forecast.
HORIZONS = (1, 2, 3)


@dataclass(frozen=True)
class Boosters:
    """The boosters of one training; None where there was nothing to learn from."""

    spend: Boosted | None
    inflow: Boosted | None

    @classmethod
    def fit(cls, panel: Panel, *, seed: int) -> Boosters:
        """Fit both on everything known at the panel's as-of."""
        return cls(*(Boosted.fit(series, HORIZONS, seed=seed) for series in (spend_of(panel), inflow_of(panel))))


@dataclass(frozen=True)
class Points:
    """What is expected at an origin.

    Attributes
    ----------
    parts, parts_known
        Spend by category, (customers, categories, horizons); coherent: their sum is the total.
    inflow, inflow_known
        (customers, horizons).
    obligations
        Loan payments and investments by mandate, (customers, horizons).
    scale, parts_scale, inflow_scale
        Own volatility: (customers,), (customers, categories), (customers,).
    enough, inflow_enough
        Whether there is enough history.
    """

    parts: Floats
    parts_known: Floats
    inflow: Floats
    inflow_known: Floats
    obligations: Floats
    scale: Floats
    parts_scale: Floats
    inflow_scale: Floats
    enough: NDArray[np.bool_]
    inflow_enough: NDArray[np.bool_]

    @property
    def total(self) -> Floats:
        """Spend, (customers, horizons)."""
        return np.asarray(self.parts.sum(axis=1))


def spend_of(panel: Panel) -> Series:
    """Return total spend as the booster sees it."""
    return Series(panel.total, panel.start, panel.first_period, panel.mandates, SPEND, _share(panel))


def inflow_of(panel: Panel) -> Series:
    """Return inflow as the booster sees it."""
    return Series(panel.inflow, panel.start, panel.first_period, panel.mandates, RECEIVED, np.ones(panel.inflow.shape))


def _share(panel: Panel) -> Floats:
    """Return the share of the largest category over the six months to each month."""
    padded = np.concatenate([np.zeros((*panel.spend.shape[:2], 6)), np.cumsum(panel.spend, axis=2)], axis=2)
    sums = padded[:, :, 6:] - padded[:, :, :-6]
    if not sums.shape[1]:
        return np.ones(panel.inflow.shape)
    return np.asarray(sums.max(axis=1) / np.maximum(sums.sum(axis=1), 1.0))


def points(boosters: Boosters, panel: Panel, origin: int, horizons: Sequence[int] = HORIZONS) -> Points:
    """Forecast every customer from what the panel holds up to month ``origin``.

    The booster's total misses by less than the sum of categories (MASE 0.71 against 0.79 on a sandbox), so it is given
    no variance: the categories make room by theirs.
    """
    ahead = np.asarray(horizons)
    count = len(panel.customers)
    spend, inflow = spend_of(panel), inflow_of(panel)
    at, came = window(spend.values, panel.start, origin), window(inflow.values, panel.start, origin)
    total = boosters.spend.expected(spend, origin, horizons) if boosters.spend else _mean_of(spend, origin, horizons)
    received = (
        boosters.inflow.expected(inflow, origin, horizons) if boosters.inflow else _mean_of(inflow, origin, horizons)
    )
    known = panel.mandates.known(origin, ahead, SPEND, panel.spend.shape[:2])
    own, spread = category_levels(panel, origin)
    parts = [
        reconciled(total[:, place], known[:, :, place] + own, np.zeros(count), spread**2, known[:, :, place])
        for place in range(len(ahead))
    ]  # fmt: skip
    return Points(
        parts=np.stack(parts, axis=2),
        parts_known=known,
        inflow=received,
        inflow_known=inflow.known(origin, horizons),
        obligations=panel.mandates.known(origin, ahead, OBLIGATIONS, (count,)),
        scale=at.scale,
        parts_scale=spread,
        inflow_scale=came.scale,
        enough=at.enough,
        inflow_enough=came.enough,
    )


def _mean_of(series: Series, origin: int, horizons: Sequence[int]) -> Floats:
    level = window(series.values, series.start, origin).level
    return np.maximum(np.repeat(level[:, None], len(horizons), axis=1), series.known(origin, horizons))


def category_levels(panel: Panel, origin: int) -> tuple[Floats, Floats]:
    """Return mean and volatility of each category beyond its mandates, (customers, categories) each.

    The mean is halfway between that of the last six months and that of the last twelve, whole months alone.
    """
    seen = panel.spend[:, :, : origin + 1] - _mandated(panel, origin)
    months = np.arange(origin + 1)
    there = months[None, :] >= panel.start[:, None]

    def mean(values: Floats, last: int) -> Floats:
        mine = there & (months[None, :] > origin - last)
        return np.asarray(np.einsum("cks,cs->ck", values, mine) / np.maximum(mine.sum(axis=1), 1)[:, None])

    year = mean(seen, YEAR)
    variance = mean(seen**2, YEAR) - year**2
    return np.maximum((mean(seen, 6) + year) / 2, 0.0), np.sqrt(np.maximum(variance, 0.0)) + 0.05 * np.abs(year)


def _mandated(panel: Panel, origin: int) -> Floats:
    """Return what the mandates that live at the origin took, (customers, categories, months)."""
    cut = panel.mandates.until(origin)
    return cut.history(SPEND, panel.spend.shape[:2])
