"""The dates a question covers, and those it is compared with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.query import MetricQuery
from knowledge.vocabulary import Grain

Comparison = Literal["previous_period", "previous_year"]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Lag:
    """A stretch of calendar time."""

    count: int
    unit: Literal["day", "month"]

    def before(self, date: dt.date) -> dt.date:
        """Return the date this much earlier, the month's last day where the day does not exist."""
        if self.unit == "day":
            return date - self.count * DAY
        months = date.year * 12 + date.month - 1 - self.count
        first = dt.date(months // 12, months % 12 + 1, 1)
        following = dt.date((months + 1) // 12, (months + 1) % 12 + 1, 1)
        return first + min(date.day - 1, (following - first).days - 1) * DAY


#: One bucket of each grain, and a year in whole buckets.
BUCKET: dict[Grain, Lag] = {
    "day": Lag(1, "day"), "week": Lag(7, "day"), "month": Lag(1, "month"), "quarter": Lag(3, "month"),
    "year": Lag(12, "month"),
}  # fmt: skip
YEAR = Lag(12, "month")
YEAR_OF_WEEKS = Lag(364, "day")


@dataclass(frozen=True)
class Behind:
    """States of a month or a year behind the newest as-of before ``end``, whichever day that is."""

    comparison: Comparison
    end: dt.date


@dataclass(frozen=True)
class Window:
    """From ``start`` (None: the beginning) up to, and without, ``end``.

    ``lag`` is what separates a window of comparison from the one it is compared with. ``behind`` is set where no period
    is given: states are then looked up behind the newest as-of.
    """

    start: dt.date | None
    end: dt.date
    lag: Lag | None = None
    behind: Behind | None = None


def windows(query: MetricQuery, data_clock: dt.date) -> tuple[Window, Window | None]:
    """Return the window of a query and, where it compares, the window before."""
    period = query.period
    now = Window(period.start, period.end) if period else Window(None, data_clock + DAY)
    if query.against is not None:
        return now, Window(query.against.start, query.against.end)
    if query.compare_to is None:
        return now, None
    lag = _lag(query, now)
    before = Window(now.start and lag.before(now.start), lag.before(now.end), lag)
    bounded = query.period or query.grain
    return now, before if bounded else replace(before, behind=Behind(query.compare_to, now.end))


def _lag(query: MetricQuery, now: Window) -> Lag:
    if query.compare_to == "previous_year":
        return YEAR_OF_WEEKS if query.grain == "week" else YEAR
    if query.grain:
        return BUCKET[query.grain]
    if now.start is None:
        return BUCKET["month"]
    whole_months = now.start.day == now.end.day == 1
    months = (now.end.year - now.start.year) * 12 + now.end.month - now.start.month
    return Lag(months, "month") if whole_months else Lag((now.end - now.start).days, "day")


def spoken(date: dt.date) -> str:
    """Return a date as people read it: 30 Jun 2026."""
    return f"{date.day} {date:%b %Y}"
