"""How a value stands in a table: grouped, aligned with its column, a dash for what is not there."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.prose.numbers import MISSING
from assistant.prose.numbers import grouped as in_groups
from governance.look.currency import is_indian, sign_of
from tools.result import Column
from ui.language import dated, day, say

#: Currencies grouped in lakh and crore.
INDIAN = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})
SYMBOLS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}

#: Texts that a missing value became on its way; never a name's own spelling.
_MISSING_TEXTS = frozenset({"", "nan", "NaN", "NaT", "<NA>", "None"})
_NUMERIC_TYPES = frozenset({"integer", "decimal", "float"})
_CODE_WORD = re.compile(r"[a-z]+(_[a-z]+)+")

#: From this magnitude on a column of money is shown without its smallest unit.
WHOLE_FROM = 10_000
#: No book counts this far.
UNCOUNTED = 10**21
#: A text column holding anything longer than this wraps.
WRAPPED_FROM = 28
#: A column of bare figures whose largest is this many times its smallest mixes magnitudes.
MIXED_FROM = 1_000
#: The smallest share that one decimal can show.
SMALLEST_SHARE = Decimal("0.0005")


def writing(currency: str) -> str:
    """How the browser writes an amount: code, grouping, sign."""
    indian = is_indian(currency, currency in INDIAN)
    sign = sign_of(currency, SYMBOLS.get(currency, ""))
    return "|".join((currency, "indian" if indian else "international", sign))


def is_missing(value: Any) -> bool:
    """Whether there is nothing to show: None, not-a-number, infinity."""
    if value is None:
        return True
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, Decimal):
        return not value.is_finite()
    return isinstance(value, str) and value.strip() in _MISSING_TEXTS


def typed(value: Any, column: Column) -> Any:
    """The value as Python holds it, from itself or from its JSON form; text that cannot be read so stays text."""
    if is_missing(value):
        return None
    if not isinstance(value, str):
        return value
    try:
        if column.type in ("decimal", "integer"):
            return Decimal(value)
        if column.type == "float":
            return float(value)
        if column.type == "date":
            return dt.date.fromisoformat(value[:10])
        if column.type == "datetime":
            return dt.datetime.fromisoformat(value)
    except (ValueError, InvalidOperation):
        return value
    return value


def grouped(number: Decimal | float, places: int = 0, *, indian: bool = True) -> str:
    """Digits in groups: 12,34,567 or 1,234,567, with a real minus sign; beyond all counting, a power of ten."""
    if abs(Decimal(number)) >= UNCOUNTED:
        return f"{Decimal(number):.2e}".replace("-", "−")
    whole, _, fraction = f"{abs(number):.{places}f}".partition(".")
    minus = "−" if number < 0 and (whole + fraction).strip("0") else ""
    return f"{minus}{in_groups(int(whole), indian=indian)}{f'.{fraction}' if fraction else ''}"


def moment(value: dt.datetime) -> str:
    """A time of day, or the date alone at midnight."""
    return day(value) if value.time() == dt.time() else f"{day(value)}, {value:%H:%M}"


def duration(milliseconds: float) -> str:
    """A span as 84 ms or 1.2 s."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


def age(then: dt.date, now: dt.date) -> str:
    """How long before ``now``: days up to two months, then months, then years."""
    days = (now - then).days
    if days < 61:
        return say("1 day") if days == 1 else say("{days} days", days=days)
    months = round(days / 30.44)
    return say("{months} months", months=months) if months < 24 else say("{years} years", years=f"{days / 365.25:.1f}")


def measured(number: Decimal | float, *, indian: bool = True) -> str:
    """A figure of no declared unit, without a float's tail: four significant figures below a thousand."""
    size = abs(float(number))
    if size >= 1_000 or number == int(number):
        return grouped(number, 0, indian=indian)
    places = 2 if size >= 100 else 3 if size >= 1 else 3 - math.floor(math.log10(size))
    return grouped(number, min(places, 8), indian=indian).rstrip("0").rstrip(".")


@dataclass(frozen=True)
class ColumnStyle:
    """How one column of a table is headed, aligned and written.

    Attributes
    ----------
    heading
        Label with its unit.
    numeric
        Right-aligned, and sorted from the largest at first.
    places
        Decimals that every figure of the column has; None where the column mixes magnitudes and each has its own.
    monthly
        Its dates stand for whole months.
    long
        Holds texts that are better wrapped than kept on one line.
    """

    column: Column
    heading: str
    numeric: bool
    places: int | None
    indian: bool
    monthly: bool
    long: bool

    def write(self, value: Any) -> str:
        """The value as text; a dash for what is missing."""
        known = typed(value, self.column)
        if known is None:
            return MISSING
        if isinstance(known, bool):
            return say("yes") if known else say("no")
        if isinstance(known, list | tuple):
            return "; ".join(self.write(each) for each in known) or MISSING
        if isinstance(known, Mapping):
            return "; ".join(f"{name}: {self.write(each)}" for name, each in known.items()) or MISSING
        if isinstance(known, dt.datetime):
            return moment(known)
        if isinstance(known, dt.date):
            return dated(f"{known:%b %Y}") if self.monthly else day(known)
        if isinstance(known, int | float | Decimal):
            return str(known) if _names_a_thing(self.column) else self._number(known)
        text = str(known)
        return text.replace("_", " ") if _CODE_WORD.fullmatch(text) else text

    def _number(self, number: Decimal | float) -> str:
        unit = self.column.unit
        if unit == "percent":
            tiny = 0 < number < SMALLEST_SHARE
            return "<0.1%" if tiny else f"{grouped(number * 100, 1, indian=self.indian)}%"
        if self.places is None:
            return measured(number, indian=self.indian)
        sign = "+" if unit == "points" and number > 0 else ""
        return sign + grouped(number, self.places, indian=self.indian)


def column_style(column: Column, values: Iterable[Any], currency: str = "INR") -> ColumnStyle:
    """Decide once per column, from all its values, how they are written."""
    known = [each for each in (typed(value, column) for value in values) if each is not None]
    dates = [each for each in known if isinstance(each, dt.date)]
    declared = column.type in _NUMERIC_TYPES or (column.type != "date" and column.unit not in ("text", "date"))
    return ColumnStyle(
        column=column,
        heading=_heading(column, currency),
        numeric=declared and not _names_a_thing(column),
        places=_places(column, [each for each in known if isinstance(each, int | float | Decimal)]),
        indian=is_indian(currency, currency in INDIAN),
        monthly="month" in column.name and bool(dates) and all(date.day == 1 for date in dates),
        long=any(isinstance(each, str) and len(each) > WRAPPED_FROM for each in known),
    )


def _places(column: Column, numbers: list[int | float | Decimal]) -> int | None:
    if column.unit == "score" or all(number == int(number) for number in numbers):
        return 0
    sizes = sorted(abs(float(number)) for number in numbers if number)
    if column.unit == "currency":
        return 0 if sizes[-1] >= WHOLE_FROM else 2
    if column.unit in ("ratio", "text"):
        return _even_places(sizes)
    return 1


def _even_places(sizes: list[float]) -> int | None:
    """Decimals that give the largest at least three significant figures; None where the smallest would vanish."""
    if sizes[-1] / sizes[0] > MIXED_FROM or sizes[-1] >= 1_000:
        return None
    return min(max(2 - math.floor(math.log10(sizes[-1])), 1 if sizes[-1] >= 100 else 2), 8)


def _heading(column: Column, currency: str) -> str:
    label = say(column.label or column.name.replace("_", " ").strip().capitalize())
    if column.unit == "currency":
        return f"{label} ({sign_of(currency, SYMBOLS.get(currency, currency)).strip()})" if currency else label
    if column.unit in ("days", "months", "points") and column.unit.rstrip("s") not in label.lower():
        return f"{label} ({say(column.unit)})"
    return label


def _names_a_thing(column: Column) -> bool:
    """Integers that are names or years: never grouped, never summed up by eye."""
    last = column.name.lower().split("_")[-1]
    return column.unit == "text" and column.type == "integer" and last in ("id", "no", "year", "mcc")
