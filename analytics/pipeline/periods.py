"""Month arithmetic: period numbers, month ends and the tables of as-ofs the pipeline joins on.

A *period* is a month. On the calendar its number is ``12 · year + month``; counted back from a cut-off it is
0 for the month that ends there, −1 for the month before, and so on.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the month end ``months`` after the month of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_end(dt.date(year, month + 1, 1))


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the month ends from the month of ``first`` up to the last one that is not after ``last``."""
    ends, end = [], month_end(first)
    while end <= last:
        ends.append(end)
        end = add_months(end, 1)
    return ends


def period_number(day: dt.date) -> int:
    """Return the calendar period of ``day``: ``12 · year + month``."""
    return day.year * 12 + day.month


def as_of_table(as_ofs: Iterable[dt.date]) -> ibis.Table:
    """Return a table with one column ``as_of``, a row for each date."""
    import ibis

    days = [ibis.literal(day, type="date") for day in as_ofs]
    return ibis.array(days).unnest().name("as_of").as_table()


def calendar_period(moment: Any) -> Any:
    """Return the calendar period of a date or timestamp column."""
    return (moment.year() * 12 + moment.month()).cast("int32")


def months_back(moment: Any, cutoff: Any) -> Any:
    """Return which month before ``cutoff`` (a day's 00:00) holds ``moment``: 0 for the last one.

    Month *k* is ``[cutoff − (k + 1) months, cutoff − k months)``; a boundary day that a short month lacks falls on
    the first of the next. At a month's first day this is the calendar month.
    """
    import ibis

    whole = (cutoff.year() * 12 + cutoff.month()) - (moment.year() * 12 + moment.month())
    return (whole - ibis.ifelse(moment.day() >= cutoff.day(), 1, 0)).cast("int32")
