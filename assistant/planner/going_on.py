"""How a short question changes the figures before it: another time, their number, their amount, a part left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from assistant.planner.calendar import containing, following, previous, year_before
from assistant.planner.frame import Frame, World
from assistant.planner.intents.loans import AMOUNT, THEY
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
_LAST = frozenset({"last", "previous", "prior", "pichle", "pichhle"})
_COMPARING = ("compared", "compare", "versus", "vs", "against")
#: Words of a time before that tell a change since then, and those of what was.
_CHANGING = ("since", "over", "versus", "vs", "se", "yoy", "mom", "y o y", "m o m", "on year", "on month", "over year",
             "over month")  # fmt: skip
_PAST = frozenset({"was", "were", "did", "looked", "stood", "tha", "thi"})
#: Words that put something in the place of what was asked, and that point at the table before.
_IN_PLACE = ("instead of", "rather than", "in place of")
_THERE = ("there", "here")


def earlier(reading: Reading, before: Frame, clock: dt.date) -> Frame:
    """Return the question of the period before or after, where that alone is asked for: "and the month before?"."""
    said = [*reading.cues("monthly_change", "yearly_change", "next_period"), *_last_year(reading, before)]
    rest = [span for span in reading.unexplained() if span not in said]
    if len(said) != 1 or rest or before.period is None or before.grain or before.compare_to or before.against:
        return before
    if reading.spans[0] not in said and reading.spans[0].text.split()[0] in _COMPARING:
        return before
    if said[0].cue("next_period"):
        if before.period.end > clock:
            reading.notes.append("the books end before that")
            return before
        reading.use(*said)
        return replace(before, period=following(before.period))
    if not _standing(reading, said[0]):
        return before
    reading.use(*said)
    yearly = said[0].time or said[0].cue("yearly_change")
    return replace(before, period=year_before(before.period) if yearly else previous(before.period))


def _last_year(reading: Reading, before: Frame) -> list[Span]:
    """Return "last year" after a financial year: the one before that, not the calendar's."""
    whole = before.period and before.period == containing("fiscal_year", before.period.start)
    return [s for s in reading.free() if whole and s.time and s.time.unit == "year" and _LAST & set(s.text.split())]


def _standing(reading: Reading, said: Span) -> bool:
    """Whether a time before is asked for as it stood, and no change since then."""
    if said.text.split()[0] in _CHANGING or said.text.endswith(_CHANGING):
        return False
    words = {word for span in reading.spans for word in span.text.split()}
    before = [span.text for span in reading.spans if span.end <= said.start]
    return bool(words & _PAST) or any(text in _STANDING for text in before)


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


def amount_of_it(reading: Reading, before: Frame) -> tuple[str, ...]:
    """Return the sum whose number was asked for, where "amount?" is all that is said."""
    said = {word for span in reading.spans for word in span.text.split()}
    asked = [
        span for span in reading.free() if span.text in AMOUNT or span.text in THEY or span.cue("by_amount", "much")
    ]
    rest = [span for span in reading.unexplained() if span not in asked]
    if not (said & AMOUNT or reading.cues("by_amount")) or any(not _narrows(span) for span in rest):
        return ()
    numbers: dict[str, str] = reading.words.table("measures").get("number_of", {})
    sums = [amount for amount, number in numbers.items() if number == before.metrics[0]]
    reading.use(*(asked if sums else ()))
    return tuple(sums[:1])


def _narrows(span: Span) -> bool:
    return not span.has("metric") and (span.has("value") or span.has("time"))


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
    naming: dict[str, list[str]] = reading.words.table("measures").get("labelled_by", {})
    limited = {each.field for each in before.filters}
    limited |= {field for field, figures in naming.items() if set(before.metrics) <= {*figures}}
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
    own = tables.get("class_of", {}) if tuple(metrics) == ("open_loans",) else {}
    condition = {**named, **own}.get(before.metrics[0]) if len(before.metrics) == 1 else None
    if not condition or (set(metrics) & {*before.metrics, *named} and not own):
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
