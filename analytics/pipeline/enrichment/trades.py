"""What a name trades in, by the words it holds: the phrases of `data/trades.yaml`, as whole words.

A longer phrase hides the words it is made of. Names end with what they are ("hospital canteen"), so of several trades
the last is taken; what AND joins begins with the main thing ("medicals and general stores"), so there the surest part
is, of equals the first. Words before a street's word name a place ("hospital road kirana").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from analytics.pipeline.enrichment.forms import read

#: What is left of the confidence where the name holds another trade too, where its end is cut, where it is glued.
DISPUTED, CUT_OFF, GLUED = 0.85, 0.9, 0.92
#: A word so much less sure than another of the name says nothing beside it.
VAGUER = 0.15
#: Letters of the shortest cut word, and of the shortest word that is sought inside one that is written together.
SHORTEST_CUT, SHORTEST_GLUED = 5, 6
#: Share of a word's letters that has to be left of it.
LEAST_LEFT = 0.6
#: Confidence of a word that is sought in such.
SURE = 0.9


@dataclass(frozen=True)
class Trade:
    """A trade and the word that tells it. ``confidence`` is the share of names with the word that are of the trade."""

    category: str
    subcategory: str
    mcc: str
    confidence: float
    word: str


def trade_of(name: str) -> Trade | None:
    """Return the trade that a name's whole words tell, or None."""
    told = [trades for part in _parts(name) if (trades := _told(part))]
    if not told:
        return None
    best = max(map(_last_sure, told), key=lambda trade: trade.confidence)
    categories = {trade.category for part in told for trade in part}
    return best if len(categories) == 1 else replace(best, confidence=best.confidence * DISPUTED)


def trade_of_cut(name: str) -> Trade | None:
    """Return the one trade whose word the last letters of a cut name begin, or None."""
    last = _words(name)[-1:]
    if not last or len(last[0]) < SHORTEST_CUT or last[0] == name.lower().strip():
        return None
    singles, ordered = _single_words()
    at = bisect_left(ordered, last[0])
    begun = [singles[word] for word in takewhile(lambda word: word.startswith(last[0]), ordered[at : at + 20])]
    fitting = [trade for trade in begun if len(last[0]) >= LEAST_LEFT * len(trade.word)]
    if not fitting or len({trade.category for trade in begun}) != 1:
        return None
    return replace(fitting[0], confidence=min(trade.confidence for trade in fitting) * CUT_OFF)


def trade_of_glued(text: str) -> Trade | None:
    """Return the trade whose word ends a text that is written together (an address), or None."""
    singles, ordered = _single_words()
    sought = [word for word in ordered if len(word) >= SHORTEST_GLUED and singles[word].confidence >= SURE]
    fitting = [word for word in sought if word != text and text.endswith(word)]
    if not fitting:
        return None
    longest = singles[max(fitting, key=len)]
    return replace(longest, confidence=longest.confidence * GLUED)


@cache
def phrases() -> Mapping[tuple[str, ...], Trade]:
    """Return every declared phrase, as its words, with its trade."""
    return {
        tuple(phrase.split()): Trade(category, subcategory, mcc, float(confidence), phrase)
        for category, kinds in read("trades").items()
        for kind, listed in kinds.items()
        for subcategory, mcc, confidence in [kind.split()]
        for phrase in listed
    }


@cache
def _single_words() -> tuple[Mapping[str, Trade], Sequence[str]]:
    singles = {phrase[0]: trade for phrase, trade in phrases().items() if len(phrase) == 1}
    return singles, sorted(singles)


@cache
def _places() -> frozenset[str]:
    return frozenset(read("people")["places"])


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.lower().replace("&", " and ").replace("'", ""))


def _parts(name: str) -> Iterator[list[str]]:
    """Return the words between ANDs, or all of them where a phrase holds the AND itself."""
    words = _words(name)
    if "and" not in words or any("and" in trade.word.split() for trade in _told(words)):
        yield words
        return
    while "and" in words:
        at = words.index("and")
        yield words[:at]
        words = words[at + 1 :]
    yield words


def _told(words: Sequence[str]) -> list[Trade]:
    """Return the trades of the words from left to right, the longest phrase at each place."""
    known, found, at = phrases(), [], 0
    while at < len(words):
        for length in (4, 3, 2, 1):
            trade = known.get(tuple(words[at : at + length]))
            if trade and not _is_place(words, at + length):
                found.append(trade)
                at += length - 1
                break
        at += 1
    return found


def _last_sure(told: Sequence[Trade]) -> Trade:
    """Return the last trade that is about as sure as the surest: "cycle stores" sells cycles."""
    surest = max(trade.confidence for trade in told)
    return [trade for trade in told if trade.confidence >= surest - VAGUER][-1]


def _is_place(words: Sequence[str], after: int) -> bool:
    return after < len(words) and words[after] in _places()
