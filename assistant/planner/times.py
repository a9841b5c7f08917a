"""Times as people say them, relative to the data clock: "last quarter", "since January 2026", "FY 2025-26"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.planner.calendar import DAY, EARLIEST, add_months, clipped, containing, rolling, shifted
from assistant.planner.words import table
from knowledge.query import Period


@dataclass(frozen=True)
class Time:
    """A period that was said, with its unit; ``period`` is None where it lies after the data clock."""

    period: Period | None
    unit: str = ""


@dataclass(frozen=True)
class TimeSpan:
    """Where in the tokens a time stands: from ``start`` up to ``end``."""

    start: int
    end: int
    time: Time


def times_in(words: Sequence[str], clock: dt.date) -> Iterator[TimeSpan]:
    """Yield every time that ``words`` (look-up forms) can be read as, overlaps included."""
    line = " ".join(words)
    starts, position = {}, 0
    for index, word in enumerate(words):
        starts[position] = index
        position += len(word) + 1
    ends = {offset - 1: index for offset, index in starts.items() if offset} | {len(line): len(words)}
    for pattern, build in _grammar():
        for found in pattern.finditer(line):
            if found.start() in starts and found.end() in ends:
                said = build(found, clock)
                if said is not None:
                    yield TimeSpan(starts[found.start()], ends[found.end()], _visible(said, clock))


def _visible(said: Time, clock: dt.date) -> Time:
    return Time(clipped(said.period, clock) if said.period else None, said.unit)


Builder = Callable[[re.Match[str], dt.date], Time | None]


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], Builder], ...]:
    """Pattern → builder. Placeholders stand for the word tables."""
    words = table("times")
    months = _any(name for names in words["months"].values() for name in names)
    units = _any(name for names in words["units"].values() for name in names)
    count = rf"\d{{1,3}}|{_any(words['numbers'])}"
    month = rf"(?:(?<![a-z])(?!may\b)(?:{months})|(?<=in )may|(?<=since )may|(?<=last )may|may(?= \d{{4}}))"
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    point = (
        rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|{day} (?:of )?(?:{months})(?: (?:of )?\d{{4}})?"
        rf"|(?:{months}) {day} \d{{4}}|(?:{months})(?: (?:of )?\d{{4}})?|{_QUARTER}|{_FISCAL}|(?:19|20)\d\d)"
    )
    lead = r"(?:(?:in|during|for|within|over|of|from|on|across) )?(?:the )?(?:month of |year |calendar year |quarter )?"
    shapes: tuple[tuple[str, Builder], ...] = (
        (rf"(?:between|from) (?P<a>{point}) (?:and|to|till|until|through|up to) (?P<b>{point})", _between),
        (rf"(?P<a>{point}) (?:to|till|until|through) (?P<b>{point})", _between),
        (rf"(?:ever )?(?:since|starting|beginning|from) (?P<a>{point})(?: onward| on)?", _since),
        (rf"after (?P<a>{point})", _after),
        (rf"(?:until|till|upto|up to|through) (?P<a>{point})", _until),
        (rf"before (?P<a>{point})", _before),
        (rf"(?:a(?:s)? (?:of|at|on)|at)(?: the)?(?: end of)? (?P<a>{point})", _as_of),
        (rf"(?:at |by )?(?:the )?end of (?P<a>{point})", _as_of),
        (rf"{lead}(?P<a>(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
         rf"|{day} (?:of )?(?:{months})(?: (?:of )?\d{{4}})?"
         rf"|{month}(?: (?:of )?\d{{4}})?|{_QUARTER}|{_FISCAL}|(?:19|20)\d\d))", _point),
        (rf"{lead}(?P<which>{_any(words['this'])}) (?P<unit>{units})(?: to date)?", _this),
        (rf"{lead}(?P<which>{_any(words['last'])}) (?P<unit>{units})", _last),
        (rf"{lead}(?P<which>past) (?P<unit>{units})", _past),
        (rf"{lead}(?:{_any(words['rolling'])}) (?P<count>{count}) (?P<unit>{units})", _rolling),
        (rf"(?P<count>{count}) (?P<unit>{units}) ago", _ago),
        (rf"{lead}(?:{_any(words['last'])}) (?P<a>{months})", _point),
        (rf"{lead}(?:{_any(words['next'])}) (?:(?:{count}) )?(?:{units})", _future),
        (r"(?:from )?tomorrow|in future|in the future|going forward", _future),
        (r"(?:for |on )?(?P<which>today|yesterday|aaj)", _near),
        (r"(?P<which>mtd|qtd|ytd|fytd|month to date|quarter to date|year to date|financial year to date)", _to_date),
    )  # fmt: skip
    return tuple((re.compile(rf"(?<!\S)(?:{shape})(?!\S)"), build) for shape, build in shapes)


_QUARTER = r"(?:q[1-4]|h[12])(?: (?:of )?(?:\d{4}|(?:fy|financial year|fiscal year|fiscal) ?\d{2,4}(?:-\d{2,4})?))?"
_FISCAL = r"(?:fy|financial year|fiscal year|fiscal) ?\d{2,4}(?:-\d{2,4})?"
_TO_DATE = {"m": "month", "q": "quarter", "y": "year", "f": "fiscal_year"}


def _any(names: object) -> str:
    return "|".join(sorted((re.escape(str(name)) for name in names), key=len, reverse=True))  # type: ignore[attr-defined]


@cache
def _named(kind: str) -> dict[str, str]:
    return {name: key for key, names in table("times")[kind].items() for name in map(str, names)}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(table("times")["numbers"][word])


def _unit(found: re.Match[str]) -> str:
    return {str(name): str(key) for name, key in _named("units").items()}[found["unit"]]


def _between(found: re.Match[str], clock: dt.date) -> Time | None:
    last = _resolve(found["b"], clock)
    year = re.search(r"\d{4}$", found["b"])
    opening = found["a"] if re.search(r"\d{4}", found["a"]) or not year else f"{found['a']} {year.group()}"
    first = _resolve(opening, clock) or _resolve(found["a"], clock)
    if first is None or last is None:
        return None
    start = first.start if first.start < last.end else add_months(first.start, -12)
    return Time(Period(start=start, end=last.end), "range")


def _since(found: re.Match[str], clock: dt.date) -> Time | None:
    first = _resolve(found["a"], clock)
    return Time(Period(start=first.start, end=max(clock + DAY, first.end)), "range") if first else None


def _after(found: re.Match[str], clock: dt.date) -> Time | None:
    first = _resolve(found["a"], clock)
    return Time(Period(start=first.end, end=max(clock, first.end) + DAY), "range") if first else None


def _until(found: re.Match[str], clock: dt.date) -> Time | None:
    last = _resolve(found["a"], clock)
    return Time(Period(start=EARLIEST, end=last.end), "range") if last else None


def _before(found: re.Match[str], clock: dt.date) -> Time | None:
    last = _resolve(found["a"], clock)
    return Time(Period(start=EARLIEST, end=last.start), "range") if last else None


def _as_of(found: re.Match[str], clock: dt.date) -> Time | None:
    """The month up to that day holds exactly one month end."""
    last = _resolve(found["a"], clock)
    return Time(Period(start=add_months(last.end, -1), end=last.end), "as_of") if last else None


def _point(found: re.Match[str], clock: dt.date) -> Time | None:
    said = _resolve(found["a"], clock)
    return Time(said, _shape(said)) if said else None


def _shape(period: Period) -> str:
    for unit in ("day", "month", "quarter", "half", "year", "fiscal_year"):
        if containing(unit, period.start) == period:
            return unit
    return "range"


def _this(found: re.Match[str], clock: dt.date) -> Time:
    unit = _unit(found)
    return Time(containing(unit, clock), unit)


def _last(found: re.Match[str], clock: dt.date) -> Time:
    unit = _unit(found)
    return Time(shifted(unit, containing(unit, clock), -1), unit)


def _past(found: re.Match[str], clock: dt.date) -> Time:
    return Time(rolling(_unit(found), 1, clock), "range")


def _rolling(found: re.Match[str], clock: dt.date) -> Time | None:
    count = _number(found["count"])
    return Time(rolling(_unit(found), count, clock), "range") if count else None


def _ago(found: re.Match[str], clock: dt.date) -> Time:
    unit = _unit(found)
    return Time(shifted(unit, containing(unit, clock), -_number(found["count"])), unit)


def _future(found: re.Match[str], clock: dt.date) -> Time:
    del found, clock
    return Time(None, "future")


def _near(found: re.Match[str], clock: dt.date) -> Time:
    day = clock - DAY if found["which"] == "yesterday" else clock
    return Time(Period(start=day, end=day + DAY), "day")


def _to_date(found: re.Match[str], clock: dt.date) -> Time:
    unit = _TO_DATE[found["which"][0]]
    return Time(containing(unit, clock), unit)


def _resolve(point: str, clock: dt.date) -> Period | None:
    """Return the period a point in time names; without a year the newest that has begun."""
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
    months = _any(_named("months"))
    shapes: tuple[tuple[str, Callable[[re.Match[str], dt.date], Period]], ...] = (
        (r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", _date),
        (r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", _date),
        (rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>{months})(?: (?:of )?(?P<y>\d{{4}}))?", _date),
        (rf"(?P<name>{months}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<y>\d{{4}})", _date),
        (rf"(?P<name>{months})(?: (?:of )?(?P<y>\d{{4}}))?", _month),
        (r"(?P<part>[qh])(?P<n>[1-4])(?: (?:of )?(?P<y>\d{4}))?", _part),
        (r"(?P<part>[qh])(?P<n>[1-4]) (?:of )?(?:fy|financial year|fiscal year|fiscal) ?(?P<fy>[\d-]+)", _fiscal_part),
        (r"(?:fy|financial year|fiscal year|fiscal) ?(?P<fy>[\d-]+)", _fiscal),
        (r"(?P<y>(?:19|20)\d\d)", _year),
    )
    return tuple((re.compile(shape), build) for shape, build in shapes)


def _newest(unit: str, clock: dt.date, month: int, day: int = 1) -> Period:
    start = dt.date(clock.year, month, day)
    return containing(unit, start if start <= clock else dt.date(clock.year - 1, month, day))


def _date(found: re.Match[str], clock: dt.date) -> Period:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else int(_named("months")[found["name"]])
    if found["y"] is None:
        return _newest("day", clock, month, int(found["d"]))
    return containing("day", dt.date(int(found["y"]), month, int(found["d"])))


def _month(found: re.Match[str], clock: dt.date) -> Period:
    month = int(_named("months")[found["name"]])
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
