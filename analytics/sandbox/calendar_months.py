"""The months of the simulation: burn-in first, then the months of the books."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.sandbox.arrays import Ints
from analytics.sandbox.profile import BURN_IN_MONTHS, SandboxProfile

#: Month in which most of the Diwali shopping falls, by year.
DIWALI = {2019: 10, 2020: 11, 2021: 11, 2022: 10, 2023: 11, 2024: 10, 2025: 10, 2026: 11, 2027: 10, 2028: 10}


@dataclass(frozen=True)
class Month:
    """One calendar month.

    ``index`` counts simulated months from 0; ``first_day`` is in days since 1970-01-01; ``weekday[k]`` is the
    weekday (Monday 0) of day ``k`` of the month, counted from 0.
    """

    index: int
    year: int
    month: int
    first_day: int
    days: int
    in_books: bool
    weekday: Ints

    @property
    def last_day(self) -> int:
        """Last day in days since 1970-01-01."""
        return self.first_day + self.days - 1

    @property
    def last_working_day(self) -> int:
        """Last weekday of the month, counted from 0."""
        return int(np.flatnonzero(self.weekday < 5)[-1])

    @property
    def diwali(self) -> bool:
        """Whether the festival season falls in this month."""
        return DIWALI.get(self.year, 10) == self.month


def month_at(year: int, month: int, index: int, in_books: bool) -> Month:
    """Build one month."""
    first_weekday, days = calendar.monthrange(year, month)
    first_day = (date(year, month, 1) - date(1970, 1, 1)).days
    return Month(index, year, month, first_day, days, in_books, (np.arange(days) + first_weekday) % 7)


def months_of(profile: SandboxProfile) -> tuple[Month, ...]:
    """Return the burn-in months and the months of the books, in order."""
    last = profile.last_month.year * 12 + profile.last_month.month - 1
    total = profile.months + BURN_IN_MONTHS
    numbers = range(last - total + 1, last + 1)
    return tuple(
        month_at(number // 12, number % 12 + 1, index, index >= BURN_IN_MONTHS) for index, number in enumerate(numbers)
    )


def first_day_of(origin: int, index: Ints) -> Ints:
    """Return the first days of months counted from ``origin``, itself in months since 1970-01."""
    days: Ints = (index + origin).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days


def origin_of(months: tuple[Month, ...]) -> int:
    """Return months since 1970-01 of the first simulated month."""
    return (months[0].year - 1970) * 12 + months[0].month - 1
