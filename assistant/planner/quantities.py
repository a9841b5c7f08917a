"""Numbers as people say them: 25, a hundred, ₹5 lakh, 20 %, 60 days, the second."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assistant.planner.text import phrase
from assistant.planner.words import HOUSE, Words, table


@dataclass(frozen=True)
class Quantity:
    """A number that was said.

    Attributes
    ----------
    value
        As said, multipliers applied; percent values are not yet fractions.
    unit
        currency, percent, days, months, points, or empty.
    upper
        The second number of a range ("31-60"), else None.
    open_ended
        Whether a plus sign followed ("30+").
    """

    value: Decimal
    unit: str = ""
    upper: Decimal | None = None
    open_ended: bool = False


_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(\+?)")
_RANGE = re.compile(r"(\d+)-(\d+)")
#: Words before the number of a row.
_PLACES = ("number", "no", "rank", "row", "position", "entry", "serial")


def quantities_at(words: Sequence[str], start: int, tables: Words = HOUSE) -> Iterator[tuple[int, Quantity]]:
    """Yield (end, quantity) of the number that begins at ``start``, without and with the unit that may follow."""
    spoken = tables.table("numbers")
    place, unit = start, ""
    if words[place] in spoken["before"] and place + 1 < len(words):
        unit, place = spoken["before"][words[place]], place + 1
    found = _plain(words, place)
    if found is None:
        return
    place, quantity = found
    if place < len(words) and words[place] in spoken["multipliers"]:
        factor = spoken["multipliers"][words[place]]
        upper = quantity.upper and quantity.upper * factor
        quantity, place = Quantity(quantity.value * factor, "", upper, quantity.open_ended), place + 1
    yield place, Quantity(quantity.value, unit, quantity.upper, quantity.open_ended)
    if place < len(words) and words[place] in spoken["after"]:
        unit = unit or spoken["after"][words[place]]
        yield place + 1, Quantity(quantity.value, unit, quantity.upper, quantity.open_ended)


def _plain(words: Sequence[str], place: int) -> tuple[int, Quantity] | None:
    figure = _NUMBER.fullmatch(words[place])
    if (
        figure
        and " ".join(words[place + 1 : place + 2]) == "to"
        and _NUMBER.fullmatch(" ".join(words[place + 2 : place + 3]))
    ):
        return place + 3, Quantity(Decimal(figure[1]), upper=Decimal(words[place + 2].rstrip("+")))
    if figure:
        return place + 1, Quantity(Decimal(figure[1]), open_ended=bool(figure[2]))
    span = _RANGE.fullmatch(words[place])
    if span:
        return place + 1, Quantity(Decimal(span[1]), upper=Decimal(span[2]))
    for said, value in _spoken():
        if tuple(words[place : place + len(said)]) == said:
            return place + len(said), Quantity(Decimal(value))
    return None


@cache
def _spoken() -> tuple[tuple[tuple[str, ...], int], ...]:
    """Number words, longest first."""
    words = table("numbers")["words"].items()
    return tuple(sorted(((phrase(str(said)), value) for said, value in words), key=lambda entry: -len(entry[0])))


@cache
def _ordinals() -> dict[tuple[str, ...], int]:
    return {phrase(str(said)): value for said, value in table("numbers")["ordinals"].items()}


def ordinal_at(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """Return (end, position) of an ordinal that begins at ``start`` (-1 is the last), or None."""
    if re.fullmatch(r"#\d+", words[start]):
        return start + 1, int(words[start][1:])
    if words[start] in _PLACES and start + 1 < len(words):
        place = words[start + 1] if words[start + 1].isdigit() else table("numbers")["words"].get(words[start + 1])
        if place and words[start + 2 : start + 3] != ["wheeler"]:
            return start + 2, int(place)
    for length in (2, 1):
        said = tuple(words[start : start + length])
        position = _ordinals().get(said)
        if position is not None and len(said) == length:
            return start + length, position
    return None
