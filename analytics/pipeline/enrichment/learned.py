"""What trade a name sounds like: letters' n-grams, learned from the known merchants and the words of each trade.

A complement naive Bayes over hashed n-grams. How sure it has to be is not chosen by hand: every merchant that no other
rule knows is judged by a model that saw none of its names, and the least margin is taken that so many right ones need.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.forms import read

if TYPE_CHECKING:
    import numpy as np

#: Share of the answers that has to be right, and the fewest answers it is judged by.
WANTED, LEAST_JUDGED = 0.9, 30
FOLDS, SEED = 5, 11
SHORTEST, LONGEST, FEATURES = 3, 5, 2**14
SMOOTHING = 0.1
#: The label of names that are people's.
NOBODY = ""


@dataclass(frozen=True)
class Lessons:
    """Names, the category of each, whom it is of (a merchant, a word, a person), and whether it would come here."""

    names: list[str]
    labels: list[str]
    subjects: list[str]
    asked: list[bool]


@dataclass(frozen=True)
class Ear:
    """A fitted model: how rare each n-gram is, its weight by category, margins and the share right from each on."""

    classes: list[str]
    rarity: Any
    weights: Any
    margins: Any
    shares: Any


def trades(names: Sequence[str], known: frozenset[str]) -> list[tuple[str, str, float]]:
    """Return category, subcategory and how many such answers are right, of each name; '' and '' where it abstains.

    Parameters
    ----------
    known
        Keys of the merchants it may learn from.
    """
    import numpy as np

    ear, usual = _fitted(known)
    best, margin = _judged(ear.weights, _vectors([_grams(name) for name in names], ear.rarity))
    at = np.clip(np.searchsorted(ear.margins, margin, side="right") - 1, 0, None)
    sure = np.where(margin >= ear.margins[0], ear.shares[at], 0.0)
    guesses = [(ear.classes[place], float(share)) for place, share in zip(best, sure, strict=True)]
    return [
        (category, usual[category], share) if category and share >= WANTED else ("", "", share)
        for category, share in guesses
    ]


@lru_cache(maxsize=4)
def _fitted(known: frozenset[str]) -> tuple[Ear, dict[str, str]]:
    """Fit on the lessons, and judge each by a fit on the folds that hold nothing of its merchant."""
    import numpy as np

    lessons, usual = _lessons(known)
    grams = [_grams(name) for name in lessons.names]
    rarity = np.log((1 + len(grams)) / (1 + np.bincount(np.concatenate(grams), minlength=FEATURES))) + 1
    vectors = _vectors(grams, rarity)
    classes = sorted(set(lessons.labels))
    labels = np.array([classes.index(label) for label in lessons.labels])
    fold = np.array([zlib.crc32(f"{SEED}{subject}".encode()) % FOLDS for subject in lessons.subjects])
    counts = [_counts(vectors, labels, len(classes), fold == each) for each in range(FOLDS)]
    whole, judged = np.sum(counts, axis=0), np.array(lessons.asked)
    margins, right = np.zeros(len(vectors)), np.zeros(len(vectors), bool)
    for each in range(FOLDS):
        asked = np.flatnonzero((fold == each) & judged)
        best, margins[asked] = _judged(_weights(whole - counts[each]), [vectors[at] for at in asked])
        right[asked] = best == labels[asked]
    return Ear(classes, rarity, _weights(whole), *_shares(margins[judged], right[judged])), usual


def _shares(margins: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return margins from low to high and, from each on, the share of right judgements, never falling."""
    import numpy as np

    if len(margins) < LEAST_JUDGED:
        return np.zeros(1), np.zeros(1)
    order = np.argsort(-margins, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    share[:LEAST_JUDGED] = share[LEAST_JUDGED - 1]
    return margins[order][::-1], np.maximum.accumulate(share[::-1])


def _grams(name: str) -> np.ndarray:
    """Return the hashes of a name's n-grams, each word with its edges."""
    import numpy as np

    grams: set[int] = set()
    for word in re.findall(r"[a-z0-9]+", name.lower()):
        grams |= _hashes(word)
    return np.fromiter(grams, np.int64, len(grams))


@lru_cache(maxsize=2**14)
def _hashes(word: str) -> frozenset[int]:
    edged = f" {word} ".encode()
    sizes = range(SHORTEST, LONGEST + 1)
    return frozenset(
        zlib.crc32(edged[at : at + size]) % FEATURES for size in sizes for at in range(len(edged) - size + 1)
    )


def _vectors(grams: Sequence[np.ndarray], rarity: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return each name as its n-grams and their weights, rare ones heavier, of length one."""
    import numpy as np

    heavy = [rarity[each] for each in grams]
    return [(each, weight / np.sqrt(weight @ weight)) for each, weight in zip(grams, heavy, strict=True)]


def _counts(vectors: Sequence[Any], labels: np.ndarray, classes: int, wanted: np.ndarray) -> np.ndarray:
    """Return the weight of each n-gram in the names of each category."""
    import numpy as np

    chosen = [int(at) for at in np.flatnonzero(wanted)]
    keys = np.concatenate([np.zeros(0, np.int64), *(labels[at] * FEATURES + vectors[at][0] for at in chosen)])
    weight = np.concatenate([np.zeros(0), *(vectors[at][1] for at in chosen)])
    return np.bincount(keys, weight, classes * FEATURES).reshape(classes, FEATURES)


def _weights(counts: np.ndarray) -> np.ndarray:
    """Return the weights of a complement naive Bayes (Rennie et al., 2003), one row for each n-gram."""
    import numpy as np

    others = counts.sum(axis=0) - counts + SMOOTHING
    weights = -np.log(others / others.sum(axis=1, keepdims=True))
    return np.ascontiguousarray((weights / np.abs(weights).sum(axis=1, keepdims=True)).T * FEATURES)


def _judged(weights: np.ndarray, vectors: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the best category of each name and by how much it is ahead of the next."""
    import numpy as np

    scores = np.zeros((len(vectors), weights.shape[1]))
    for at, (grams, weight) in enumerate(vectors):
        scores[at] = weight @ weights[grams]
    ahead = np.sort(scores, axis=1)
    return scores.argmax(axis=1), ahead[:, -1] - ahead[:, -2]


def _lessons(known: frozenset[str]) -> tuple[Lessons, dict[str, str]]:
    """Return what is learned from, and the usual subcategory of each category."""
    from analytics.pipeline.enrichment.directory import key_of, merchants
    from analytics.pipeline.enrichment.trades import phrases

    lessons, kinds = Lessons([], [], [], []), dict[str, Counter[str]]()
    for party, names in merchants():
        kinds.setdefault(party.category, Counter())[party.subcategory] += 1
        _teach(lessons, [name for name in names if key_of(name) in known], party.category, str(party.merchant))
    for trade in phrases().values():
        _teach(lessons, [trade.word], trade.category, trade.word.split()[-1])
    people = read("people")
    for given, family in zip(people["given"], people["family"] * 2, strict=False):
        _teach(lessons, [f"{given} {family}"], NOBODY, given)
    return lessons, {category: counted.most_common(1)[0][0] for category, counted in kinds.items()}


def _teach(lessons: Lessons, names: Sequence[str], label: str, subject: str) -> None:
    """Add lessons; names of merchants that tell their trade or sound like a person never come here but as lessons."""
    from analytics.pipeline.enrichment.people import person
    from analytics.pipeline.enrichment.trades import trade_of

    lessons.asked.extend(label != NOBODY and trade_of(name) is None and not person(name) for name in names)
    lessons.names.extend(names)
    lessons.labels.extend([label] * len(names))
    lessons.subjects.extend([subject] * len(names))
