"""Vectors of texts without a download: hashed words, pairs of words and letter groups, weighted by rarity.

What it sees is likeness of wording down to word parts and spelling, not of meaning.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge.lexical import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 1024
#: Letters of a group, and how much pairs of words and groups of letters count beside words.
LETTERS, PAIR_WEIGHT, LETTER_WEIGHT = 4, 0.5, 0.25


class Embedding:
    """Vectors of length one; the same text always has the same vector.

    Parameters
    ----------
    texts
        What the rarity of words is learned from.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = len(texts)
        self._holding = Counter(feature for text in texts for feature in {name for name, _ in _features(text)})

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of `DIMENSIONS` for each text; a text without words is all zeros."""
        import numpy as np

        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, weight in _features(text):
                place, sign = _hashed(feature)
                row[place] += sign * weight * self._rarity(feature)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= np.where(lengths > 0, lengths, 1)
        return rows

    def _rarity(self, feature: str) -> float:
        return math.log((1 + self._texts) / (1 + self._holding[feature])) + 1


def _features(text: str) -> Iterator[tuple[str, float]]:
    found = words(text)
    yield from ((word, 1.0) for word in found)
    yield from ((f"{first} {second}", PAIR_WEIGHT) for first, second in pairwise(found))
    for word in found:
        edged = f"<{word}>"
        for start in range(len(edged) - LETTERS + 1):
            yield f"…{edged[start : start + LETTERS]}", LETTER_WEIGHT


def _hashed(feature: str) -> tuple[int, int]:
    number = zlib.crc32(feature.encode())
    return number % DIMENSIONS, 1 if number & 0x80000000 else -1
