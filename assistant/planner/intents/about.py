"""Questions about rules and definitions, about the models, about the books themselves."""

from __future__ import annotations

from assistant.planner.frame import Frame, World
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: Kinds of word that a question for a definition may name.
_CONCEPTS = ("metric", "dimension", "value", "absent", "later")


def read_definition(reading: Reading, world: World) -> Frame | None:
    """Read "what is SMA-2", "define expected loss". "What is *the* NPA ratio" asks for the figure instead."""
    del world
    asked = [span for span in reading.cues("definition") if not span.has("soft") or span.start == 0]
    if not asked or _wants_figure(reading, asked[0]):
        return None
    concepts = [span for span in reading.free() if _concept(span) and span not in asked]
    if not concepts or len(concepts) > 2:
        return None
    reading.use(*asked, *concepts)
    if len(concepts) == 2:
        reading.take_cue("compare", "between")
    return Frame("knowledge")


def _wants_figure(reading: Reading, asked: Span) -> bool:
    following = next((span for span in reading.spans if span.start >= asked.end), None)
    return bool(
        asked.text in ("what is", "what are")
        and following
        and following.cue("possessive")
        and following.text != "total"
    )


def _concept(span: Span) -> bool:
    if span.has("topic") and not span.has("topic", "status"):
        return True
    return any(span.has(kind) for kind in _CONCEPTS) and not span.has("soft")  # type: ignore[arg-type]


def read_model(reading: Reading, world: World) -> Frame | None:
    """Read a question about the credit model's quality, training or drift."""
    return _on_topic(reading, world, "model", Frame("model"))


def read_status(reading: Reading, world: World) -> Frame | None:
    """Read a question about the books themselves, or about what Munshi can do."""
    return _on_topic(reading, world, "status", Frame("status"))


def read_knowledge(reading: Reading, world: World) -> Frame | None:
    """Read a question that rules and documents answer."""
    frame = _on_topic(reading, world, "knowledge", Frame("knowledge"))
    if frame:
        reading.use(*reading.having("time"), *reading.having("number"))
        reading.take_cue(
            "definition", "exclude", "at_least", "at_most", "above", "below", "count", "personal", "why", "latest"
        )
    return frame


def _on_topic(reading: Reading, world: World, topic: str, frame: Frame) -> Frame | None:
    del world
    triggers = reading.having("topic", topic)
    if not triggers:
        return None
    reading.use(*triggers, *reading.having("term", topic))
    return frame
