"""Changes asked for by their size or direction: "fell by more than 20 %", "doubled", "rose most since March"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from assistant.planner.calendar import DAY, add_months
from assistant.planner.frame import Frame, World
from assistant.planner.parts.limits import comparisons_said
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter, Operator, Period
from knowledge.vocabulary import Metric

#: What "fell by more than 20 %" is as a condition on growth: below −20 %.
#: Words that choose among groups: "customers whose spend fell", "in which cities did spend fall".
_CHOOSING = ("who", "which", "where", "with", "that")
_TURNED: dict[str, Operator] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def between_states(frame: Frame, world: World, course: Period | None) -> Frame:
    """Return the frame with a change over a stretch of time as one between the states at its two ends."""
    if course is None or any(world.metric(name).time_kind == "flow" for name in frame.metrics):
        return frame
    first = course.start.replace(day=1)
    last = (course.end - DAY).replace(day=1)
    if add_months(first, 1) > last:
        return frame
    against = Period(start=first, end=add_months(first, 1))
    return replace(frame, grain=None, compare_to=None, period=Period(start=last, end=course.end), against=against)


def compared(frame: Frame) -> bool:
    """Whether figures stand beside those of another time."""
    return frame.compare_to is not None or frame.against is not None


def falling(reading: Reading, metric: Metric) -> bool:
    """Whether a change downward is asked for; what got better fell where higher is worse."""
    turned = {"worse": "improve", "better": "worsen"}.get(metric.higher_is, "fall")
    return any(span.cue("fall", turned) for span in reading.spans)


def change_column(frame: Frame, world: World, *, absolute: bool = False) -> str:
    """Return the column that says how much a figure changed: its growth, or the difference of ratios and points."""
    metric = frame.metrics[0]
    return (
        f"{metric}_{'change' if absolute or world.metric(metric).unit in ('percent', 'points', 'score') else 'growth'}"
    )


def take_change_limits(reading: Reading, world: World, frame: Frame, *, ranked: bool) -> tuple[Filter, ...]:
    """Take limits on the change of the first figure, where it is compared in time.

    Groups whose figure fell or rose are those below or above no change, unless an order is asked for.
    """
    if not compared(frame):
        return ()
    metric = world.metric(frame.metrics[0])
    column, turned = change_column(frame, world), falling(reading, metric)
    limits = tuple(_limits(reading, metric, turned=turned))
    directed = turned or any(span.cue("rise", "improve", "worsen") for span in reading.spans)
    chosen = any(span.text.startswith(_CHOOSING) for span in reading.spans)
    if limits or ranked or not (frame.dimensions and directed and chosen):
        return limits
    return (Filter(field=column, op="<" if turned else ">", value=0),)


def _limits(reading: Reading, metric: Metric, *, turned: bool) -> Iterator[Filter]:
    for said in comparisons_said(reading):
        before = reading.before(said.spans[0])
        before = reading.before(before) if before and before.text == "by" else before
        relative = said.low.unit == "percent"
        if said.op not in _TURNED or not _changing(before) or not (relative or metric.unit == "points"):
            continue
        reading.use(*said.spans)
        size = said.low.value / 100 if relative else said.low.value
        yield Filter(
            field=f"{metric.name}_{'growth' if relative else 'change'}",
            op=_TURNED[said.op] if turned else said.op,
            value=-size if turned else size,
        )
    for span in reading.spans:
        multiple = reading.words.table("measures")["multiples"].get(span.text)
        if multiple:
            yield Filter(field=f"{metric.name}_growth", op=multiple[0], value=Decimal(str(multiple[1])))


def _changing(span: Span | None) -> bool:
    return span is not None and span.cue("change", "fall")
