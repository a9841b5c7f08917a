"""When something is due, as people say it: ``every Monday 09:00``, ``every month on the 1st 08:00``."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from governance.errors import ToolRetry

ZONE = "Asia/Kolkata"
DAYS = tuple(name.lower() for name in calendar.day_name)
WRITTEN = (
    "every day 07:30, every weekday 07:30, every Monday 09:00, every month on the 1st 08:00, every month end 18:00"
)
_TIME = r"(?:\s+at)?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
_RULE = re.compile(
    rf"every\s+(?:(?P<daily>day|weekday)|(?P<day>{'|'.join(DAYS)})|month\s+on\s+(?:the\s+)?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|month\s+(?P<end>end)){_TIME}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class When:
    """A time that comes again.

    Attributes
    ----------
    weekdays
        Days of the week, Monday is 0; empty where days of the month count.
    date
        Day of the month; 0 is its last. A month without that day is told on its last.
    """

    text: str
    hour: int
    minute: int
    weekdays: tuple[int, ...] = ()
    date: int | None = None
    zone: str = ZONE

    def next_after(self, moment: float) -> float:
        """The first due time after a moment; both in seconds since 1970."""
        place = ZoneInfo(self.zone)
        day = dt.datetime.fromtimestamp(moment, place).date()
        for each in _days_from(day):
            if not self._falls_on(each):
                continue
            due = dt.datetime.combine(each, dt.time(self.hour, self.minute), place).timestamp()
            if due > moment:
                return due
        raise AssertionError("every rule falls due within two months")

    def due_between(self, first: float, now: float) -> int:
        """How many due times lie from ``first``, itself one, to now; counted to a thousand."""
        count, at = 0, first
        while at <= now and count < 1_000:
            count, at = count + 1, self.next_after(at)
        return count

    def _falls_on(self, day: dt.date) -> bool:
        if self.date is None:
            return day.weekday() in self.weekdays
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == (last if self.date == 0 else min(self.date, last))


def when(text: str, zone: str = ZONE) -> When:
    """Read a time that comes again.

    Raises
    ------
    ToolRetry
        It is none, or the time zone is not known.
    """
    found = _RULE.fullmatch(" ".join(text.split()))
    if found is None:
        raise ToolRetry(f"'{text}' is no time that comes again. Write it so: {WRITTEN}.")
    hour, minute, date = int(found["hour"]), int(found["minute"]), int(found["date"] or 0)
    if hour > 23 or minute > 59 or date > 31 or (found["date"] and date < 1):
        raise ToolRetry(f"'{text}' has a time or a day that no clock or month has. Write it so: {WRITTEN}.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ToolRetry(f"'{zone}' is no time zone. Write it as Asia/Kolkata or Europe/Berlin.") from None
    if found["date"] or found["end"]:
        return When(text, hour, minute, date=date, zone=zone)
    daily = {"day": tuple(range(7)), "weekday": tuple(range(5))}.get((found["daily"] or "").lower())
    return When(text, hour, minute, daily or (DAYS.index(found["day"].lower()),), zone=zone)


def _days_from(day: dt.date) -> Iterator[dt.date]:
    return (day + dt.timedelta(days=number) for number in range(63))
