"""Groups that are named and wanted side by side: "gig against salaried", "of both", "is Pune riskier than Mumbai"."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import Frame, World
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.values import filter_of
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

_APART = frozenset(
    {"both", "of both", "for both", "separately", "separate", "individually", "alag alag", "respectively"}
)
_COMPARATIVES = frozenset(
    {"riskier", "safer", "better", "worse", "higher", "lower", "more", "less", "bigger", "smaller"}
)
#: Units of figures that cannot be added over groups.
_NOT_ADDED = frozenset({"percent", "ratio", "points", "days", "months"})
#: Words behind which nothing follows where each of the groups before is meant.
_EACH = ("each", "of each", "in each", "for each", "per", "har")
#: Several values of one word: one group.
HIGH_RISK = filter_of("band", ["high", "very high"])


def side_by_side_values(reading: Reading, world: World, frame: Frame) -> Frame:
    """Several values of one dimension stand side by side where that is asked for or no sum of them is a figure."""
    said = [condition.field for condition in frame.filters if condition.op == "in" and condition != HIGH_RISK]
    if reading.take_cue("together") or (
        any(s.cue("either") for s in reading.spans) and not any(s.cue("compare") for s in reading.spans)
    ):
        said = []  # "in Pune or Mumbai" is one group
    apart = _told_each(reading)
    if not (apart or reading.cues("compare", "between") or _no_sum(world, frame)):
        said = [field for field in said if not _one_group(reading, field)]
    if said or len(frame.metrics) > 1:
        reading.take_cue("compare", "between")
        reading.use(*apart)
    if frame.dimensions and reading.spans[-1].text in _EACH:
        reading.use(reading.spans[-1])  # "what kinds, and how many of each"
    added = [field for field in said if field not in frame.dimensions]
    return replace(frame, dimensions=(*frame.dimensions, *added))


def _no_sum(world: World, frame: Frame) -> bool:
    """Whether a rate or an average is asked for: that of two groups together is seldom what is meant."""
    return any(world.metric(name).unit in _NOT_ADDED or name.startswith("average_") for name in frame.metrics)


def _told_each(reading: Reading) -> list[Span]:
    """Return the words that want two things side by side: "riskier than", "of both", "of each", "separately"."""
    last = reading.spans[-1]
    each = [span for span in reading.spans if span.text in _APART]
    each += [last] if last.text in _EACH else []
    for span in reading.free():
        after = reading.after(span)
        than = after is not None and after.text == "than"
        against = span.text.endswith(" than") and after is not None and after.has("value")
        each += [span] if against or (than and span.text in _COMPARATIVES) else []
    return each


def _one_group(reading: Reading, field: str) -> bool:
    """Whether values before a noun tell of one group: "salaried and self employed customers"."""
    last = next((span for span in reversed(reading.spans) if field in span.names("value")), None)
    after = next((span for span in reading.spans if last and span.start == last.end), None)
    return after is not None and noun_of(reading, after) in ("customers", "borrowers", "open_loans", "accounts")
