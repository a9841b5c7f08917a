"""What kind of answer a question wants, and whether a text holds one: "how long" is not answered without a duration."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.lexical import words

_COUNT = (
    r"(?:\d[\d,.]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|eighteen|twenty|"
    r"thirty|sixty|ninety)"
)
_UNIT = r"(?:second|minute|hour|day|week|fortnight|month|year|quarter)"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SPAN = (
    rf"\b{_COUNT}(?:[\s-]+(?:\w+[\s-]+)?){_UNIT}s?\b|\bwithout delay\b|\bimmediately\b|\bat once\b|\bindefinitely\b|"
    r"\b(?:no|as) longer than\b|\bas long as\b|\bfor ever\b|\b(?:twelve|\d+) month ends\b"
)
_NUMBER = rf"\d|\b{_COUNT.replace('an?|', '')}\b|\bno \w+"


@dataclass(frozen=True)
class AnswerKind:
    """A form of question, and what every answer to it holds; ``things`` of ``asked`` is what is counted."""

    name: str
    asked: re.Pattern[str]
    held: re.Pattern[str]


@dataclass(frozen=True)
class Wanted:
    """The kind of answer one question wants.

    Attributes
    ----------
    things
        Stems of what is counted: the number has to stand in a sentence with one of them; empty for any.
    """

    kind: AnswerKind
    things: frozenset[str] = frozenset()

    def held_by(self, text: str) -> bool:
        """Whether a text may answer."""
        if not self.things:
            return self.kind.held.search(text) is not None
        return any(
            self.kind.held.search(sentence) and self.things & set(words(sentence))
            for sentence in _SENTENCE_END.split(text)
        )


_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+|\n+")
#: The first whose form a question has.
KINDS: tuple[AnswerKind, ...] = (
    AnswerKind(
        "duration",
        re.compile(
            rf"\b(?:how (?:long|soon|quickly)\b|(?:within|for|in|after) how many (?:\w+ )?{_UNIT}s?\b|"
            rf"how many (?:\w+ )?{_UNIT}s\b|(?:retention|notice) period|for what (?:period|time|duration)|"
            r"(?:minimum|maximum) (?:period|duration))",
            re.IGNORECASE,
        ),
        re.compile(_SPAN, re.IGNORECASE),
    ),
    AnswerKind(
        "number",
        re.compile(r"\bhow many (?P<things>\w+(?: \w+)?)|\bhow much\b|\bwhat (?:percentage|per cent)\b", re.IGNORECASE),
        re.compile(_NUMBER, re.IGNORECASE),
    ),
    AnswerKind(
        "day",
        re.compile(
            r"\b(?:from|on|by|as of|is|are|will be|which|the exact|exact|start|starting|effective|npa) "
            r"(?:what |which |the )?(?:date|day|tareekh)\b(?! of)|\bkis (?:date|din|tareekh)\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{_MONTH})\b|\b(?:19|20)\d\d\b", re.IGNORECASE),
    ),
    AnswerKind(
        "date",
        re.compile(r"\b(?:by|from|since) when\b|\bdeadline\b|\bkab (?:se|tak)\b", re.IGNORECASE),
        re.compile(rf"\b(?:19|20)\d\d\b|\b{_COUNT} (?:hour|day)s?\b", re.IGNORECASE),
    ),
    AnswerKind(
        "reference",
        re.compile(r"\b(?:which|what) (?:paragraph|article|section|clause|requirement)\b", re.IGNORECASE),
        re.compile(r"\d"),
    ),
)


def wanted(question: str) -> Wanted | None:
    """Return the kind of answer a question asks for; None where its form tells none."""
    for kind in KINDS:
        found = kind.asked.search(question)
        if found is not None:
            things = found.groupdict().get("things") or ""
            return Wanted(kind, frozenset(words(things)))
    return None
