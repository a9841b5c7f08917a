"""Times as people say them, relative to the data clock: "last quarter", "since January 2026", "last 6 months"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.planner.calendar import DAY, EARLIEST, add_months, clipped, containing, rolling, shifted
from assistant.planner.points import FISCAL, QUARTER, named, one_of, resolve
from assistant.planner.words import table
from knowledge.query import Period


@dataclass(frozen=True)
class Time:
    """A period that was said, with its unit; ``period`` is None where it lies after the data clock.

    ``ahead`` says of such a one how many months lie between the last whole month and it, and how many it has.
    """

    period: Period | None
    unit: str = ""
    ahead: tuple[int, int] | None = None


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
    if said.period and said.period.start > clock and said.unit in _MONTHS:
        open_month = containing("month", clock + DAY).start
        skipped = (said.period.start.year - open_month.year) * 12 + said.period.start.month - open_month.month
        return Time(None, "future", (skipped, _MONTHS[said.unit]))
    return Time(clipped(said.period, clock) if said.period else None, said.unit, said.ahead)


Builder = Callable[[re.Match[str], dt.date], Time | None]


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], Builder], ...]:
    """Pattern → builder. Placeholders stand for the word tables."""
    words = table("times")
    months = one_of(name for names in words["months"].values() for name in names)
    units = one_of(name for names in words["units"].values() for name in names)
    count = rf"\d{{1,3}}|{one_of(words['numbers'])}"
    not_may = r"(?! (?:we|i|a|an|the|our|it|you|they|he|she|default|customer|borrower|lender)\b)"
    month = rf"(?:(?!may\b)(?:{months})|(?<=[^ ] )may{not_may}|may(?= \d{{4}}))"
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    point = (
        rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|{day} (?:of )?(?:{months})(?: (?:of )?\d{{4}})?"
        rf"|(?:{months}) {day} \d{{4}}|(?:{months})(?: (?:of )?\d{{4}})?|{QUARTER}|{FISCAL}|(?:19|20)\d\d)"
    )
    end_of = r"(?:at |as of )?(?:the )?end of (?:the )?"
    unit_of = r"(?:month of (?!\d{4})|year |calendar year |quarter )?"
    lead = rf"(?:(?:in|during|for|within|over|of|from|on|across) )?(?:the )?{unit_of}"
    shapes: tuple[tuple[str, Builder], ...] = (
        (rf"(?:between|from) (?P<a>{point}) (?:and|to|till|until|through|up to) (?P<b>{point})", _between),
        (rf"(?P<a>{point}) (?:to|till|until|through) (?P<b>{point})", _between),
        (rf"(?:between|from) (?P<d>{day}) (?:and|to|till) (?P<b>{day} (?:of )?(?:{months})(?: \d{{4}})?)", _days),
        (rf"{end_of}(?P<which>{one_of(words['last'])}) (?P<unit>{units})", _end_of_last),
        (rf"(?:ever )?(?:since|starting|beginning|from) (?P<a>{point})(?: onward| on)?", _since),
        (rf"after (?P<a>{point})", _after),
        (rf"since (?:the )?(?P<which>{one_of(words['last'])}) (?P<unit>{units})", _since_last),
        (rf"(?:until|till|upto|up to|through) (?P<a>{point})", _until),
        (rf"before (?P<a>{point})", _before),
        (rf"(?:a(?:s)? (?:of|at|on)|at)(?: the)?(?: end of)? (?P<a>{point})", _as_of),
        (rf"{end_of}(?P<a>{point})", _as_of),
        (rf"{lead}(?P<a>(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
         rf"|{day} (?:of )?(?:{months})(?: (?:of )?\d{{4}})?"
         rf"|{month}(?: (?:of )?\d{{4}})?|{QUARTER}|{FISCAL}|(?:19|20)\d\d))", _point),
        (rf"{lead}(?P<a>(?:{months})|q[1-4]|h[12]) (?:of )?last year", _a_year_back),
        (rf"{lead}(?P<which>{one_of(words['this'])}) (?P<unit>{units})(?: to date)?", _this),
        (rf"{lead}(?P<which>{one_of(words['last'])}) (?P<unit>{units})", _last),
        (rf"{lead}(?P<which>past) (?P<unit>{units})", _past),
        (rf"{lead}(?:{one_of(words['rolling'])}) (?P<count>{count}) (?P<unit>{units})", _rolling),
        (rf"(?P<count>{count}) (?P<unit>{units}) ago", _ago),
        (rf"{lead}(?:{one_of(words['last'])}) (?P<a>{months})", _point),
        (rf"{lead}(?:{one_of(words['next'])}) (?:(?P<count>{count}) )?(?P<unit>{units})", _next),
        (r"(?:from )?tomorrow|in future|in the future|going forward", _future),
        (r"(?:for |on )?(?P<which>today|yesterday|aaj)", _near),
        (r"(?P<which>mtd|qtd|ytd|fytd|month to date|quarter to date|year to date|financial year to date)", _to_date),
    )  # fmt: skip
    return tuple((re.compile(rf"(?<!\S)(?:{shape})(?!\S)"), build) for shape, build in shapes)


_TO_DATE = {"m": "month", "q": "quarter", "y": "year", "f": "fiscal_year"}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(table("times")["numbers"][word])


def _unit(found: re.Match[str]) -> str:
    return {str(name): str(key) for name, key in named("units").items()}[found["unit"]]


def _between(found: re.Match[str], clock: dt.date) -> Time | None:
    last = resolve(found["b"], clock)
    year = re.search(r"\d{4}$", found["b"])
    opening = found["a"] if re.search(r"\d{4}", found["a"]) or not year else f"{found['a']} {year.group()}"
    first = resolve(opening, clock) or resolve(found["a"], clock)
    if first is None or last is None:
        return None
    start = first.start if first.start < last.end else add_months(first.start, -12)
    return Time(Period(start=start, end=last.end), "range")


def _days(found: re.Match[str], clock: dt.date) -> Time | None:
    """Two days of one month, the month said once."""
    last = resolve(found["b"], clock)
    if last is None:
        return None
    try:
        first = last.start.replace(day=int(re.sub(r"\D", "", found["d"])))
    except ValueError:
        return None
    return Time(Period(start=first, end=last.end), "range") if first < last.end else None


def _end_of_last(found: re.Match[str], clock: dt.date) -> Time:
    last = _last(found, clock).period
    assert last is not None
    return Time(Period(start=add_months(last.end, -1), end=last.end), "as_of")


def _since(found: re.Match[str], clock: dt.date) -> Time | None:
    first = resolve(found["a"], clock)
    return Time(Period(start=first.start, end=max(clock + DAY, first.end)), "range") if first else None


def _since_last(found: re.Match[str], clock: dt.date) -> Time | None:
    last = _last(found, clock).period
    return Time(Period(start=last.start, end=clock + DAY), "range") if last else None


def _after(found: re.Match[str], clock: dt.date) -> Time | None:
    first = resolve(found["a"], clock)
    return Time(Period(start=first.end, end=max(clock, first.end) + DAY), "range") if first else None


def _until(found: re.Match[str], clock: dt.date) -> Time | None:
    last = resolve(found["a"], clock)
    return Time(Period(start=EARLIEST, end=last.end), "range") if last else None


def _before(found: re.Match[str], clock: dt.date) -> Time | None:
    last = resolve(found["a"], clock)
    return Time(Period(start=EARLIEST, end=last.start), "range") if last else None


def _as_of(found: re.Match[str], clock: dt.date) -> Time | None:
    """The month up to that day holds exactly one month end."""
    last = resolve(found["a"], clock)
    return Time(Period(start=add_months(last.end, -1), end=last.end), "as_of") if last else None


def _point(found: re.Match[str], clock: dt.date) -> Time | None:
    said = resolve(found["a"], clock)
    return Time(said, _shape(said)) if said else None


def _a_year_back(found: re.Match[str], clock: dt.date) -> Time | None:
    said = resolve(f"{found['a']} {clock.year - 1}", clock)
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
    if unit == "fortnight":
        return Time(rolling(unit, 1, clock), "range")
    return Time(shifted(unit, containing(unit, clock), -1), unit)


def _past(found: re.Match[str], clock: dt.date) -> Time:
    return Time(rolling(_unit(found), 1, clock), "range")


def _rolling(found: re.Match[str], clock: dt.date) -> Time | None:
    count = _number(found["count"])
    return Time(rolling(_unit(found), count, clock), "range") if count else None


def _ago(found: re.Match[str], clock: dt.date) -> Time:
    unit = _unit(found)
    return Time(shifted(unit, containing(unit, clock), -_number(found["count"])), unit)


#: Units that are whole months.
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "fiscal_year": 12}


def _next(found: re.Match[str], clock: dt.date) -> Time:
    """The next unit of the calendar, or so many from the first month that is not whole yet."""
    unit = _unit(found)
    if unit not in _MONTHS:
        return Time(None, "future")
    if found["count"]:
        return Time(None, "future", (0, _number(found["count"]) * _MONTHS[unit]))
    following, open_month = shifted(unit, containing(unit, clock), 1), containing("month", clock + DAY).start
    skipped = (following.start.year - open_month.year) * 12 + following.start.month - open_month.month
    return Time(None, "future", (skipped, _MONTHS[unit]))


def _future(found: re.Match[str], clock: dt.date) -> Time:
    del found, clock
    return Time(None, "future")


def _near(found: re.Match[str], clock: dt.date) -> Time:
    day = clock - DAY if found["which"] == "yesterday" else clock
    return Time(Period(start=day, end=day + DAY), "day")


def _to_date(found: re.Match[str], clock: dt.date) -> Time:
    unit = _TO_DATE[found["which"][0]]
    return Time(containing(unit, clock), unit)
