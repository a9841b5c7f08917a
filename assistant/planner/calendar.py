"""Periods of the calendar and of the Indian financial year (April to March), half-open."""

from __future__ import annotations

import calendar
import datetime as dt

from knowledge.query import Period

#: Months of a unit of time; days and weeks are counted in days.
MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12, "fiscal_year": 12}
DAYS_OF = {"day": 1, "week": 7, "fortnight": 14}
EARLIEST = dt.date(1900, 1, 1)
DAY = dt.timedelta(days=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day ``months`` later, or the month's last where there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def containing(unit: str, day: dt.date) -> Period:
    """Return the calendar ``unit`` that ``day`` lies in; quarters and halves fit calendar and financial year alike."""
    if unit in DAYS_OF:
        start = day if unit == "day" else day - dt.timedelta(days=day.weekday())
        return Period(start=start, end=start + dt.timedelta(days=DAYS_OF[unit]))
    months = MONTHS_OF[unit]
    if unit == "fiscal_year":
        start = dt.date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    else:
        start = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(start=start, end=add_months(start, months))


def shifted(unit: str, period: Period, count: int) -> Period:
    """Return the calendar ``unit`` that lies ``count`` units after ``period``."""
    if unit in DAYS_OF:
        step = dt.timedelta(days=DAYS_OF[unit] * count)
        return Period(start=period.start + step, end=period.end + step)
    months = MONTHS_OF[unit]
    start = add_months(period.start, months * count)
    return Period(start=start, end=add_months(start, months))


def rolling(unit: str, count: int, clock: dt.date) -> Period:
    """Return the ``count`` units that end with the day of the data clock."""
    end = clock + DAY
    if unit in DAYS_OF:
        return Period(start=end - dt.timedelta(days=DAYS_OF[unit] * count), end=end)
    return Period(start=add_months(end, -MONTHS_OF[unit] * count), end=end)


def clipped(period: Period, clock: dt.date) -> Period | None:
    """Return ``period`` up to and including the data clock, or None where it begins later."""
    if period.start > clock:
        return None
    return Period(start=period.start, end=min(period.end, clock + DAY))


def previous(period: Period) -> Period:
    """Return the period of equal length before: months before months, days before days."""
    if period.start.day == 1 and period.end.day == 1:
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
        return Period(start=add_months(period.start, -months), end=period.start)
    return Period(start=period.start - (period.end - period.start), end=period.start)


def following(period: Period) -> Period:
    """Return the period of equal length after: months after months, days after days."""
    if period.start.day == 1 and period.end.day == 1:
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
        return Period(start=period.end, end=add_months(period.end, months))
    return Period(start=period.end, end=period.end + (period.end - period.start))


def year_before(period: Period) -> Period:
    """Return the same dates a year earlier."""
    return Period(start=add_months(period.start, -12), end=add_months(period.end, -12))
