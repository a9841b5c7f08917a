"""Dates and times as statements write them, as expressions on text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zA-Z]*"
#: A time after a date: hours, minutes, seconds, half of the day; the books' own offset, no other.
_TIME = r"(?:[ T,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?\+05:?30)?)?"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"


@dataclass(frozen=True)
class DateFormat:
    """One way to write a date: its pattern, and which group is day, month and year."""

    pattern: str
    day: int
    month: int
    year: int
    century: str = ""
    named: bool = False

    @property
    def whole(self) -> str:
        """The pattern of the whole cell, a time allowed after the date."""
        return f"^{self.pattern}{_TIME}$"


_SEP = r"[/.\- ]"
FORMATS: Mapping[str, DateFormat] = MappingProxyType(
    {
        "DD/MM/YYYY": DateFormat(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}})", 1, 2, 3),
        "DD/MM/YY": DateFormat(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{2}})", 1, 2, 3, "20"),
        "MM/DD/YYYY": DateFormat(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}})", 2, 1, 3),
        "MM/DD/YY": DateFormat(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{2}})", 2, 1, 3, "20"),
        "DD-Mon-YYYY": DateFormat(rf"(\d{{1,2}})[ \-/]?({_MONTH})[ \-/,']*(\d{{4}})", 1, 2, 3, named=True),
        "DD-Mon-YY": DateFormat(rf"(\d{{1,2}})[ \-/]?({_MONTH})[ \-/,']*(\d{{2}})", 1, 2, 3, "20", named=True),
        "Mon DD, YYYY": DateFormat(rf"({_MONTH}) (\d{{1,2}}),? (\d{{4}})", 2, 1, 3, named=True),
        "YYYY-MM-DD": DateFormat(r"(\d{4})[/\-](\d{1,2})[/\-](\d{1,2})", 3, 2, 1),
        "YYYYMMDD": DateFormat(r"(\d{4})(\d{2})(\d{2})", 3, 2, 1),
    }
)


def moment(text: Any, formats: Sequence[str], clock: Any = None) -> Any:
    """Return the timestamp that ``text`` names, NULL where it names none.

    Parameters
    ----------
    text
        Text column, trimmed.
    formats
        Names of `FORMATS`, tried in order.
    clock
        Text column with the time of day, where it stands in a column of its own.
    """
    import ibis

    day = ibis.coalesce(*(_day(text, FORMATS[name]) for name in formats))
    timed = text if clock is None else clock
    at = ibis.ifelse(timed.contains(":"), _time(timed), "00:00:00")
    return (day + " " + at).try_cast("timestamp")


def _day(text: Any, form: DateFormat) -> Any:
    import ibis

    parts = {name: text.re_extract(form.whole, getattr(form, name)) for name in ("day", "month", "year")}
    month = _month_number(parts["month"]) if form.named else parts["month"].lpad(2, "0")
    iso = ibis.literal(form.century) + parts["year"] + "-" + month + "-" + parts["day"].lpad(2, "0")
    return ibis.ifelse(text.re_search(form.whole), iso, ibis.null("string"))


def _month_number(name: Any) -> Any:
    import ibis

    place = ibis.literal(MONTHS).find(name.substr(0, 3).lower())
    return ((place / 3).floor().cast("int32") + 1).cast("string").lpad(2, "0")


def _time(text: Any) -> Any:
    import ibis

    hour, minute, second = (text.re_extract(_CLOCK, group) for group in (1, 2, 3))
    hours = hour.try_cast("int32")
    afternoon, morning = (text.re_search(rf"(?i)\d ?{half}\.?m") for half in "pa")
    hours = ibis.cases((afternoon & (hours < 12), hours + 12), (morning & (hours == 12), 0), else_=hours)
    seconds = ibis.ifelse(second.length() == 2, second, "00")
    return hours.cast("string").lpad(2, "0") + ":" + minute + ":" + seconds
