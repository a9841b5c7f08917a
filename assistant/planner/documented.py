"""Whether a question that names no rows of the books is one for the documents, though not each of its words is known.

They answer it or hold nothing on it: the retriever weighs how much of the question its best passage holds.
"""

from __future__ import annotations

import re

from assistant.planner.parts.phrases import said, words_of
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

_TABLE = "knowledge"
#: Dimensions that name where something is.
PLACES = frozenset({"city", "state", "branch", "region"})
#: Concepts that a question for the meaning of the first of them may name.
MOST = 4
#: A question what one may or must do, by one pattern each.
_OUGHT = (
    r"(?:may|must|should|shall) (?:be|we|i|our|the|a|an|one|it|they)",
    r"(?:are|is) (?:we|it|one|there) (?:allowed|permitted|required|obliged|mandatory|compulsory|legal|lawful)",
    r"(?:have|has|need|needs|required|obliged|supposed) to", r"can (?:we|our|a|an|the) \w+",
    r"(?:can|may|must|should) (?:[\w'-]+ ){1,7}be "
    r"(?!shown|listed|given|split|displayed|broken|sorted)\w+(?:ed|pt|nt|ld|wn|en)",
    r"(?:allowed|permitted|permissible|mandatory|compulsory|legal|lawful|obligatory)",
    r"(?:on which date|which day|what date|what day|when) (?:does|will|would|do)",
    r"under (?:the )?(?:dpdp|gdpr|rbi|ecoa|fcra|pci|eu)",
    r"pad(?:ta|te|ti) h(?:ai|ain)", r"(?:dikha|padh|rakh|le|de|bhej|kar|rok|hata|badha) sak(?:te|ta|ti)",
    r"(?:zaroori|allowed|manzoor|mana) h(?:ai|ain)", r"kis (?:din|date|tareekh)\b.*\b(?:banega|hoga|lagega|hota)",
    r"key\b.{0,30}\b(?:lost|lose|missing|gone|forgot\w*|kho)", r"(?:lost|lose|forgot\w*) (?:the |our )?\w+ key",
)  # fmt: skip
_OUGHTS = re.compile("|".join(rf"\b{pattern}\b" for pattern in _OUGHT), re.IGNORECASE)
#: One that asks for rows of the books or that something be done.
_AT_BOOKS = re.compile(
    r"\b(?:(?<!contact )list|which customers|which borrowers|who (?:should|must|may)|how much|top \d+|forecast)\b",
    re.IGNORECASE,
)
#: Cues of figures: what holds one asks for a number, not for what a word means.
_FIGURE = ("change", "fall", "rise", "improve", "worsen", "trend", "most", "least", "average", "share", "personal")


def asked_of_documents(question: str, reading: Reading) -> str:
    """Return what to ask the documents; empty where a question is none for them.

    It is the question itself where that is what one may or must do or names a matter of the rules, and the concepts
    where it asks what they mean.
    """
    ours = reading.words.of_house and not any(span.customer or _acts(span) for span in reading.spans)
    if not ours or _AT_BOOKS.search(question):
        return ""
    return question if _OUGHTS.search(question) or _of_rules(reading) else _explained(reading)


def in_full(span: Span) -> str:
    """Return what a span names, a short form as the figure it stands for: "el" as "expected loss"."""
    figures = (name for name in span.names("metric") if "".join(word[0] for word in name.split("_")) == span.text)
    return next(figures, span.text).replace("_", " ")


def _acts(span: Span) -> bool:
    """Whether a span asks that something be done; to suppose a case does not."""
    return any(name != "what_if" for name in span.names("later"))


def _of_rules(reading: Reading) -> bool:
    """Whether a matter of the rules is named, and neither figures nor personal data are."""
    named = any(True for _ in said(reading.spans, words_of(_TABLE, "matters")))
    known = all(span.meanings for span in reading.spans)
    return named and known and not reading.cues("personal") and not any(_restricts(span) for span in reading.spans)


def _explained(reading: Reading) -> str:
    """Return "what is" the concept that is to be explained, with another where they are told apart; else nothing."""
    explaining = any(True for _ in said(reading.spans, words_of(_TABLE, "explaining")))
    concepts = [span for span in reading.spans if span.has("metric") or span.has("topic", "concept")]
    figures = reading.cues(*_FIGURE) or any(
        (span.time and span.time.period) or _restricts(span) for span in reading.spans
    )
    if not explaining or figures or not 0 < len(concepts) <= MOST or not all(span.meanings for span in reading.spans):
        return ""
    apart, counting = (any(True for _ in said(reading.spans, words_of(_TABLE, part))) for part in ("apart", "counting"))
    named = " and ".join(in_full(span) for span in concepts[: 2 if apart else 1])
    return f"what counts as {named}" if counting else f"what is {named}"


def _restricts(span: Span) -> bool:
    """Whether a span names a place, or another value that figures are restricted to and that is no other word."""
    names = span.names("value")
    return bool(names) and (
        bool(PLACES & set(names)) or not (span.has("term") or span.has("metric") or span.has("topic"))
    )
