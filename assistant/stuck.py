"""Where a question gets stuck: the words that nothing accounts for, and what of the vocabulary they resemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.planner.conversation import Turn
from assistant.planner.understand import NotUnderstood, Understood
from governance.principal import local_principal
from tools.newest import Newest

if TYPE_CHECKING:
    from assistant.planner.mind import PlannerMind
    from knowledge.vocabulary import Dimension, Metric, Vocabulary
    from tools.workspace import Workspace

#: Likeness from which a word of the vocabulary is suggested, and how many are.
ALIKE, SUGGESTED = 0.45, 3
#: Questions, and words, whose reading is remembered.
MOST_REMEMBERED = 4_096


@dataclass(frozen=True)
class Suggestion:
    """A word that was not understood, and one of the vocabulary it resembles.

    Attributes
    ----------
    names
        Metric or dimension that the word of the vocabulary stands for.
    likeness
        0 to 1.
    """

    word: str
    like: str
    names: str
    likeness: float


@dataclass(frozen=True)
class Reading:
    """How a question reads today. ``words``: what nothing accounts for; None where it finds an answer by now."""

    words: tuple[str, ...] | None


class Judge:
    """Reads questions as the planner would today, each once.

    Parameters
    ----------
    mind
        What reads.
    names
        Word or phrase of the vocabulary → label of what it stands for.
    """

    def __init__(self, mind: PlannerMind, names: Mapping[str, str]) -> None:
        from knowledge.embedding import Embedding

        self._mind, self._names, self._written = mind, names, list(names)
        self._embedding = Embedding(self._written)
        self._vectors = self._embedding.vectors(self._written)
        self._read: Newest[Reading] = Newest(MOST_REMEMBERED)
        self._alike: Newest[tuple[Suggestion, ...]] = Newest(MOST_REMEMBERED)

    def reading(self, question: str) -> Reading:
        """How a question reads; one that is understood as a search in texts only is stuck all the same."""
        held = self._read.get(question)
        if held is None:
            read = self._mind.read([Turn(question)])
            held = Reading(read.words if isinstance(read, NotUnderstood) else _words_of_text(read))
            self._read.keep(question, held)
        return held

    def suggestions(self, word: str) -> tuple[Suggestion, ...]:
        """The words of the vocabulary that look most like one: by edits, and by the groups of letters they share."""
        held = self._alike.get(word)
        if held is None:
            held = self._likest(word)
            self._alike.keep(word, held)
        return held

    def _likest(self, word: str) -> tuple[Suggestion, ...]:
        from rapidfuzz import fuzz

        by_letters = self._vectors @ self._embedding.vectors([word])[0]
        likeness = {
            text: max(fuzz.ratio(word.lower(), text) / 100, float(near))
            for text, near in zip(self._written, by_letters, strict=True)
        }
        best = sorted((text for text in likeness if likeness[text] >= ALIKE), key=lambda text: (-likeness[text], text))
        kept: dict[str, Suggestion] = {}
        for text in best:
            names = self._names[text]
            kept.setdefault(names, Suggestion(word, text, names, round(likeness[text], 3)))
        return tuple(kept.values())[:SUGGESTED]


def judge_of(workspace: Workspace) -> Judge:
    """The judge on the books and words as they stand; what he found holds until the next publish, or word."""
    from assistant.minds import embedded_mind
    from tools.operations.words import own_words

    local = local_principal(workspace.name)

    def made() -> Judge:
        planner: Any = embedded_mind(workspace, local).model
        names = {written: each.label for written, each in named(workspace.vocabulary).items()}
        return Judge(planner.mind, names)

    return workspace.remember(local, f"judge of unanswered questions {hash(own_words(workspace))}", made)


def _words_of_text(read: Understood | object) -> tuple[str, ...] | None:
    in_texts = isinstance(read, Understood) and all(each.intent == "knowledge" for each in read.frames)
    return () if in_texts else None


def named(vocabulary: Vocabulary) -> dict[str, Metric | Dimension]:
    """Word or phrase of the vocabulary → what it stands for."""
    declared: list[Metric | Dimension] = [*vocabulary.metrics.values(), *vocabulary.dimensions.values()]
    return {written.lower(): each for each in declared for written in (each.label, *each.synonyms)}
