"""Words of a text, and how well passages match a question word by word (BM25)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Saturation of repeated words and penalty of long passages (Robertson and Zaragoza, 2009).
SATURATION, LENGTH_PENALTY = 1.2, 0.6
#: An equivalent counts this much of the word itself.
EQUIVALENT_WEIGHT = 0.8
#: A word unknown to the passages is read as one of theirs when this similar: a slip of the pen.
SIMILAR = 88

WORDS = Path(__file__).parent / "semantic" / "words.yaml"
_WORD = re.compile(r"[^\W_]+")
#: ``SMA-2``, ``30+``, ``SR 11-7``: a short name and its number are one word, too.
_NUMBERED = re.compile(r"\b([a-z]{2,5})[-\s]?(\d[\d-]*)\b")
#: Words that alone mean nothing and together something, and the second of a pair that is written as one word.
_TOGETHER = re.compile(r"\b(as(?=[-\s]of\b)|what(?=[-\s]if\b)|due(?=[-\s]date\b)|phone(?=[-\s]book\b))[-\s]")
_BACKUP = re.compile(r"\bback(?:ing|ed|s)?[-\s]?ups?\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
#: What may stand before the word that asks: "could you please explain".
_ASKING = re.compile(
    r"\A\s*(?:please|pls|kindly|so|hi|hello|(?:can|could|would|will) (?:you|u|someone|anyone)(?: please)?)[,\s]+",
    re.IGNORECASE,
)
_UNITED_STATES = re.compile(r"\bU\.?S\.?(?:A\b|(?=\W|$))")
_SUFFIXES = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))


def words(text: str) -> list[str]:
    """Return the words of ``text`` that carry meaning, lower case, without their endings."""
    return _without(text, _declared().stop)


def asked(question: str) -> list[str]:
    """Return the words of a question that tell what it is about: those of every day only where there are no others."""
    put = _uninstructed(question)
    return _without(put, _declared().stop | _declared().everyday) or words(put)


def _without(text: str, stop: Collection[str]) -> list[str]:
    lowered = _spelled_out(_UNITED_STATES.sub("usa", text).lower())
    numbered = [name + number.replace("-", "") for name, number in _NUMBERED.findall(lowered) if name not in stop]
    found = _WORD.findall(_ORDINAL.sub(r"\1", _BACKUP.sub("backup", _TOGETHER.sub(r"\1", lowered))))
    return [_stem(word) for word in found if word not in stop] + numbered


def said_for(held: Collection[str]) -> frozenset[str]:
    """Return the words that mean the same as one of ``held``."""
    return frozenset(word for family in _declared().families if family & set(held) for word in family)


def _spelled_out(text: str) -> str:
    """Return ``text`` with what short forms stand for in their place."""
    for short, meant in _declared().abbreviated.items():
        text = re.sub(rf"\b{short}(?!\w)", meant, text)
    return text


def everyday() -> frozenset[str]:
    """Return the words of every day, which carry a question and narrow nothing."""
    return _declared().everyday


def _uninstructed(question: str) -> str:
    first, _, rest = _ASKING.sub("", question, count=1).strip().partition(" ")
    return rest if rest and first.lower() in _declared().instructions else question


def _stem(word: str) -> str:
    for suffix, ending in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            return _undoubled(word[: -len(suffix)] + ending)
    return _undoubled(word)


def _undoubled(stem: str) -> str:
    """``stopp`` of ``stopped`` is ``stop``; a final e is silent: ``store`` and ``storing`` meet."""
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsaeiou":
        return stem[:-1]
    return stem[:-1] if len(stem) > 3 and stem.endswith("e") else stem


@dataclass(frozen=True)
class _Words:
    stop: frozenset[str]
    everyday: frozenset[str]
    instructions: frozenset[str]
    equivalents: Mapping[str, tuple[str, ...]]
    abbreviated: Mapping[str, str]
    families: tuple[frozenset[str], ...]


@cache
def _declared() -> _Words:
    loaded = yaml.safe_load(WORDS.read_text("utf-8"))
    groups = [[_stem(word) for word in group] for group in loaded["equivalents"]]
    equivalents: dict[str, dict[str, None]] = {}
    for group in groups:
        for word in group:
            equivalents.setdefault(word, {}).update((other, None) for other in group if other != word)
    everyday = frozenset(map(str, loaded["everyday"]))
    return _Words(frozenset(loaded["stop"]), everyday, frozenset(loaded["instructions"]),
                  {word: tuple(others) for word, others in equivalents.items()}, loaded["abbreviated"],
                  tuple(map(frozenset, loaded["equivalents"])))  # fmt: skip


@dataclass(frozen=True)
class Match:
    """How well each passage matches a question.

    Attributes
    ----------
    scores
        BM25, one for each passage.
    coverage
        Share of the question's weight (rare words weigh more) that the passage holds, 0 to 1.
    matched
        Words of the question that the passage holds, by position of the passage.
    """

    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]
    matched: Mapping[int, tuple[str, ...]]


class Lexicon:
    """The words of a set of texts.

    Parameters
    ----------
    texts
        One for each passage; words of a heading may be repeated to weigh more.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        counted = [Counter(words(text)) for text in texts]
        lengths = np.array([max(sum(counts.values()), 1) for counts in counted], dtype=float)
        self._size = len(texts)
        usual = lengths.mean() if len(lengths) else 1.0
        self._norms = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * lengths / usual)
        postings: dict[str, list[tuple[int, int]]] = {}
        for position, counts in enumerate(counted):
            for word, count in counts.items():
                postings.setdefault(word, []).append((position, count))
        self._postings = {word: np.array(found) for word, found in postings.items()}

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of a word; the highest for one that no text holds."""
        import math

        found = len(self._postings[word]) if word in self._postings else 0
        return math.log(1 + (self._size - found + 0.5) / (found + 0.5))

    def match(self, question: str) -> Match:
        """Match a question against every text."""
        import numpy as np

        scores, held = np.zeros(self._size), np.zeros(self._size)
        matched: dict[int, list[str]] = {}
        read = [self._spelled(word) for word in dict.fromkeys(asked(question))]
        for word in read:
            best = np.zeros(self._size)
            for form, weight in self._forms(word):
                positions, counts = self._postings[form].T
                strength = self.rarity(form) * counts * (SATURATION + 1) / (counts + self._norms[positions])
                np.add.at(scores, positions, weight * strength)
                best[positions] = np.maximum(best[positions], weight)
            held += self._weight(word) * best
            for position in np.flatnonzero(best):
                matched.setdefault(int(position), []).append(word)
        total = sum(self._weight(word) for word in read)
        coverage = held / total if total else held
        return Match(scores, coverage, {position: tuple(found) for position, found in matched.items()})

    def _weight(self, word: str) -> float:
        """Return what a word of a question counts: itself, or what it is said for where no passage holds it."""
        if word in self._postings:
            return self.rarity(word)
        return max((self.rarity(form) for form, _ in self._forms(word)), default=self.rarity(word))

    def _forms(self, word: str) -> Iterable[tuple[str, float]]:
        forms = [(word, 1.0), *((other, EQUIVALENT_WEIGHT) for other in _declared().equivalents.get(word, ()))]
        return [(form, weight) for form, weight in forms if form in self._postings]

    def _spelled(self, word: str) -> str:
        """Read a slip of the pen as the word that was meant."""
        if word in self._postings or word in _declared().equivalents or len(word) < 5 or not word.isalpha():
            return word
        from rapidfuzz import fuzz, process

        nearest = process.extractOne(word, self._postings.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR)
        return nearest[0] if nearest else word
