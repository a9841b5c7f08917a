"""Whether a name is a person's: given and family names of `data/people.yaml`, their endings, telephone numbers."""

from __future__ import annotations

import re
from functools import cache

from analytics.pipeline.enrichment.forms import read

#: Confidence where a name is listed or a number called, and where it only ends as names do or has initials.
LISTED, BY_SHAPE = 0.85, 0.65
#: Words of the longest name, and letters of the shortest that is judged by its ending, and by initials.
MOST_WORDS, SHORTEST_ENDING, SHORTEST_SHAPED = 4, 6, 5
TITLES = frozenset(("mr", "mrs", "ms", "miss", "smt", "shri", "sri", "shrimati", "kum", "late", "dr", "prof"))


def person(name: str, local: str = "", handle: str = "") -> float:
    """Return how sure it is that a name, or the address ``local@handle``, is a person's; 0 where it is not.

    Names with a word of business are nobody's. A name that stands alone counts only beside an address.
    """
    given = _listed("given")
    words = [word for word in re.findall(r"[a-z]+", name.lower()) if word not in TITLES]
    if any(word in _listed("business") for word in words):
        return 0.0
    whole = [word for word in words if len(word) > 1]
    called = re.fullmatch(r"(91)?[6-9]\d{9}", local) is not None
    handled = handle in _listed("handles") and re.sub(r"[^a-z].*", "", local) in given
    handled |= not handle and re.fullmatch(r"[a-z]+\d+", local) is not None and local.rstrip("0123456789") in given
    figures = re.search(r"\d", name) is not None and len(name.split()) > 1
    alone = len(words) == 1 and not (local or re.search(r"\d", name))
    if (_borne(whole) and not (alone or figures)) or handled or called:
        return LISTED
    return BY_SHAPE if _is_shaped(words, whole) and not re.search(r"\d", name) else 0.0


def is_name(word: str) -> bool:
    """Return whether people are called by the word."""
    return word in _listed("given") or word in _listed("family")


def of_business(words: list[str]) -> bool:
    """Return whether one of the words tells a business."""
    return any(word in _listed("business") for word in words)


def _borne(words: list[str]) -> bool:
    """Return whether a given name begins or a family name ends the words; the other way about all have to be names."""
    if not 1 <= len(words) <= MOST_WORDS:
        return False
    return words[0] in _listed("given") or words[-1] in _listed("family") or all(map(is_name, words))


def _is_shaped(words: list[str], whole: list[str]) -> bool:
    """Return whether the words end as names do, or are one word with initials."""
    ends = 2 <= len(whole) < MOST_WORDS and len(whole[-1]) >= SHORTEST_ENDING and whole[-1].endswith(_endings())
    return ends or (len(whole) == 1 and len(words) in (2, 3) and len(whole[0]) >= SHORTEST_SHAPED)


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(read("people")[kind])


@cache
def _endings() -> tuple[str, ...]:
    return tuple(read("people")["endings"])
