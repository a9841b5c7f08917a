"""Figures as people read them: ₹4.2 L, 1,23,456, 12.3%, 30 Jun 2026. At most three significant figures for money."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from governance.look.currency import is_indian, sign_of

MISSING = "–"
_SNAKE = re.compile(r"[a-z]+(_[a-z0-9]+)+")

#: Units without decimals; they are grouped as the currency's country groups.
_WHOLE = ("count", "score")
_SIGNS: Mapping[str, str] = MappingProxyType({"INR": "₹"})
#: Money is shortened from this size on: threshold → suffix. Rupees go by lakh and crore, other money by thousand.
_RUPEE_SCALES = ((Decimal(10) ** 7, " Cr"), (Decimal(10) ** 5, " L"), (Decimal(10) ** 3, "k"))
_OTHER_SCALES = ((Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million"), (Decimal(10) ** 3, "k"))


def said(value: Any, unit: str = "text", *, currency: str = "INR") -> str:
    """Return ``value`` in words for prose.

    Parameters
    ----------
    value
        A fact's or a cell's value; None is told as a dash.
    unit
        Its unit; percent values are fractions.
    currency
        ISO code of money.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, int | float | Decimal):
        return _figure(value, unit, currency)
    return _spaced(str(value))


def _figure(value: float | Decimal, unit: str, currency: str) -> str:
    if unit == "currency":
        return money(value, currency)
    indian = is_indian(currency, currency in ("INR", ""))
    if unit == "number" and not indian:
        return _digits(significant(Decimal(str(value))), indian=False).replace("-", "−")
    if unit in _WHOLE:
        return grouped(round(value), indian=indian)
    return _UNITS.get(unit, plain)(value)


def _spaced(text: str) -> str:
    """Return a value as people read it: home_loan is "home loan"; identifiers such as C_4F21 stay."""
    return text.replace("_", " ") if _SNAKE.fullmatch(text) else text


def money(value: float | Decimal, currency: str = "INR") -> str:
    """Return money with at most three significant figures: ₹640, ₹12.3k, ₹4.2 L, ₹1.3 Cr, CZK 1.3 million."""
    amount = Decimal(str(value))
    sign = sign_of(currency, _SIGNS.get(currency, f"{currency} " if currency else ""))
    indian = is_indian(currency, currency == "INR")
    scales = _RUPEE_SCALES if indian else _OTHER_SCALES
    minus, size = ("−" if amount < 0 else ""), abs(amount)
    for threshold, suffix in scales:
        if significant(size / threshold) >= 1:
            figure = significant(size / threshold)
            return f"{minus}{sign}{_digits(figure, indian=indian)}{suffix}"
    return f"{minus}{sign}{_digits(significant(size))}"


def significant(value: Decimal, figures: int = 3) -> Decimal:
    """Round to ``figures`` significant figures; whole numbers above that stay whole."""
    if value == 0:
        return Decimal(0)
    places = max(figures - 1 - value.adjusted(), 0)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def grouped(value: int, *, indian: bool = True) -> str:
    """Return a whole number with separators: 1,23,456 in the Indian way, 123,456 otherwise."""
    if not indian:
        return f"{value:,}"
    digits = str(abs(value))
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ("−" if value < 0 else "") + ",".join([*pairs, tail])


def count(value: float | Decimal) -> str:
    """Return a count: 4,128."""
    return grouped(round(value))


def percent(value: float | Decimal) -> str:
    """Return a fraction as a percentage with one decimal, two below 0.1%."""
    figure = Decimal(str(value)) * 100
    decimals = "0.01" if figure and abs(figure) < Decimal("0.1") else "0.1"
    return f"{_minus(figure.quantize(Decimal(decimals), ROUND_HALF_UP))}%"


def plain(value: float | Decimal) -> str:
    """Return a number without unit, at most three significant figures after the point begins to matter."""
    if isinstance(value, int):
        return grouped(value)
    figure = significant(Decimal(str(value)))
    return _digits(figure) if figure >= 0 else f"−{_digits(-figure)}"


def ratio(value: float | Decimal) -> str:
    """Return a ratio with two decimals: 0.74."""
    return _minus(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def days(value: float | Decimal) -> str:
    """Return days: 41 days, 12.5 days."""
    return _with_unit(value, "day")


def months(value: float | Decimal) -> str:
    """Return months: 36 months."""
    return _with_unit(value, "month")


def points(value: float | Decimal) -> str:
    """Return score points: 612 points, −38.2 points."""
    return _with_unit(value, "point")


def day(value: dt.date) -> str:
    """Return a date: 30 Jun 2026."""
    return f"{value.day} {value:%b %Y}"


def _with_unit(value: float | Decimal, unit: str) -> str:
    figure = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    shown = figure.to_integral_value() if figure == figure.to_integral_value() else figure
    return f"{_minus(shown)} {unit}{'' if abs(shown) == 1 else 's'}"


def _digits(value: Decimal, *, indian: bool = True) -> str:
    """Return digits without a float's tail: 4.2, 12.3, 1,230."""
    text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{grouped(int(whole), indian=indian)}{f'.{fraction}' if fraction else ''}"


def _minus(value: Decimal) -> str:
    return f"{value:f}".replace("-", "−")


_UNITS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "percent": percent,
        "days": days,
        "months": months,
        "points": points,
        "ratio": ratio,
    }
)  # fmt: skip
