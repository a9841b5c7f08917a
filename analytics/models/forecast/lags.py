"""The columns the book's model learns from: a customer's own months before an origin, on his own scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Whole months of history below which nothing is forecast; recent months that must have seen something.
LEAST_MONTHS = 6
RECENT = 3
YEAR = 12
#: Money a month below which ratios to it mean little, in the main currency.
LEAST_LEVEL = 500.0
COLUMNS = (
    "last", "last_1", "last_2", "mean_3", "mean_12", "median_6", "median_12", "highest_12", "lowest_12", "year_ago",
    "known_next", "volatility", "log_level", "months", "share_largest_category", "month_of_year", "festival", "horizon",
)  # fmt: skip
#: Month in which most of the Diwali shopping falls, by year; October where a year is not listed.
DIWALI = {2019: 10, 2020: 11, 2021: 11, 2022: 10, 2023: 11, 2024: 10, 2025: 10, 2026: 11, 2027: 10, 2028: 10,
          2029: 11, 2030: 10}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A series of every customer at an origin.

    Attributes
    ----------
    level
        Mean of the last six whole months, at least `LEAST_LEVEL`.
    scale
        The customer's own volatility: deviation over the last twelve months and a twentieth of the level.
    enough
        Whether there are `LEAST_MONTHS` whole months and something in the last three.
    """

    level: Floats
    scale: Floats
    enough: NDArray[np.bool_]


def _within(series: Floats, start: Ints, origin: int, months: int) -> Floats:
    """Return the last months, NaN before the customer's first whole one, oldest first."""
    first = origin - months + 1
    taken = np.full((len(series), months), np.nan)
    here = series[:, max(first, 0) : origin + 1]
    taken[:, months - here.shape[1] :] = here
    taken[np.arange(first, origin + 1)[None, :] < start[:, None]] = np.nan
    return taken


def window(series: Floats, start: Ints, origin: int) -> Window:
    """Return level, scale and sufficiency at an origin, the index of the last month that is known."""
    year = _within(series, start, origin, YEAR)
    half = year[:, -6:]
    level = np.maximum(_mean(half), LEAST_LEVEL)
    deviation = np.sqrt(_mean((year - _mean(year)[:, None]) ** 2))
    enough = (origin - start + 1 >= LEAST_MONTHS) & (np.nansum(year[:, -RECENT:], axis=1) > 0)
    return Window(level, np.maximum(deviation, 0.0) + 0.05 * level, enough)


def _mean(values: Floats) -> Floats:
    there = ~np.isnan(values)
    return np.asarray(np.nansum(values, axis=1) / np.maximum(there.sum(axis=1), 1))


def _median(values: Floats) -> Floats:
    """Return row medians; 0 where a row has nothing."""
    filled = np.where(np.isnan(values), np.inf, values)
    ordered, count = np.sort(filled, axis=1), (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low, high = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, np.minimum(count // 2, values.shape[1] - 1)]
    return np.asarray(np.where(count > 0, (np.where(count > 0, low, 0) + np.where(count > 0, high, 0)) / 2, 0.0))


def columns(
    series: Floats, start: Ints, origin: int, horizon: int, known: Floats, share: Floats, first_period: int
) -> Floats:
    """Return the (customers, `COLUMNS`) matrix for one origin and horizon; money in units of the level.

    Parameters
    ----------
    known
        What mandates take in the target month.
    share
        Share of the largest category in the last six months.
    first_period
        Calendar period of the first month.
    """
    at = window(series, start, origin)
    year = _within(series, start, origin, YEAR)
    ago = origin + horizon - YEAR
    year_ago = np.where(start <= ago, series[:, ago], np.nan) if ago >= 0 else np.full(len(series), np.nan)
    filled = np.nan_to_num(year, nan=0.0)
    money = [
        year[:, -1], year[:, -2], year[:, -3], _mean(year[:, -3:]), _mean(year), _median(year[:, -6:]), _median(year),
        filled.max(axis=1), np.where(np.isnan(year), np.inf, year).min(axis=1), year_ago, known,
    ]  # fmt: skip
    target = first_period + origin + horizon - 1
    calendar_year, month = target // YEAR, target % YEAR + 1
    festival = DIWALI.get(calendar_year, 10) == month
    plain = [np.full(len(series), float(value)) for value in (month, festival, horizon)]
    observed = np.clip(origin - start + 1, 0, 24).astype(float)
    with np.errstate(invalid="ignore"):
        scaled = [value / at.level for value in money]
        return np.stack([*scaled, at.scale / at.level, np.log(at.level), observed, share, *plain], axis=1)
