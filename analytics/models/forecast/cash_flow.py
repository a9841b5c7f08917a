"""Will the account carry the next instalment? Daily balance paths of one customer until it is due.

Known payments fall on their days: salaries come in, rent, premiums, plans and instalments go out. Everything else is
drawn from the customer's own days: blocks of a week of the last half year, with replacement and seeded, so that
weekends and quiet weeks stay together. A draw stands for the same part of the month it came from, since spending is
thickest after payday. *Short* is a path whose balance falls below zero on a day before the instalment, or is less than
the instalment on the evening before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.errors import ModelError

Floats = NDArray[np.float64]

PATHS = 500
#: Days of own flows that are drawn from, of a block, and that there must be.
PAST_DAYS, BLOCK, LEAST_DAYS = 182, 7, 60
#: Quantiles of the balance that are told.
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Due:
    """A payment that is expected: money in positive, out negative, from ``on`` (days after the as-of, from 1)."""

    on: int
    amount: float


@dataclass(frozen=True)
class CashFlow:
    """Balances until the next instalment.

    Attributes
    ----------
    days
        The days, the instalment's last.
    low, median, high
        Balance at each day's end, before the instalment on the last: 10 %, 50 % and 90 % of the paths.
    chance_short, chance_negative
        Share of paths that are short, and of those that fall below zero before the instalment.
    paths
        How many were drawn; the standard error of a chance p is √(p (1 − p) / paths).
    """

    days: tuple[dt.date, ...]
    low: Floats
    median: Floats
    high: Floats
    chance_short: float
    chance_negative: float
    paths: int


def cash_flow(
    balance: float,
    own_flows: Floats,
    expected: Sequence[Due],
    instalment: Due,
    as_of: dt.date,
    *,
    paths: int = PATHS,
    seed: int = 0,
) -> CashFlow:
    """Draw balance paths from the evening of ``as_of`` to the evening before the instalment.

    Parameters
    ----------
    balance
        Over the customer's deposit accounts, on the evening of ``as_of``.
    own_flows
        Net flow of each day up to ``as_of`` without what is expected, oldest first.
    expected
        Salaries and other mandates until then.
    instalment
        The next one: its day and amount (negative).

    Raises
    ------
    ModelError
        Fewer than `LEAST_DAYS` days of flows, or an instalment that is not ahead.
    """
    if len(own_flows) < LEAST_DAYS:
        raise ModelError(f"There are {len(own_flows)} days of postings; balance paths need {LEAST_DAYS}.")
    if instalment.on < 1:
        raise ModelError("The instalment is not ahead of the as-of: give the next one.")
    horizon = instalment.on
    drawn = _blocks(own_flows[-PAST_DAYS:], horizon, as_of, paths, seed)
    drawn += _fixed(expected, horizon)[None, :]
    ends = balance + np.cumsum(drawn, axis=1)
    before = ends[:, : horizon - 1] if horizon > 1 else np.full((paths, 1), balance)
    negative = (before < 0).any(axis=1)
    short = negative | (before[:, -1] < -instalment.amount)
    low, median, high = np.quantile(ends, BAND, axis=0)
    days = tuple(as_of + dt.timedelta(days=day) for day in range(1, horizon + 1))
    return CashFlow(days, low, median, high, float(short.mean()), float(negative.mean()), paths)


def _fixed(expected: Sequence[Due], horizon: int) -> Floats:
    """Return what is expected on each day ahead."""
    fixed = np.zeros(horizon)
    for due in expected:
        if 1 <= due.on <= horizon:
            fixed[due.on - 1] += due.amount
    return fixed


def _blocks(flows: Floats, horizon: int, as_of: dt.date, paths: int, seed: int) -> Floats:
    """Return (paths, horizon) flows: whole blocks, each begun within a week of the same day of an earlier month."""
    generator = np.random.default_rng(seed)
    starts = np.arange(0, horizon, BLOCK)
    past = np.arange(len(flows))
    month_day = np.array([(as_of - dt.timedelta(days=int(len(flows) - 1 - day))).day for day in past])
    columns = []
    for start in starts:
        wanted = (as_of + dt.timedelta(days=int(start) + 1)).day
        apart = np.abs(month_day - wanted)
        near = np.flatnonzero((np.minimum(apart, 30 - apart) <= 3) & (past + BLOCK <= len(flows)))
        begun = generator.choice(near if len(near) else np.arange(max(len(flows) - BLOCK, 1)), size=paths)
        columns.append(flows[begun[:, None] + np.arange(BLOCK)[None, :]])
    return np.concatenate(columns, axis=1)[:, :horizon].astype(np.float64)
