"""Points in time as people say them: "March 2026", "Q1 FY 2025-26", "second quarter", "15 Mar", "2025"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import cache

from assistant.planner.calendar import add_months, containing
from assistant.planner.words import table
from knowledge.query import Period

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ORDINAL_PART = re.compile(rf"({'|'.join(_ORDINALS)}) (q)uarter|({'|'.join(_ORDINALS)}) (h)alf")
_YEAR = r"(?:fy|financial year|fiscal year|fiscal)"
#: Patterns of a part of a year and of a financial year, for larger patterns.
FISCAL = rf"{_YEAR} ?\d{{2,4}}(?:-\d{{2,4}})?"
QUARTER = rf"(?:q[1-4]|h[12]|(?:{'|'.join(_ORDINALS)}) (?:quarter|half))(?: (?:of )?(?:\d{{4}}|{FISCAL}))?"


def one_of(names: Iterable[object]) -> str:
    """Return a pattern of alternatives, the longest first."""
    return "|".join(sorted((re.escape(str(name)) for name in names), key=len, reverse=True))


@cache
def named(kind: str) -> dict[str, str]:
    """Return name → key of a table of names: "jan" → 1, "mahina" → month."""
    return {name: str(key) for key, names in table("times")[kind].items() for name in map(str, names)}


def resolve(point: str, clock: dt.date) -> Period | None:
    """Return the period a point in time names; without a year the newest that has begun."""
    point = _ORDINAL_PART.sub(lambda found: f"{found[2] or found[4]}{_ORDINALS[found[1] or found[3]]}", point)
    for pattern, build in _points():
        found = pattern.fullmatch(point)
        if found:
            try:
                return build(found, clock)
            except ValueError:
                return None
    return None


@cache
def _points() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], Period]], ...]:
    months = one_of(named("months"))
    shapes: tuple[tuple[str, Callable[[re.Match[str], dt.date], Period]], ...] = (
        (r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", _date),
        (r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", _date),
        (rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>{months})(?: (?:of )?(?P<y>\d{{4}}))?", _date),
        (rf"(?P<name>{months}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<y>\d{{4}})", _date),
        (rf"(?P<name>{months})(?: (?:of )?(?P<y>\d{{4}}))?", _month),
        (r"(?P<part>[qh])(?P<n>[1-4])(?: (?:of )?(?P<y>\d{4}))?", _part),
        (rf"(?P<part>[qh])(?P<n>[1-4]) (?:of )?{_YEAR} ?(?P<fy>[\d-]+)", _fiscal_part),
        (rf"{_YEAR} ?(?P<fy>[\d-]+)", _fiscal),
        (r"(?P<y>(?:19|20)\d\d)", _year),
    )
    return tuple((re.compile(shape), build) for shape, build in shapes)


def _newest(unit: str, clock: dt.date, month: int, day: int = 1) -> Period:
    start = dt.date(clock.year, month, day)
    return containing(unit, start if start <= clock else dt.date(clock.year - 1, month, day))


def _date(found: re.Match[str], clock: dt.date) -> Period:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else int(named("months")[found["name"]])
    if found["y"] is None:
        return _newest("day", clock, month, int(found["d"]))
    return containing("day", dt.date(int(found["y"]), month, int(found["d"])))


def _month(found: re.Match[str], clock: dt.date) -> Period:
    month = int(named("months")[found["name"]])
    return containing("month", dt.date(int(found["y"]), month, 1)) if found["y"] else _newest("month", clock, month)


def _part(found: re.Match[str], clock: dt.date) -> Period:
    unit, length = ("quarter", 3) if found["part"] == "q" else ("half", 6)
    month = (int(found["n"]) - 1) * length + 1
    return containing(unit, dt.date(int(found["y"]), month, 1)) if found["y"] else _newest(unit, clock, month)


def _fiscal_year(said: str) -> int:
    """Return the calendar year a financial year begins in: 2025-26 → 2025, 26 → 2025, 2026 → 2025."""
    first, _, second = said.partition("-")
    year = int(first) if len(first) == 4 else 2000 + int(first)
    return year if second else year - 1


def _fiscal(found: re.Match[str], clock: dt.date) -> Period:
    del clock
    return containing("fiscal_year", dt.date(_fiscal_year(found["fy"]), 4, 1))


def _fiscal_part(found: re.Match[str], clock: dt.date) -> Period:
    del clock
    unit, length = ("quarter", 3) if found["part"] == "q" else ("half", 6)
    start = add_months(dt.date(_fiscal_year(found["fy"]), 4, 1), (int(found["n"]) - 1) * length)
    return containing("quarter", start) if unit == "quarter" else Period(start=start, end=add_months(start, 6))


def _year(found: re.Match[str], clock: dt.date) -> Period:
    del clock
    return containing("year", dt.date(int(found["y"]), 1, 1))
