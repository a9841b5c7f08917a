"""Axes: where a value lies, which values get a line, and how those are written."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.prose.numbers import money

#: Steps an axis may go by, within a power of ten.
_STEPS = (1, 2, 2.5, 5, 10)
Write = Callable[[float], str]


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` onto ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Where a value lies."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from ``low`` to at least ``high``, at most about ``most`` of them."""
    span = (high - low) or abs(high) or 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def writer(form: str, currency: str, values: Sequence[float], suffix: str = "") -> Write:
    """How the values of an axis are written, of plotly's format of its ticks."""
    if form == "~s" and currency:
        return lambda value: money(value, currency) if value else "0"
    if form.endswith("%"):
        places = 0 if all(abs(value * 100 - round(value * 100)) < 1e-6 for value in values) else 1
        return lambda value: f"{value * 100:.{places}f}%"
    whole = all(abs(value - round(value)) < 1e-9 for value in values)
    return lambda value: f"{value:,.0f}{suffix}" if whole else f"{value:,.2f}".rstrip("0").rstrip(".") + suffix


def exactly(form: str, currency: str) -> Write:
    """How one value is written beside its mark."""
    if form == "~s" and currency:
        return lambda value: money(value, currency)
    if form.endswith("%"):
        return lambda value: f"{value * 100:.1f}%"
    return lambda value: f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}"


def on_day(text: str) -> float | None:
    """A date as a number of days; None where it is none."""
    try:
        return float(dt.datetime.fromisoformat(text).toordinal())
    except ValueError:
        return None


def month_marks(low: float, high: float, most: int = 6) -> list[tuple[float, str]]:
    """Beginnings of months between two days, with their names; the first, and the first of a year, with the year."""
    first, last = dt.date.fromordinal(math.ceil(low)), dt.date.fromordinal(math.floor(high))
    begin = first.year * 12 + first.month - (1 if first.day == 1 else 0)
    months = range(begin, last.year * 12 + last.month)
    days = [dt.date(place // 12, place % 12 + 1, 1) for place in months[:: max(1, -(-len(months) // most))]]
    years = {day.year: day for day in reversed(days)}
    return [(float(day.toordinal()), f"{day:%b %Y}" if years[day.year] == day else f"{day:%b}") for day in days]
