"""The answer from documents: the sentences that answer, verbatim in quotes, with id, status and dates."""

from __future__ import annotations

import re

from assistant.planner.frame import Frame
from assistant.planner.text import phrase
from assistant.planner.words import table
from assistant.prose.numbers import day
from knowledge.vocabulary import Vocabulary
from tools.result import Source, ToolResult

#: Sentences quoted of one passage, and characters of a quote.
SENTENCES = 2
LONGEST_QUOTE = 420
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")


def tell_knowledge(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences that quote the best passages."""
    del vocabulary
    if not result.sources:
        return ["The knowledge base has no passage on this."]
    best, *others = result.sources
    second = next((source for source in others if source.title != best.title), None)
    told = [f"{_quoted(best, frame.text)} {_standing(best)}"]
    if second is not None:
        told.append(f"See also {_quoted(second, frame.text, sentences=1)} {_standing(second)}")
    return told


def _quoted(source: Source, question: str, *, sentences: int = SENTENCES) -> str:
    return f"“{best_sentences(source.quote, question, sentences)}” [{source.id}]"


def best_sentences(passage: str, question: str, count: int) -> str:
    """Return the run of ``count`` neighbouring sentences that shares most words with the question."""
    found = [sentence.strip(" -*•\t") for sentence in _SENTENCE.findall(passage)]
    sentences = [sentence for sentence in found if len(sentence) > 3]
    if not sentences:
        return passage.strip()[:LONGEST_QUOTE]
    asked = set(phrase(question)) - _courtesies()
    overlap = [len(asked & set(phrase(sentence))) for sentence in sentences]
    starts = range(max(len(sentences) - count + 1, 1))
    start = max(starts, key=lambda place: (sum(overlap[place : place + count]), overlap[place], -place))
    quote = " ".join(sentences[start : start + count])
    return quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _courtesies() -> frozenset[str]:
    return frozenset(word for words in table("soft").values() for said in words for word in phrase(str(said)))


def _standing(source: Source) -> str:
    """Status and dates: "(in force, from 8 May 2025)."""
    parts = [source.status] if source.status else []
    parts += [f"from {day(source.effective_from)}"] if source.effective_from else []
    parts += [f"until {day(source.effective_to)}"] if source.effective_to else []
    return (
        f"({source.title}, {source.section}: {', '.join(parts)})." if parts else f"({source.title}, {source.section})."
    )
