"""How a short question changes the figures before it: another time, their number, their amount, a part left out."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.calendar import previous, year_before
from assistant.planner.frame import Frame, World
from assistant.planner.parts.limits import comparisons_said, in_units_of
from assistant.planner.parts.measures import counted, noun_of
from assistant.planner.parts.when import When
from assistant.planner.reading import Reading
from assistant.planner.words import table
from knowledge.query import Each, Filter

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
