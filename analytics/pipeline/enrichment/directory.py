"""The merchants that are known, and the ways a name or an address leads to one of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from analytics.pipeline.enrichment.forms import read
from analytics.pipeline.enrichment.people import is_name, of_business
from analytics.pipeline.enrichment.trades import phrases, trade_of

#: Least likeness, in hundredths, of a near spelling.
NEAR = 90.0
#: Letters of the shortest cut name, the shortest name a near spelling is sought for, the shortest name inside others.
SHORTEST_CUT, SHORTEST_NEAR, SHORTEST_WITHIN = 7, 5, 6
#: Letters of names that other words may begin with by chance; they count beside words that say nothing.
LETTERS_ONLY = 3
#: Letters that statements leave of a name.
WIDTHS = (8, 10, 12, 15, 16, 18, 20, 22, 25, 30)
CONFIDENCE = {"alias": 0.98, "vpa": 0.97, "within": 0.9, "cut": 0.9, "fuzzy": 0.85}
_LEGAL = re.compile(r"\b(private|pvt|limited|ltd|llp|inc|india|the|m/s)\b\.?")


@dataclass(frozen=True)
class Party:
    """Who a name is. ``kind`` is merchant, person or unknown; ``rule`` says what decided."""

    kind: str = "unknown"
    merchant: str | None = None
    mcc: str | None = None
    category: str = ""
    subcategory: str = ""
    confidence: float = 0.0
    rule: str = "abstain"


@dataclass(frozen=True)
class Directory:
    """The merchants that are known, by every name they go by.

    ``houses`` are the first words of merchants in several trades (Amazon, Tata): alone they name none of the others.
    ``whole`` are the keys of the names' first words: what ends there need not be cut.
    """

    by_name: dict[str, Party]
    names: Sequence[str]
    houses: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


@cache
def merchants() -> tuple[tuple[Party, tuple[str, ...]], ...]:
    """Return each declared merchant with the names it goes by."""
    rows = []
    for category, kinds in read("merchants").items():
        for kind, entries in kinds.items():
            subcategory, mcc = kind.split()
            for entry in entries:
                name, _, others = str(entry).partition(" = ")
                rule = f"alias:{key_of(name)}"
                party = Party("merchant", name, mcc, category, subcategory, CONFIDENCE["alias"], rule)
                rows.append((party, (name, *filter(None, others.split(" / ")))))
    return tuple(rows)


@cache
def declared() -> Directory:
    """Return the merchants of `data/merchants.yaml`."""
    return directory_of(merchants())


def directory_of(rows: Sequence[tuple[Party, tuple[str, ...]]]) -> Directory:
    """Return merchants in an order that can be searched."""
    by_name = {key_of(name): party for party, names in rows for name in names}
    trades: dict[str, set[str]] = {}
    whole: set[str] = set()
    for party, names in rows:
        for words in (name.lower().split() for name in names):
            trades.setdefault(words[0], set()).add(party.category)
            whole.update(key_of(" ".join(words[:count])) for count in range(1, len(words)))
    houses = frozenset(word for word, categories in trades.items() if len(categories) > 1)
    return Directory(by_name, sorted(by_name), houses, frozenset(whole))


def key_of(name: str) -> str:
    """Return a name as names are compared: letters and digits in lower case, without what companies end with."""
    lower = name.lower()
    return re.sub(r"[^a-z0-9]", "", _LEGAL.sub(" ", lower)) or re.sub(r"[^a-z0-9]", "", lower)


def by_address(local: str, known: Directory) -> Party | None:
    """Return the merchant that the part of an address before the @ names, alone or before words that mean nothing."""
    bare = re.sub(r"[.]\d+$", "", local)
    spelled = [part for part in re.split(r"[^a-z0-9]+", bare) if part not in _passers()]
    for text in dict.fromkeys((re.sub(r"[^a-z0-9]", "", bare), "".join(spelled), *spelled[:1])):
        found = _named(text, known, "vpa") or _named(_without_after(text), known, "vpa")
        if found:
            return found
    return None


def by_name(name: str, known: Directory) -> tuple[Party, str] | None:
    """Return the merchant whose name the words hold, and the words that do; at their beginning first, the longest."""
    words = re.sub(r"[/*_]", " ", name.lower()).split()
    for start in _starts(words):
        for count in range(len(words) - start, 0, -1):
            key = key_of(" ".join(words[start : start + count]))
            if len(key) <= LETTERS_ONLY and not _says_nothing([*words[:start], *words[start + count :]]):
                continue
            if _is_somebodys(words, start, count):
                continue
            found = _named(key, known, "alias")
            if found and not _is_of_another_trade(words[start : start + count], words[start + count :], known):
                return found, " ".join(words[start : start + count])
    return _within(words, known)


def by_cut(name: str, known: Directory) -> Party | None:
    """Return the one merchant that a cut name begins; one that ends with a word only where statements cut."""
    key = key_of(name)
    if len(key) < SHORTEST_CUT or key in _common() or (key in known.whole and len(name) not in WIDTHS):
        return None
    at = bisect_left(known.names, key)
    fitting = list(takewhile(lambda name: name.startswith(key), known.names[at : at + 10]))
    parties = {known.by_name[name] for name in fitting}
    return replace(parties.pop(), confidence=CONFIDENCE["cut"]) if len(parties) == 1 else None


def by_likeness(name: str, known: Directory) -> Party | None:
    """Return the merchant whose name is spelled nearly so."""
    from rapidfuzz import fuzz, process

    key = key_of(name)
    if len(key) < SHORTEST_NEAR:
        return None
    # Where the first letters differ it is the common end of two names that is alike.
    alike = known.names[bisect_left(known.names, key[0]) : bisect_left(known.names, key[0] + "\uffff")]
    best = process.extractOne(key, alike, scorer=fuzz.ratio, score_cutoff=NEAR)
    if best is None:
        return None
    party = known.by_name[best[0]]
    return replace(party, confidence=CONFIDENCE["fuzzy"] * best[1] / 100, rule=party.rule.replace("alias", "fuzzy"))


def _named(key: str, known: Directory, how: str) -> Party | None:
    found = known.by_name.get(key) if len(key) > 1 else None
    return replace(found, confidence=CONFIDENCE[how]) if found else None


def _starts(words: Sequence[str]) -> Iterator[int]:
    """Return where the name may begin: at the first word, or after those that only pass it on."""
    yield 0
    for start in range(1, len(words)):
        if words[start - 1] not in _passers():
            return
        yield start


def _is_somebodys(words: Sequence[str], start: int, count: int) -> bool:
    """Return whether the only word taken is one that people are called by, and nothing beside it tells a business."""
    if count > 1 or not is_name(words[start]):
        return False
    beside = [word for word in words if word != words[start]]
    return not (of_business(beside) or any((word,) in phrases() for word in beside))


def _is_of_another_trade(taken: Sequence[str], beside: Sequence[str], known: Directory) -> bool:
    """Return whether only a house's name was taken and a word beside it may name another of its trades."""
    is_house = len(taken) == 1 and taken[0] in known.houses
    return is_house and not _says_nothing(beside) and trade_of(" ".join(beside)) is None


def _says_nothing(words: Sequence[str]) -> bool:
    return all(word in _plain() or re.search(r"\d|^.{1,2}$", word) for word in words)


def _within(words: Sequence[str], known: Directory) -> tuple[Party, str] | None:
    for start in range(1, len(words)):
        for count in range(len(words) - start, 0, -1):
            key = key_of(" ".join(words[start : start + count]))
            if not _is_distinct(key) or key in _common() or _is_somebodys(words, start, count):
                continue
            found = _named(key, known, "within")
            if found:
                return found, " ".join(words[start : start + count])
    return None


def _is_distinct(key: str) -> bool:
    """Return whether a name is long enough to be found among other words, or letters that are no word at all."""
    return len(key) >= SHORTEST_WITHIN or re.fullmatch(r"[^aeiou]{4,}", key) is not None


def _without_after(text: str) -> str:
    """Return a text without what addresses end with: figures, and a word that means nothing."""
    bare = text.rstrip("0123456789")
    after = max((each for each in _afters() if bare.endswith(each)), key=len, default="")
    left = bare[: len(bare) - len(after)]
    return left if len(left) >= SHORTEST_NEAR else bare


@cache
def _passers() -> frozenset[str]:
    return frozenset(word for each in read("people")["passers"] for word in each.split())


@cache
def _plain() -> frozenset[str]:
    return frozenset((*read("people")["legal"], *read("people")["besides"], *_passers()))


@cache
def _afters() -> tuple[str, ...]:
    return tuple(read("people")["afters"])


@cache
def _common() -> frozenset[str]:
    """Return words that are no merchant's own: towns, states, names of people, trades, words of business."""
    people = read("people")
    towns = [place.lower().replace(" ", "") for place in (*read("places"), *people["states"])]
    trades = ["".join(phrase) for phrase in phrases()]
    return frozenset((*towns, *trades, *people["given"], *people["family"], *people["business"]))
