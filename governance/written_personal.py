"""Personal data as people write it: addresses, numbers of cards, accounts, phones and identity, found in any text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from stdnum import luhn
from stdnum.in_ import aadhaar, pan

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_GROUPED = r"(?<![\w.,]){start}(?:[ \-]?\d){{{digits}}}(?![\w]|[.,]\d)"

IFSC = re.compile(r"\b[A-Za-z]{4}0[A-Za-z0-9]{6}\b")
ACCOUNT = re.compile(r"(?i)\b(?:a/c|acct?|account)(?:\s*(?:no|number|num|#)\.?)?\s*[:\-]?\s*(\d{9,18})\b")
LONG_NUMBER = re.compile(r"(?<![\w.,])(\d{9,18})(?![\w]|[.,]\d)")


@dataclass(frozen=True)
class Pattern:
    """How one kind of personal data is written, what makes a find real, and its one spelling."""

    kind: str
    written: re.Pattern[str]
    real: Callable[[str], bool] = field(default=lambda _: True)
    spelling: Callable[[str], str] = field(default=lambda found: found)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


#: In this order: an e-mail address holds what looks like a payment address, a card what looks like a phone.
PATTERNS: tuple[Pattern, ...] = (
    Pattern("email", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), spelling=str.lower),
    Pattern("vpa", re.compile(r"(?<![\w.])[\w.-]{2,}@[A-Za-z][A-Za-z0-9]{1,}\b(?!\.\w)"), spelling=str.lower),
    Pattern(
        "card",
        re.compile(_GROUPED.format(start=r"\d", digits="12,18")),
        real=lambda found: bool(luhn.is_valid(_digits(found))),
        spelling=_digits,
    ),
    Pattern(
        "aadhaar",
        re.compile(_GROUPED.format(start="[2-9]", digits="11")),
        real=lambda found: bool(aadhaar.is_valid(_digits(found))),
        spelling=_digits,
    ),
    Pattern(
        "pan",
        re.compile(r"(?i)\b[a-z]{5}[ \-]?\d{4}[ \-]?[a-z]\b"),
        real=lambda found: bool(pan.is_valid(re.sub(r"[ \-]", "", found))),
        spelling=lambda found: re.sub(r"[ \-]", "", found).upper(),
    ),
)


def plain(question: str) -> str:
    """The question in one spelling: compatibility forms and digits of other scripts resolved, invisible signs out."""
    normal = _INVISIBLE.sub("", unicodedata.normalize("NFKC", question))
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in normal)
    return re.sub(r"\s+", " ", digits).strip()


def written_in(text: str) -> list[tuple[int, int, str, str]]:
    """Non-overlapping finds as (start, end, kind, spelling)."""
    taken: list[tuple[int, int, str, str]] = []
    for start, end, kind, value in _candidates(text):
        if all(end <= left or start >= right for left, right, _, _ in taken):
            taken.append((start, end, kind, value))
    return taken


def _candidates(text: str) -> Iterator[tuple[int, int, str, str]]:
    for pattern in PATTERNS:
        for match in pattern.written.finditer(text):
            if pattern.real(match.group()):
                yield match.start(), match.end(), pattern.kind, pattern.spelling(match.group())
    yield from _accounts(text)
    yield from _phones(text)


def _accounts(text: str) -> Iterator[tuple[int, int, str, str]]:
    for match in ACCOUNT.finditer(text):
        yield match.start(1), match.end(1), "account", match.group(1)
    branches = list(IFSC.finditer(text))
    numbers = list(LONG_NUMBER.finditer(text)) if branches else []
    for match in numbers:
        yield match.start(1), match.end(1), "account", match.group(1)
    if numbers:
        for match in branches:
            yield match.start(), match.end(), "ifsc", match.group().upper()


def _phones(text: str) -> Iterator[tuple[int, int, str, str]]:
    if len(_digits(text)) < 10:
        return
    from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

    for match in PhoneNumberMatcher(text, "IN", leniency=Leniency.VALID):
        yield match.start, match.end, "phone", format_number(match.number, PhoneNumberFormat.E164)
