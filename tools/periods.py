"""Periods by name, on the data clock: what a declaration calls ``newest_month`` is a month of the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

Days = dict[str, str]


def newest_month(clock: dt.date) -> tuple[dt.date, dt.date]:
    """The last whole month: the clock's own where the clock is its last day."""
    following = (clock + dt.timedelta(days=1)).replace(day=1)
    return _moved(following, -1), following


def months_back(months: int) -> Callable[[dt.date], tuple[dt.date, dt.date]]:
    """The last so many whole months."""

    def days(clock: dt.date) -> tuple[dt.date, dt.date]:
        _, end = newest_month(clock)
        return _moved(end, -months), end

    return days


PERIODS: Mapping[str, Callable[[dt.date], tuple[dt.date, dt.date]]] = {
    "newest_month": newest_month,
    "newest_3_months": months_back(3),
    "newest_12_months": months_back(12),
    "newest_13_months": months_back(13),
    "newest_24_months": months_back(24),
}


def period(name: str, clock: dt.date) -> Days:
    """The named period as a tool takes it; its end is the day after."""
    start, end = PERIODS[name](clock)
    return {"start": start.isoformat(), "end": end.isoformat()}


def _moved(first: dt.date, months: int) -> dt.date:
    place = first.year * 12 + first.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, 1)
