"""How a short question changes the figures before it: another time, their number, their amount, a part left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.planner.calendar import previous, year_before
from assistant.planner.frame import Frame, World
from assistant.planner.intents.modelled import FORECAST, coming_months, months_ahead, steps_to, together
from assistant.planner.parts.limits import comparisons_said, in_units_of
from assistant.planner.parts.measures import Measures, counted, noun_of, noun_table
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.when import When
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Each, Filter, Period

#: Words before "the quarter before" that ask for it rather than for a comparison.
_STANDING = ("in", "for", "during", "of", "and in", "and for", "and", "what about", "how about", "and what about")
_COMPARING = ("compared", "compare", "versus", "vs", "against")
_AMOUNT = frozenset({"amount", "value", "worth", "rupees", "much"})


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


def against_what(when: When, before: Frame, reading: Reading) -> When:
    """Read "how does that compare with April?" as the time before against the one that is said."""
    comparing = any(span.cue("compare") for span in reading.spans)
    if comparing and when.period and before.period and not (when.against or when.versus or when.compare_to):
        return replace(when, period=before.period, against=when.period)
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
    if not said & _AMOUNT or reading.unexplained():
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


def one_of_them(reading: Reading) -> bool:
    """Take "which one is the worst?": the groups that stand in the table, ranked."""
    said = [span for span in reading.spans if span.text == "which one"]
    if not said or find_rank(reading).kind is None:
        return False
    reading.use(*said)
    return True


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
