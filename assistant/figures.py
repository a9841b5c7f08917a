"""Numbers as people write them: what a figure in a sentence says, and how exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["currency", "percent", "points", "times", "ordinal", "plain"]

_SCALES: Mapping[str, float] = MappingProxyType(
    {
        "k": 1e3, "thousand": 1e3, "l": 1e5, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "m": 1e6, "mn": 1e6,
        "million": 1e6, "cr": 1e7, "crore": 1e7, "crores": 1e7, "b": 1e9, "bn": 1e9, "billion": 1e9,
    }
)  # fmt: skip
#: Suffix → kind and what the figure is multiplied by to become a fraction or a factor.
_SUFFIXES: Mapping[str, tuple[Kind, float]] = MappingProxyType(
    {
        "%": ("percent", 0.01), "percent": ("percent", 0.01), "per cent": ("percent", 0.01), "pp": ("points", 0.01),
        "percentage points": ("points", 0.01), "percentage point": ("points", 0.01), "bps": ("points", 0.0001),
        "basis points": ("points", 0.0001), "x": ("times", 1.0), "×": ("times", 1.0),
        "st": ("ordinal", 1.0), "nd": ("ordinal", 1.0), "rd": ("ordinal", 1.0), "th": ("ordinal", 1.0),
    }
)  # fmt: skip
_HEDGES = "about|around|roughly|approximately|approx\\.?|nearly|almost|some|close to|~|≈"

FIGURE = re.compile(
    rf"""
    (?P<hedge>\b(?:{_HEDGES})\s*|[~≈]\s*)?
    (?<![\w.,])(?P<minus>[-−–])?\s?(?P<currency>₹|\bRs\.?|\bINR|\bUSD|\$|€|£)?\s?(?P<inner>[-−])?
    (?P<number>\d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
    (?:
        (?P<tight>%|×|x\b|st\b|nd\b|rd\b|th\b|k\b|K\b|L\b|Cr\b|cr\b|M\b|m\b|mn\b|B\b|bn\b)
      | [\s-]?(?P<loose>%|per\scent\b|percentage\spoints?\b|percent\b|pp\b|bps\b|basis\spoints\b|times\b|
            thousand\b|[Ll]akhs?\b|[Ll]acs?\b|L\b|[Cc]rores?\b|Cr\b|mn\b|million\b|bn\b|billion\b)
    )?
    (?![\w])
    """,
    re.VERBOSE,
)

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: Mapping[str, int] = MappingProxyType(
    {word: value for value, word in enumerate(_UNITS)}
    | {word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)}
)
_MULTIPLES: Mapping[str, int] = MappingProxyType(
    {"dozen": 12, "hundred": 100, "thousand": 1000, "lakh": 100_000, "million": 1_000_000, "crore": 10_000_000}
)
_PARTS: Mapping[str, int] = MappingProxyType({"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10})
#: "half of", "two thirds of", "a quarter of"; but not "the third of March", "the last quarter of 2025".
PART = re.compile(
    r"(?i)\b(?:(?P<count>a|one|two|three|four)[\s-](?P<part>half|third|quarter|fifth|tenth)s?|(?P<half>half))\s+of\b"
)
#: How far a fraction in words may lie from the figure it was made of.
PART_HALF = 0.03
SPELLED = re.compile(
    rf"\b(?:(?:a|{'|'.join((*_WORDS, *_MULTIPLES))})(?:\s+and\s+|[\s-]+)?)*(?:{'|'.join((*_WORDS, *_MULTIPLES))})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figure:
    """One number of a text.

    Attributes
    ----------
    value
        The number, scaled: 0.631 for ``63.1 %``, 412000 for ``₹4.12 L``.
    half
        Half a unit of its last digit, scaled: how far the figure it was rounded from may lie.
    """

    start: int
    end: int
    kind: Kind
    value: float
    half: float


def figures(text: str) -> Iterator[Figure]:
    """Yield the numbers of a text, written in digits or in words."""
    covered = []
    for match in FIGURE.finditer(text):
        covered.append(match.span())
        yield _figure(match)
    for match in PART.finditer(text):
        covered.append(match.span())
        yield _part(match)
    for match in SPELLED.finditer(text):
        value = _spelled(match.group())
        if value is not None and all(match.end() <= start or match.start() >= end for start, end in covered):
            yield Figure(match.start(), match.end(), "plain", value, 0.0)


def _figure(match: re.Match[str]) -> Figure:
    written = match["number"].replace(",", "")
    suffix = (match["tight"] or match["loose"] or "").replace("\n", " ")
    scale = _SCALES.get(suffix.lower(), 1.0)
    kind, factor = _SUFFIXES.get(suffix, ("plain", 1.0))
    if match["currency"]:
        kind = "currency"
    decimals = len(written.partition(".")[2])
    unit = 10.0**-decimals
    if match["hedge"] and not decimals:
        unit = 10.0 ** (len(written) - len(written.rstrip("0")))
    sign = -1.0 if match["minus"] or match["inner"] else 1.0
    value = sign * float(written) * scale * factor
    start = match.start("currency" if match["currency"] else "number")
    return Figure(start, match.end(), kind, value, unit / 2 * scale * factor)


def _part(match: re.Match[str]) -> Figure:
    count = _WORDS.get((match["count"] or "one").lower(), 1)
    share = count / _PARTS[(match["part"] or match["half"]).lower()]
    return Figure(match.start(), match.end(), "percent", share, PART_HALF)


def _spelled(words: str) -> float | None:
    """The value of a number in words; None for ``one``, which is mostly no number, and for what is none."""
    total, current = 0, 0
    parts = [part for part in re.split(r"[\s-]+", words.lower()) if part not in ("and", "a")]
    if parts == ["one"] or not parts or re.match(r"(?i)(thousand|million|lakh|crore)s?$", words):
        return None
    for part in parts:
        if part in _WORDS:
            current += _WORDS[part]
        elif _MULTIPLES[part] == 100:
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * _MULTIPLES[part]
            current = 0
    return float(total + current)
