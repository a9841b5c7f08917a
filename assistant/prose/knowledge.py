"""The answer from documents: the sentences that answer, verbatim in quotes, with id, status and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.planner.frame import Frame
from assistant.planner.text import phrase
from assistant.planner.words import table
from assistant.prose.numbers import day
from knowledge.answer_kinds import Wanted, wanted
from knowledge.vocabulary import Vocabulary
from tools.result import Source, ToolResult

#: Sentences quoted of the best passage, and characters of a quote.
SENTENCES = 2
LONGEST_QUOTE = 420
#: What a sentence gains that opens with the very words asked about; what a passage loses per place in the ranking, and
#: gains per word of its section's name.
DEFINES, PLACE = 2.0, 0.5
#: What a sentence gains that holds the kind of answer wanted: a duration where "how long" is asked.
HOLDS = 2.0

#: Words of a question whether a rule still stands, and what a sentence says that answers it.
_VALID = frozenset({"valid", "force", "current", "superseded", "withdrawn", "repealed", "outdated", "apply", "still"})
_REPLACED = re.compile(r"\b(?:replaced|superseded|withdrawn|repealed|(?:take|takes|took) effect|in force|moved into)\b")
_WRAPPED = re.compile(r"\n(?!\s*[-*] |\n)")
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S))+[.!?]?")
_MARKS = re.compile(r"\*\*|^\s*[-*] ", re.MULTILINE)


@dataclass(frozen=True)
class _Quote:
    """Neighbouring sentences of a passage, and how well they answer."""

    source: Source
    text: str
    score: float


def tell_knowledge(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences that quote the best passages."""
    del vocabulary
    if not result.sources:
        return ["The knowledge base has no passage on this."]
    quotes = sorted(_quotes(result.sources, frame.text), key=lambda quote: -quote.score)
    best = quotes[0]
    needed = max(SENTENCES, best.score / 2)
    second = next((q for q in quotes if q.source.title != best.source.title and q.score >= needed), None)
    told = [f"“{best.text}” [{best.source.id}] {_standing(best.source)}"]
    if second is not None:
        told.append(f"See also “{second.text}” [{second.source.id}] {_standing(second.source)}")
    return told


def _quotes(sources: Sequence[Source], question: str) -> Iterator[_Quote]:
    asked = [word for word in phrase(question) if word not in _courtesies()]
    kind = wanted(question)
    for place, source in enumerate(sources):
        text, score = best_sentences(source.quote, asked, kind)
        named = len(set(asked) & set(phrase(source.section)))
        yield _Quote(source, text, score + PLACE * (named - place))


def best_sentences(passage: str, asked: Sequence[str], kind: Wanted | None = None) -> tuple[str, float]:
    """Return the neighbouring sentences that share most with the words ``asked``, and how well they answer."""
    sentences = _sentences(passage)
    if not sentences:
        return passage.strip()[:LONGEST_QUOTE], 0.0
    worth = [_worth(sentence, heading, asked, kind) for sentence, heading in sentences]
    starts = range(max(len(sentences) - SENTENCES + 1, 1))
    start = max(starts, key=lambda place: (2 * worth[place] + sum(worth[place + 1 : place + SENTENCES]), -place))
    if worth[-1] > worth[start]:
        start = len(sentences) - 1
    quote = " ".join(sentence for sentence, _ in sentences[start : start + SENTENCES])
    return quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …", worth[start]


def _sentences(passage: str) -> list[tuple[str, str]]:
    """Return the sentences of a passage, marks of layout removed, each with the question before that it answers."""
    plain = _MARKS.sub("", _WRAPPED.sub(" ", passage))
    found: list[tuple[str, str]] = []
    heading = ""
    for sentence in (written.strip() for written in _SENTENCE.findall(plain)):
        if sentence.endswith("?"):
            heading = sentence
        elif len(sentence) > 3:
            found.append((sentence, heading))
            heading = ""
    return found


def _worth(sentence: str, heading: str, asked: Sequence[str], kind: Wanted | None) -> float:
    words = phrase(sentence)
    stands = HOLDS if _VALID & set(asked) and _REPLACED.search(sentence) else 0.0
    shared = len(set(asked) & {*words, *phrase(heading)})
    opening = words[: len(asked) + 1]
    defines = DEFINES if asked and all(word in opening for word in asked) else 0.0
    return shared + defines + stands + (HOLDS if kind is not None and kind.held_by(sentence) else 0.0)


@cache
def _courtesies() -> frozenset[str]:
    cues = table("cues")["definition"]["phrases"]
    said = [str(written) for words in table("soft").values() for written in words] + [str(written) for written in cues]
    return frozenset(word for written in said for word in phrase(written))


def _standing(source: Source) -> str:
    """Status and dates: "(in force, from 8 May 2025)."""
    parts = [source.status] if source.status else []
    parts += [f"from {day(source.effective_from)}"] if source.effective_from else []
    parts += [f"until {day(source.effective_to)}"] if source.effective_to else []
    where = f"{source.title}, {source.section}"
    return f"({where}: {', '.join(parts)})." if parts else f"({where})."
