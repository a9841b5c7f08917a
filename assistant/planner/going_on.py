"""How a short question changes the figures before it: another time, their number, their amount, a part left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from assistant.planner.calendar import containing, previous, year_before
from assistant.planner.frame import Frame, World
from assistant.planner.intents.loans import AMOUNT
from assistant.planner.intents.modelled import FORECAST, coming_months, months_ahead, steps_to, together
from assistant.planner.parts.limits import comparisons_said, in_units_of
from assistant.planner.parts.measures import Measures, counted, noun_of, noun_table
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.values import filter_of
from assistant.planner.parts.when import When
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from assistant.planner.words import table
from knowledge.query import Each, Filter, Period

#: Words before "the quarter before" that ask for it rather than for a comparison.
_STANDING = ("in", "for", "during", "of", "and in", "and for", "and", "what about", "how about", "and what about")
_COMPARING = ("compared", "compare", "versus", "vs", "against")
#: Words that put something in the place of what was asked, and that point at the table before.
_IN_PLACE = ("instead of", "rather than", "in place of")
_THERE = ("there", "here")


def earlier(reading: Reading, before: Frame) -> Frame:
    """Return the question before of the period before, where that alone is asked for: "and in the quarter before?"."""
    said = reading.cues("monthly_change", "yearly_change")
    rest = [span for span in reading.unexplained() if span not in said]
    if len(said) != 1 or rest or before.period is None or before.grain or before.compare_to or before.against:
        return before
    if reading.spans[0] not in said and reading.spans[0].text.split()[0] in _COMPARING:
        return before
    if not any(span.text in _STANDING for span in reading.spans if span.end <= said[0].start):
        return before
    reading.use(*said)
    earlier = year_before(before.period) if said[0].cue("yearly_change") else previous(before.period)
    return replace(before, period=earlier)


def how_many_people(reading: Reading, before: Frame) -> Frame | None:
    """Read "how many customers is that?" as the customers behind a sum."""
    nouns = [span for span in reading.free() if noun_of(reading, span) in ("customers", "borrowers")]
    rest = [span for span in reading.unexplained() if span not in nouns]
    closing = reading.spans[-1].text in table("openings")["closing"]
    if len(nouns) != 1 or rest or not closing or not counted(reading, nouns[0]) or before.dimensions or before.grain:
        return None
    reading.use(*reading.spans)
    metric = before.metrics[0]
    own = Filter(field=metric, op=">", value=0)
    return replace(
        before, metrics=(metric,), filters=(*before.filters, own), each=Each(over="customer_id", statistic="count"),
        compare_to=None, against=None, share=False, order=(), limit=None,
    )  # fmt: skip


def against_what(when: When, before: Frame, reading: Reading, world: World) -> When:
    """Read "how does that compare with April?" as the time before against the one that is said."""
    comparing = any(span.cue("compare") for span in reading.spans)
    now = asked_of_now(before, world)
    if comparing and when.against and before.period and when.against.end <= before.period.start:
        return replace(when, period=before.period)
    if not comparing or now is None or when.against or when.versus or when.compare_to:
        return when
    said = [span for span in reading.free() if span.time and span.time.period]
    other = when.period or (said[0].time.period if len(said) == 1 and said[0].time else None)
    if other:
        reading.use(*said)
        return replace(when, period=now, against=other)
    return when


def same_figure(reading: Reading, world: World, before: Frame) -> tuple[Filter, ...]:
    """Read "those with more than 50" as a limit on the figure that stands in the table before."""
    said = list(comparisons_said(reading)) if before.dimensions and len(before.metrics) == 1 else []
    value = in_units_of(said[0], world.metric(before.metrics[0]).unit) if len(said) == 1 else None
    if value is None:
        return ()
    reading.use(*said[0].spans)
    return (Filter(field=before.metrics[0], op=said[0].op, value=value),)


def left_out(reading: Reading, before: Frame) -> tuple[Filter, ...]:
    """Read "remove SMA-0" of a split as the split without it."""
    cues = reading.cues("unfilter", "exclude")
    named = [
        (span, meaning)
        for span in reading.free()
        for meaning in span.meanings
        if meaning.kind == "value" and meaning.name in before.dimensions
    ]
    if not cues or len(named) != 1:
        return ()
    span, meaning = named[0]
    reading.use(*cues, span)
    return (Filter(field=meaning.name, op="!=", value=meaning.value),)


def amount_of_it(reading: Reading, before: Frame) -> tuple[str, ...]:
    """Return the sum whose number was asked for, where "amount?" is all that is said."""
    said = {word for span in reading.spans for word in span.text.split()}
    if not said & AMOUNT or reading.unexplained():
        return ()
    numbers: dict[str, str] = reading.words.table("measures").get("number_of", {})
    sums = [amount for amount, number in numbers.items() if number == before.metrics[0]]
    return tuple(sums[:1])


#: Words before groups that stand in the table already.
_POINTING = ("those", "these", "in those", "in these", "of those", "of these", "the same", "same")


def coming_month(reading: Reading, world: World, before: Frame) -> Period | None:
    """Take a month that is named after what is expected in another: it is one to come."""
    if not set(before.metrics) <= {f"expected_{name}" for name in FORECAST}:
        return None
    bare = coming_months(reading)
    ahead = together(steps_to(bare, world))
    reading.use(*bare)
    return months_ahead(world, ahead) if ahead else None


def take_same_groups(reading: Reading, before: Frame) -> None:
    """Take "in those states" after a split by state: the groups stay. Those of a cut list would not be the same."""
    said = list(_those_groups(reading, before.dimensions))
    if said and before.limit:
        reading.notes.append("I cannot ask another figure of the rows of a cut list; ask with the filters themselves")
    else:
        reading.use(*said)


def _those_groups(reading: Reading, names: Sequence[str]) -> Iterator[Span]:
    """Yield the groups that "those" or "these" points at, where they are among ``names``."""
    for first, second in pairwise(reading.spans):
        if first.text in _POINTING and set(second.names("dimension")) & set(names):
            yield second


def one_of_them(reading: Reading, names: Sequence[str]) -> bool:
    """Take "which one is the worst?", "which region is the worst of these": the groups of the table, ranked."""
    if find_rank(reading).kind is None:
        return False
    asked = [span for span in reading.spans if span.text == "which one"]
    for first, second in pairwise(reading.spans):
        if first.text == "which" and set(second.names("dimension")) & set(names):
            asked += [first, second]
    if not asked and not (reading.spans[0].text == "which" and reading.cues("list_anaphor")):
        return False
    if len(names) != 1 and not any(span.has("dimension") for span in asked):
        return False
    reading.use(*asked, *reading.cues("list_anaphor"), *(span for span in reading.spans if span.text in _THERE))
    return True


def replaced(reading: Reading, before: Frame) -> None:
    """Take "instead of product", "instead of logins": what stood in the question before and gives way."""
    for span in reading.cues("exclude"):
        after = reading.after(span)
        if after is None or span.text not in _IN_PLACE:
            continue
        gone = set(after.names("dimension")) & set(before.dimensions) or set(after.names("metric")) & set(
            before.metrics
        )
        if gone:
            reading.use(span, after)


def same_limit(reading: Reading, world: World, before: Frame) -> tuple[Filter, ...]:
    """Read "above 20 lakh?" as another limit on the number that the question before was limited by."""
    limited = [each for each in before.filters if each.op in (">", ">=", "<", "<=", "between")]
    said = list(comparisons_said(reading))
    if len(limited) != 1 or len(said) != 1:
        return ()
    field = limited[0].field
    declared = world.vocabulary.metrics.get(field) or world.vocabulary.dimensions[field]
    value = in_units_of(said[0], declared.unit)
    if value is None:
        return ()
    reading.use(*said[0].spans)
    return (Filter(field=field, op=said[0].op, value=value),)


def of_its_groups(reading: Reading, before: Frame) -> tuple[Filter, ...]:
    """Take values of what the question before is split or restricted by: "app only", "and SMA-2?".

    Elsewhere such a word needs its name, or is a figure of its own.
    """
    limited = {each.field for each in before.filters}
    found: dict[str, list[str]] = {}
    for span in reading.free():
        meaning = next(
            (m for m in span.meanings if m.kind == "value" and m.name in {*before.dimensions, *limited}), None
        )
        if meaning is None or reading.cues("unfilter", "exclude", "sum"):
            continue
        figure = span.has("metric") and (meaning.name in limited or _only(reading, span))
        if figure or phrase(span.text) in reading.words.ordinary:
            found.setdefault(meaning.name, []).append(meaning.value)
            reading.use(span)
    return tuple(filter_of(field, values) for field, values in found.items())


def _only(reading: Reading, span: Span) -> bool:
    return any(
        other.text in ("only", "just", "sirf")
        for other in reading.spans
        if span in (reading.after(other), reading.before(other))
    )


def carried(before: Frame, metrics: Sequence[str], world: World) -> tuple[Filter, ...]:
    """Return what the figure before was of by its own name: the outstanding "instead" of NPA loans is theirs."""
    tables = world.words.table("measures")
    named: dict[str, Any] = {**tables.get("qualifies", {}), **tables.get("counts_of", {})}
    condition = named.get(before.metrics[0]) if len(before.metrics) == 1 else None
    if not condition or set(metrics) & {*before.metrics, *named}:
        return ()
    found = Filter.model_validate(condition)
    return (found,) if world.applies(found.field, tuple(metrics)) else ()


def asked_of_now(before: Frame, world: World) -> Period | None:
    """Return the period of the question before; of a state without one the month of the newest date."""
    states = all(world.metric(name).time_kind == "snapshot" for name in before.metrics)
    return before.period or (containing("month", world.clock) if states else None)


def take_kinds(reading: Reading, measures: Measures, before: Frame) -> None:
    """Take "by type" as the type of what the question before counted."""
    kinds = [noun_table(reading).get(name, {}).get("type") for name in before.metrics]
    said = [span for span in reading.cues("type") if not span.has("dimension")]
    if said and kinds and kinds[0] and not reading.words.of_house:
        measures.add_dimension(reading, str(kinds[0]), said[0])
    types: dict[str, str] = reading.words.table("measures").get("types", {})
    own = next((types[name] for name in before.metrics if name in types), "")
    if said and own:
        measures.add_dimension(reading, own, said[0])
