"""How a question narrows the figures before it or widens them: a part left out, a condition gone, "within that"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.planner.context import Context
from assistant.planner.frame import Frame, World
from assistant.planner.intents.loans import THEY
from assistant.planner.lexicon import Meaning
from assistant.planner.listed import merged
from assistant.planner.parts.values import filter_of, value_meaning
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter

#: Words before a group that point at one that was spoken of.
_THAT = ("that", "this", "the same", "us", "usi")


def without(reading: Reading, before: Frame) -> Frame:
    """Take "remove that filter", "drop the salaried filter", "remove Pune": the question before without the condition.

    What names no condition of the question before takes none of them back.
    """
    said = reading.cues("unfilter")
    if not said or not before.filters:
        return before
    named = {(m.name, m.value) for span in reading.free() for m in span.meanings if m.kind in ("value", "dimension")}
    fields = {name for name, value in named if not value}
    gone = [f for f in before.filters if f.field in fields or {(f.field, each) for each in _values(f)} <= named]
    if not gone and any((f.field, each) in named for f in before.filters for each in _values(f)):
        return before  # one of several values that were named
    label = reading.cues("filter_word")
    if label and fields and not gone:
        return before
    if not gone and (named or (len(before.filters) > 1 and not label)):
        return before
    gone = gone or [before.filters[-1]]
    values = {value for condition in gone for value in _values(condition)}
    reading.use(*said)
    reading.use(*(s for s in reading.free() if any(m.kind == "value" and m.value in values for m in s.meanings)))
    reading.use(*(s for s in reading.free() if {*s.names("dimension")} & {f.field for f in gone}))
    reading.take_cue("filter_word")
    return replace(before, filters=tuple(f for f in before.filters if f not in gone))


def _values(condition: Filter) -> tuple[str, ...]:
    return tuple(map(str, condition.value)) if isinstance(condition.value, tuple) else (str(condition.value),)


def left_out(reading: Reading, world: World, before: Frame) -> tuple[Filter, ...]:
    """Read "remove SMA-0", "drop home loans" as the figures before without them, split by them or not."""
    removing = reading.cues("unfilter")
    cues = removing or [span for span in reading.cues("exclude") if _of_split(reading, before)]
    if not cues:
        return ()
    found: dict[str, list[str]] = {}
    taken = list(_of_split(reading, before))
    if not taken and removing:
        allowed = (
            (span, value_meaning(reading, world, span, lambda name: world.applies(name, before.metrics)))
            for span in reading.free()
        )
        taken = [(span, meaning) for span, meaning in allowed if meaning is not None]
    for span, meaning in taken:
        found.setdefault(meaning.name, []).append(meaning.value)
        reading.use(span)
    reading.use(*(cues if taken else ()))
    return tuple(_but(before, field, values) for field, values in found.items())


def _but(before: Frame, field: str, values: list[str]) -> Filter:
    """Return the condition without the values: of several that were named those that remain, else all others."""
    several = next((f for f in before.filters if f.field == field and f.op == "in"), None)
    kept = [value for value in _values(several) if value not in values] if several else []
    out = next((f for f in before.filters if f.field == field and f.op in ("!=", "not_in")), None)
    gone = [*(_values(out) if out else ()), *values]
    return filter_of(field, kept) if kept else filter_of(field, list(dict.fromkeys(gone)), excluded=True)


def left_out_too(before: Frame, values: Sequence[Filter]) -> tuple[Filter, ...]:
    """Read "and Pune too" after "leave out Mumbai" as leaving out both."""
    out = {f.field for f in before.filters if f.op in ("!=", "not_in")}
    return tuple(_but(before, f.field, [*_values(f)]) if f.field in out else f for f in values)


def _of_split(reading: Reading, before: Frame) -> list[tuple[Span, Meaning]]:
    """Return the groups of the table before that are named."""
    named = ((span, [m for m in span.meanings if m.kind == "value"]) for span in reading.free())
    own = ((span, next((m for m in meant if m.name in before.dimensions), None)) for span, meant in named)
    return [(span, meaning) for span, meaning in own if meaning is not None]


def within_the_first(reading: Reading, context: Context, before: Frame) -> Frame:
    """Read "within that", "in that region" after a ranked table as of its first group."""
    said = [*reading.cues("within_it"), *_that_group(reading, before)]
    if not said:
        return before
    ranked = before.order and tuple(f.field for f in context.first) == before.dimensions and not before.grain
    if ranked:
        reading.use(*said)
        return replace(before, filters=merged(before.filters, context.first), dimensions=(), order=(), limit=None)
    if not before.dimensions:
        reading.use(*said)
    return before


def of_those_shown(reading: Reading, context: Context, before: Frame) -> Frame:
    """Read "their NPA ratio" after the first rows of a table as of the groups that are shown, and no others."""
    they = [span for span in reading.spans if span.text in THEY and not span.customer]
    figure = any(span.has("metric") for span in reading.spans)
    if not they or not figure or not before.limit or len(before.dimensions) != 1 or not context.groups:
        return before
    reading.use(*they)
    shown = filter_of(before.dimensions[0], list(context.groups))
    return replace(before, filters=merged(before.filters, (shown,)), order=(), limit=None)


def _that_group(reading: Reading, before: Frame) -> Iterator[Span]:
    """Yield "that region" where the table before is split by it."""
    for first, second in pairwise(reading.spans):
        if first.text in _THAT and set(second.names("dimension")) & set(before.dimensions):
            yield second
