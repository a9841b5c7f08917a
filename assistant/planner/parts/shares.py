"""Shares of a sum: "share of spend by category", "what percentage of outstanding is home loans"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.planner.frame import World
from assistant.planner.parts.measures import Measures
from assistant.planner.parts.values import value_meaning
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter

#: Words before the part whose share of the rest is asked for.
_PARTING = ("is", "are", "was", "were", "to", "from", "into", "as", "who are", "comes from", "goes to", "held by", "by")


def take_share(
    reading: Reading, world: World, measures: Measures, filters: Sequence[Filter], *, ranked: bool = False
) -> bool:
    """Take the word for a share where there is something to part the sum by; a part that is named splits it."""
    cues = reading.cues("share")
    if not cues or len(measures.metrics) != 1:
        return False
    metric = next(iter(measures.metrics))
    if world.metric(metric).unit in ("percent", "ratio"):
        reading.use(*cues)  # it is a share already
        return False
    if world.metric(metric).unit not in ("currency", "count"):
        return False
    if not measures.dimensions:
        part = _part(reading, world, filters, cues[0])
        if part is None:
            return False
        if _of_members(reading, part, measures.metrics[metric], metric, cues[0]):
            reading.notes.append(
                "I can tell how many of them did so, and how many there are, not the one over the other"
            )
            return False
        measures.dimensions[part] = cues[0]
    if not ranked and any(world.vocabulary.dimensions[name].identifying for name in measures.dimensions):
        return False
    reading.use(*cues)
    return True


def _part(reading: Reading, world: World, filters: Sequence[Filter], cue: Span) -> str | None:
    """Return the dimension of the one value whose share is asked for: the only one, or the one said to be the part."""
    fields = [f.field for f in filters if f.op in ("=", "in") and _parts(world, f.field) and _within(world, f)]
    if len(fields) == 1:
        return fields[0]
    said = [field for field in fields if any(_said_as_part(reading, world, s, field, cue) for s in reading.spans)]
    return said[0] if len(said) == 1 else None


def _of_members(reading: Reading, part: str, said: Span, metric: str, cue: Span) -> bool:
    """Whether a value says of whom a part did something: "what share of our Chennai customers logged in"."""
    did = metric in reading.words.table("measures").get("membership", {})
    return did and any(cue.end <= span.start < said.start and span.has("value", part) for span in reading.spans)


def _parts(world: World, field: str) -> bool:
    declared = world.vocabulary.dimensions.get(field)
    return declared is not None and declared.kind == "category" and not declared.identifying


def _within(world: World, condition: Filter) -> bool:
    """Whether a value can be part of a sum of spending: "spend as a percent of income" asks for another thing."""
    return condition.value not in world.words.table("measures")["no_spending"]


def _said_as_part(reading: Reading, world: World, span: Span, field: str, cue: Span) -> bool:
    meaning = value_meaning(reading, world, span)
    if meaning is None or meaning.name != field:
        return False
    beside = next((other for other in reading.spans if other.end == span.start), None)
    return reading.before(span) == cue or (beside is not None and beside.text in _PARTING)
