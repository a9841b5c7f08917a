"""Questions about rules and definitions, about the models, about the books themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.planner.documented import in_full
from assistant.planner.frame import Frame, World
from assistant.planner.lexicon import Kind
from assistant.planner.parts.limits import comparisons_said
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: Kinds of word that a question for a definition may name.
_CONCEPTS: tuple[Kind, ...] = ("metric", "dimension", "value", "absent", "later")
#: Kinds of word that may stand in a question about rules; the retriever weighs whether its passages answer it.
_KNOWN: tuple[Kind, ...] = ("topic", "term", "metric", "dimension", "value", "time", "number")
#: Cues that a question about a model may hold: it gets the whole card.
_OF_MODEL = (
    "most",
    "count",
    "share",
    "why",
    "compare",
    "latest",
    "either",
    "risk",
    "defaulters",
    "definition",
    "best",
    "mean",
)
#: What stands in no question about rules.
_MARKUP = ("<", ">", "<=", ">=")
#: Words that make "can we" a polite request for figures.
_POLITE = ("see", "get", "show", "list", "find", "check", "know", "view", "look", "pull", "compare", "rank", "count")


#: What stands before the month of May.
_OF_MONTH = ("in", "of", "since", "from", "to", "till", "until", "during", "for", "by", "and", "than")

#: Words that ask for a meaning and nothing else: a number beside them is an example.
_MEANING = (
    "matlab",
    "ka matlab",
    "kya matlab",
    "meaning",
    "meaning of",
    "mean",
    "means",
    "what is meant by",
    "stand for",
)


def read_definition(reading: Reading, world: World) -> Frame | None:
    """Read "what is SMA-2", "define expected loss". "What is *the* NPA ratio" asks for the figure instead."""
    asked = [s for s in reading.cues("definition") if not s.has("soft") and not (s.text == "mean" and s.start == 0)]
    asked = asked or [
        span
        for span in reading.cues("definition")
        if span.start == 0 and span.text != "mean" and not _wants_figure(reading, span)
    ]
    if not asked:
        return None
    named = [span for span in concepts(reading) if span not in asked]
    if not named or len(named) > 2:
        return None
    reading.use(*asked, *named, *(span for span in reading.free() if _beside(span)))
    if len(named) == 2:
        reading.take_cue("compare", "between", "either")
    if any(span.text in _MEANING for span in asked):  # "PSI above 0.25 means what"
        reading.use(*(span for said in comparisons_said(reading) for span in said.spans), *reading.having("number"))
    rephrased = all(span.text in world.words.table("knowledge")["rephrased"] for span in asked)
    short = any(in_full(span) != span.text for span in named)
    return Frame("knowledge", text=f"what is {' and '.join(map(in_full, named))}" if rephrased or short else "")


def _beside(span: Span) -> bool:
    """Whether a span only stands in documents: it narrows no figure."""
    return all(meaning.kind in ("term", "soft", "cue", "topic") for meaning in span.meanings) and span.has("term")


def concepts(reading: Reading) -> list[Span]:
    """Return the spans that name something which can be defined."""
    return [span for span in reading.free() if _concept(span)]


def _wants_figure(reading: Reading, asked: Span) -> bool:
    """Whether an article or "our" follows "what is": a figure is wanted, not what the words mean."""
    following = next((span for span in reading.spans if span.start >= asked.end), None)
    return bool(following and following.cue("possessive") and following.text != "total")


def _concept(span: Span) -> bool:
    if span.has("topic") and not span.has("topic", "status"):
        return True
    return any(span.has(kind) for kind in _CONCEPTS) and not span.has("soft")


def read_model(reading: Reading, world: World) -> Frame | None:
    """Read a question about a model's quality, training or drift: the one that is named, else the credit model."""
    if not reading.having("topic", "model"):
        return None
    named = [
        (span, model)
        for name, entry in world.words.table("modelled").items()
        if (model := entry.get("model", name)) in world.models
        for span in reading.free()
        if _of_its_card(span, name, entry)
    ]
    frame = _on_topic(reading, world, "model", Frame("model", model=named[0][1] if named else "credit"))
    reading.use(*(span for span, _ in named), *reading.having("number"))
    reading.take_cue(*_OF_MODEL)
    reading.take_terms("status")  # when it was trained is said as when the books were loaded
    return frame


def read_status(reading: Reading, world: World) -> Frame | None:
    """Read a question about the books themselves, or about what Munshi can do."""
    return _on_topic(reading, world, "status", Frame("status"))


def _of_its_card(span: Span, name: str, entry: Mapping[str, Any]) -> bool:
    """Whether a span names what a model lists or foretells: for some models by words of their own only."""
    return bool(set(span.text.split()) & set(entry["card"])) if "card" in entry else span.has("modelled", name)


def read_knowledge(reading: Reading, world: World) -> Frame | None:
    """Read a question that rules and documents answer: it names a rule, or asks what one may or must do."""
    del world
    if not (reading.having("topic", "knowledge") or any(_asks_leave(reading, s) for s in reading.cues("normative"))):
        return None
    for kind in _KNOWN:
        reading.use(*reading.having(kind))
    reading.use(*(s for s in reading.having("cue") if not s.has("later") and s.text not in _MARKUP))
    return Frame("knowledge")


def _asks_leave(reading: Reading, span: Span) -> bool:
    """Whether "can we" asks what is allowed; before "see" or "list" it only asks politely."""
    following = next((other for other in reading.spans if other.start == span.end), None)
    if span.text == "must" and span.start > 0:
        return False  # "you must …" gives an order
    before = next((other for other in reading.spans if other.end == span.start), None)
    if span.text.startswith("may") and before is not None and before.text in _OF_MONTH:
        return False  # "than in May? I need both"
    if span.text.startswith(("may", "must", "should")):
        return True
    return following is None or not (following.cue("listing") or following.text in _POLITE)


def _on_topic(reading: Reading, world: World, topic: str, frame: Frame) -> Frame | None:
    del world
    triggers = reading.having("topic", topic)
    if not triggers:
        return None
    reading.use(*triggers)
    reading.take_terms(topic)
    return frame
