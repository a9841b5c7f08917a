"""Dates as people write them: days, months, quarters and years in a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
                "september sept sep", "october oct", "november nov", "december dec",
            ),
            start=1,
        )
        for name in names.split()
    }
)  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"


@dataclass(frozen=True)
class Period:
    """A stretch of time a text names, first and last day included; ``yearless`` when it names no year."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    yearless: bool = False

    def holds(self, day: dt.date) -> bool:
        """Whether ``day`` falls within, in any year for a yearless period."""
        if self.yearless:
            return (self.first.month, self.first.day) <= (day.month, day.day) <= (self.last.month, self.last.day)
        return self.first <= day <= self.last


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _number(match: re.Match[str], name: str) -> int:
    return int(match[name])


def _named_month(match: re.Match[str]) -> int:
    return MONTHS[match["month"].lower().rstrip(".")]


def _day(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    month = _named_month(match) if not match["month"].isdigit() else int(match["month"])
    day = dt.date(_number(match, "year"), month, _number(match, "day"))
    return day, day


def _month(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    month = _named_month(match) if not match["month"].isdigit() else int(match["month"])
    return dt.date(_number(match, "year"), month, 1), _month_end(_number(match, "year"), month)


def _yearless_day(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    day = dt.date(2000, _named_month(match), _number(match, "day"))
    return day, day


def _yearless_month(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    return dt.date(2000, _named_month(match), 1), _month_end(2000, _named_month(match))


def _quarter(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    """A quarter or a half of a calendar year, or of an Indian financial year (April to March)."""
    size = 3 if match["part"].upper() == "Q" else 6
    year, opening = (_full_year(match["year"]), 1) if not match["fiscal"] else (_full_year(match["year"]) - 1, 4)
    month = opening + size * (_number(match, "which") - 1)
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last = month + size - 1
    return dt.date(year, month, 1), _month_end(year + (last - 1) // 12, (last - 1) % 12 + 1)


def _financial_year(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    year = _full_year(match["year"])
    return dt.date(year - 1, 4, 1), dt.date(year, 3, 31)


def _spanned_year(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    year = _number(match, "year")
    return dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


def _year(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    return dt.date(_number(match, "year"), 1, 1), dt.date(_number(match, "year"), 12, 31)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


#: How a period is written → its first and last day; the first form that fits a place decides.
FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[dt.date, dt.date]]], ...] = tuple(
    (re.compile(rf"(?<![\w/.-]){form}(?![\w/]|-\d|\.\d)", re.IGNORECASE), reading)
    for form, reading in (
        (r"(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", _day),
        (r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>(?:19|20)\d{2})", _day),
        (rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}", _day),
        (rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}", _day),
        (rf"{_MONTH},?[\s-]+{_YEAR}", _month),
        (r"(?P<year>(?:19|20)\d{2})-(?P<month>0[1-9]|1[0-2])", _month),
        (r"(?P<part>[QH])(?P<which>[1-4])\s?(?:of\s)?(?P<fiscal>FY\s?)?(?P<year>(?:19|20)?\d{2})", _quarter),
        (r"FY\s?(?:(?:19|20)\d{2}[-–])?(?P<year>(?:19|20)\d{2}|\d{2})", _financial_year),
        (r"(?P<year>(?:19|20)\d{2})[-–]\d{2}", _spanned_year),
        (rf"{_DAY}(?:\s+of)?\s+{_MONTH}", _yearless_day),
        (rf"{_MONTH}\s+{_DAY}", _yearless_day),
        (_YEAR, _year),
        (r"(?P<month>January|February|(?-i:March)|April|June|July|August|September|October|November|December)",
         _yearless_month),
    )
)  # fmt: skip


def periods(text: str) -> Iterator[Period]:
    """Yield the days, months, quarters and years a text names, none twice."""
    taken: list[tuple[int, int]] = []
    for form, reading in FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(start < right and end > left for left, right in taken):
                continue
            try:
                first, last = reading(match)
            except ValueError:  # the 31st of a month of thirty days is no date
                continue
            taken.append((start, end))
            yield Period(start, end, first, last, reading in (_yearless_day, _yearless_month))
