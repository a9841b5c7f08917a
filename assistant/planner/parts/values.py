"""Values a question restricts itself to: "in Pune", "home loan", "except fuel"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from assistant.planner.frame import World
from assistant.planner.lexicon import Meaning
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from knowledge.query import Filter


def take_values(
    reading: Reading, world: World, allowed: Callable[[str], bool], spans: Iterable[Span]
) -> tuple[Filter, ...]:
    """Take the values among ``spans`` whose dimension is ``allowed``, as filters; several of one dimension mean any."""
    found: dict[tuple[str, bool], list[str]] = {}
    taken: dict[str, list[Span]] = {}
    excluding = False
    previous: Span | None = None
    for span in spans:
        meaning = value_meaning(reading, world, span, allowed)
        if meaning is None:
            continue
        cue = _exclusion(reading, span)
        excluding = cue is not None or (excluding and previous is not None and _joined(reading, previous, span))
        reading.use(span, *([cue] if cue else []), *labels(reading, span, meaning.name))
        said = reading.before(cue) if cue else None
        reading.use(*([said] if said and said.has("dimension", meaning.name) and not _noun(reading, said) else []))
        taken.setdefault(meaning.name, []).append(span)
        chosen = found.setdefault((meaning.name, excluding), [])
        chosen += [value for value in _meant(reading, span, meaning) if value not in chosen]
        previous = span
    for spans in taken.values():
        _use_joints(reading, spans)
    _give_back_contradictions(reading, found, taken)
    return tuple(filter_of(field, values, excluded=excluded) for (field, excluded), values in found.items())


def _meant(reading: Reading, span: Span, meaning: Meaning) -> list[str]:
    """Return the values that are meant: "high risk" is both the high and the very high band, "high band" the one."""
    wider: dict[str, list[str]] = reading.words.table("measures")["wider"]
    return wider.get(span.text, [meaning.value])


def take_either(reading: Reading, world: World, allowed: Callable[[str], bool]) -> tuple[Filter, ...]:
    """Take values of different dimensions with "or" between them: one of them must hold."""
    named = [(span, value_meaning(reading, world, span, allowed)) for span in reading.free()]
    values = [(span, meaning) for span, meaning in named if meaning is not None]
    for (first, one), (second, other) in pairwise(values):
        joints = _joints(reading, first, second)
        if joints and one.name != other.name and not (_exclusion(reading, first) or _exclusion(reading, second)):
            reading.use(first, second, *joints, *labels(reading, first, one.name), *labels(reading, second, other.name))
            return (filter_of(one.name, [one.value]), filter_of(other.name, [other.value]))
    return ()


def _use_joints(reading: Reading, spans: Sequence[Span]) -> None:
    """Account for the "or" between values of one dimension, and for an "either" before them."""
    for first, second in pairwise(spans):
        reading.use(*_joints(reading, first, second))
    if len(spans) > 1:
        before = reading.before(spans[0])
        reading.use(*([before] if before and before.text == "either" else []))


def _joints(reading: Reading, first: Span, second: Span) -> list[Span]:
    """Return the "or" between two spans where nothing with content stands beside it."""
    between = [span for span in reading.spans if first.end <= span.start and span.end <= second.start]
    joints = [span for span in between if span.cue("either")]
    others = [span for span in between if span not in joints]
    return joints if all(span.has("soft") or span.has("dimension") or span.cue("exclude") for span in others) else []


def _give_back_contradictions(
    reading: Reading, found: dict[tuple[str, bool], list[str]], taken: dict[str, list[Span]]
) -> None:
    """Give back what is asked for and left out in one breath: "fuel but not petrol" of one category."""
    for field, spans in taken.items():
        if set(found.get((field, False), ())) & set(found.get((field, True), ())):
            label = spans[-1].text
            reading.notes.append(f"“{label}” is no part of its own that I could leave out")
            reading.release(spans[-1])


def filter_of(field: str, values: list[str], *, excluded: bool = False) -> Filter:
    """Return the condition that ``field`` is, or is not, one of ``values``."""
    if len(values) == 1:
        return Filter(field=field, op="!=" if excluded else "=", value=values[0])
    return Filter(field=field, op="not_in" if excluded else "in", value=tuple(values))


def value_meaning(
    reading: Reading, world: World, span: Span, allowed: Callable[[str], bool] = lambda _: True
) -> Meaning | None:
    """Return the value that ``span`` names: the first whose dimension is allowed."""
    if span.has("later"):
        return None
    for meaning in span.meanings:
        if meaning.kind == "absent" and not span.has("value") and allowed(meaning.name):
            label = world.vocabulary.dimensions[meaning.name].label.lower()
            note = f"no {label} of the books is {meaning.value}"
            reading.notes.extend([note] if note not in reading.notes else [])
        if meaning.kind != "value" or not allowed(meaning.name):
            continue
        if phrase(span.text) in reading.words.ordinary and not _labelled(reading, span, meaning.name):
            continue
        return meaning
    return None


def _labelled(reading: Reading, span: Span, dimension: str) -> bool:
    """Whether the value's dimension is named beside it; before it where the value is an article: "status A"."""
    naming = reading.words.table("measures").get("labelled_by", {}).get(dimension, ())
    beside = reading.after(span)
    if beside and any(beside.has("metric", name) for name in naming):
        return True
    found = labels(reading, span, dimension)
    return any(label.end <= span.start for label in found) if span.has("soft") else bool(found)


def labels(reading: Reading, span: Span, dimension: str) -> list[Span]:
    """Return the neighbours that only name the value's dimension: "band" in "high band", "city" in "city of Pune"."""
    after, before = reading.after(span), reading.before(span)
    found = [after] if after and after.has("dimension", dimension) and not _noun(reading, after) else []
    if before and before.has("dimension", dimension) and not _noun(reading, before):
        asked = reading.before(before)
        if not (asked and asked.cue("split")):
            found.append(before)
    return found


def is_label(reading: Reading, span: Span, dimension: str) -> bool:
    """Whether ``span`` only names the dimension of a value beside it, as "band" does in "high band"."""
    before, after = reading.before(span), reading.after(span)
    if before and before.cue("split"):
        return False
    if after and after.cue("exclude"):
        after = reading.after(after)  # "whose KYC is not verified"
    return any(
        meaning.kind in ("value", "absent") and meaning.name == dimension
        for neighbour in (before, after)
        if neighbour is not None
        for meaning in neighbour.meanings
    )


def _noun(reading: Reading, span: Span) -> bool:
    return phrase(span.text) in reading.words.noun_phrases


def _exclusion(reading: Reading, span: Span) -> Span | None:
    before = reading.before(span)
    return before if before and before.cue("exclude") else None


def _joined(reading: Reading, first: Span, second: Span) -> bool:
    """Whether nothing but "and" or "or" stands between two spans."""
    between = [span for span in reading.spans if first.end <= span.start and span.end <= second.start]
    return all(span.text in ("and", "aur") or span.cue("either") for span in between)
