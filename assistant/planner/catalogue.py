"""Questions that can be answered here, and which of them are nearest to one that cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property

from rapidfuzz import fuzz, process

from assistant.planner.text import phrase
from assistant.planner.words import HOUSE, Words, table

#: Below this likeness an example has nothing to do with the question; the first examples are offered then.
LIKENESS = 45
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Catalogue:
    """The example questions, filled with the books' own values.

    Parameters
    ----------
    values
        Dimension → values that occur.
    answerable
        Whether a question is understood here: what is not, is not offered.
    words
        The word tables that hold the examples.
    """

    def __init__(
        self, values: Mapping[str, Sequence[str]], answerable: Callable[[str], bool], words: Words = HOUSE
    ) -> None:
        self._values = values
        self._answerable = answerable
        self._words = words

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Every example that is understood here."""
        filled = (self._filled(str(question)) for question in self._words.table("catalogue"))
        return tuple(question for question in filled if question and self._answerable(question))

    def nearest(self, question: str, count: int = 3) -> tuple[str, ...]:
        """Return the questions most alike, by the words they share."""
        if not self.questions:
            return ()
        found = process.extract(_content(question), self._looked_up, scorer=fuzz.token_set_ratio, limit=count)
        near = [place for _, score, place in found if score >= LIKENESS]
        return tuple(self.questions[place] for place in dict.fromkeys([*near, *range(count)]))[:count]

    @cached_property
    def _looked_up(self) -> list[str]:
        return [_content(question) for question in self.questions]

    def _filled(self, question: str) -> str:
        """Return the question with values in its placeholders, or nothing where a value is missing."""
        filled = question
        for name in _PLACEHOLDER.findall(question):
            dimension = name.removeprefix("other_")
            known = self._values.get(dimension, ())
            place = 1 if name != dimension else 0
            if len(known) <= place:
                return ""
            filled = filled.replace(f"{{{name}}}", str(known[place]).replace("_", " "))
        return filled


def _content(question: str) -> str:
    """Return the words of a question that carry content, in their look-up forms."""
    return " ".join(word for word in phrase(question) if word not in _courtesies())


@cache
def _courtesies() -> frozenset[str]:
    return frozenset(word for said in table("soft").values() for written in said for word in phrase(str(written)))
