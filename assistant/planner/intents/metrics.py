"""Questions for figures: metrics with dimensions, filters, times, order."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import Frame, World
from assistant.planner.parts.limits import Limit, take_limits
from assistant.planner.parts.measures import (
    Measures,
    coordinated,
    counted,
    noun_of,
    noun_table,
    side_by_side,
    take_measures,
)  # fmt: skip
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.values import take_values
from assistant.planner.parts.when import When, take_when
from assistant.planner.reading import Reading, words
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Filter, Order

_CUSTOMER = "customer_id"


def read_metrics(reading: Reading, world: World) -> Frame | None:
    """Read a question for figures, or return None where it names none."""
    when = take_when(reading, world)
    limits = take_limits(reading, world, of_borrower=asks_for_customers(reading))
    rank = find_rank(reading)
    measures = take_measures(reading, world)
    _settle_nouns(reading, world, measures, rank, limits)
    filters = _take_filters(reading, world, measures, limits)
    _assume_metric(reading, measures, filters)
    metrics = (*measures.metrics, *(limit.condition.field for limit in limits if limit.metric))
    if not metrics:
        return None
    frame = _frame(tuple(dict.fromkeys(metrics)), measures, when, filters)
    frame = _ranked(reading, world, _compared(reading, frame), rank)
    _use_cues(reading, world, frame)
    return _checked(reading, world, frame, measures)


def asks_for_customers(reading: Reading) -> bool:
    """Whether customers or borrowers are spoken of."""
    return any(noun_table().get(noun_of(span), {}).get("dimension") == _CUSTOMER for span in reading.spans)


def _settle_nouns(reading: Reading, world: World, measures: Measures, rank: Rank, limits: tuple[Limit, ...]) -> None:
    """Decide for each noun: a figure itself, what to split by, or only whom the figures are about."""
    by_metric = any(limit.metric for limit in limits)
    for name, span in measures.nouns:
        noun = noun_table()[name]
        ranked = bool(rank.kind and measures.metrics)
        active = noun.get("active", {}).get(next(iter(measures.metrics), ""))
        if noun["dimension"] and not measures.dimensions and (by_metric or ranked):
            measures.add_dimension(reading, noun["dimension"], span)
        elif counted(reading, span) and active and len(measures.metrics) == 1:
            reading.use(span)
            measures.metrics = {active: span}
        elif not measures.metrics or counted(reading, span) or _listed(reading, measures, span):
            measures.add_metric(reading, name, span)
        elif all(world.metric(metric).view in noun["neutral"] for metric in measures.metrics):
            reading.use(span)


def _listed(reading: Reading, measures: Measures, span: Span) -> bool:
    return any(side_by_side(reading, span, other) for other in measures.metrics.values())


def _take_filters(reading: Reading, world: World, measures: Measures, limits: tuple[Limit, ...]) -> tuple[Filter, ...]:
    """Take customers and values that apply to every metric."""
    metrics = tuple(measures.metrics)
    named = reading.having("customer")
    reading.use(*named)
    who = tuple(Filter(field=_CUSTOMER, value=span.customer) for span in named[:1])
    values = take_values(reading, world, lambda name: world.applies(name, metrics), reading.free())
    return (*who, *values, *(limit.condition for limit in limits))


def _assume_metric(reading: Reading, measures: Measures, filters: tuple[Filter, ...]) -> None:
    """A risk word with a split means the average PD; "how much on fuel" means spend."""
    if measures.metrics:
        return
    risk = reading.cues("risk", "risky")
    if risk and measures.dimensions:
        measures.add_metric(reading, "average_pd", risk[0])
    much = next((span for span in reading.spans if span.cue("much")), None)
    default = next(
        (table("measures")["default"][f.field] for f in filters if f.field in table("measures")["default"]), ""
    )
    if much and default:
        measures.add_metric(reading, default, much)


def _frame(metrics: tuple[str, ...], measures: Measures, when: When, filters: tuple[Filter, ...]) -> Frame:
    return Frame(
        "metrics", metrics=metrics, dimensions=tuple(measures.dimensions), filters=filters, period=when.period,
        compare_to=when.compare_to, grain=when.grain,
    )  # fmt: skip


def _compared(reading: Reading, frame: Frame) -> Frame:
    """Several values of one dimension stand side by side, and so do several metrics."""
    several = [condition.field for condition in frame.filters if condition.op == "in"]
    if several or len(frame.metrics) > 1:
        reading.take_cue("compare", "between")
    added = [field for field in several if field not in frame.dimensions]
    return replace(frame, dimensions=(*frame.dimensions, *added))


def _ranked(reading: Reading, world: World, frame: Frame, rank: Rank) -> Frame:
    """Apply a superlative, where there is something to rank."""
    if rank.kind is None:
        return frame
    if not (frame.dimensions or frame.grain):
        reading.notes.append("a ranking needs what to rank by: top customers by what?")
        return frame
    direction = rank.direction(world.metric(frame.metrics[0]))
    if direction is None:
        reading.notes.append(f"{world.metric(frame.metrics[0]).label} has no good or bad end; say highest or lowest")
        return frame
    reading.use(*rank.spans)
    rows = next((n for name, n in table("measures")["long"].items() if name in frame.dimensions), None)
    order = (Order(field=frame.metrics[0], direction=direction),)
    return replace(frame, order=order, limit=rank.limit or rows)


def _use_cues(reading: Reading, world: World, frame: Frame) -> None:
    if all(world.metric(name).time_kind != "flow" for name in frame.metrics):
        reading.take_cue("latest")


def _checked(reading: Reading, world: World, frame: Frame, measures: Measures) -> Frame:
    """What cannot be combined goes back to the unexplained."""
    if not coordinated(reading, list(measures.metrics.values())):
        first, *others = measures.metrics.values()
        reading.notes.append(
            f"I read {words([first, *others])} as separate figures and cannot tell how they belong together"
        )
        reading.release(*others)
    for name, span in measures.dimensions.items():
        if not world.applies(name, frame.metrics):
            label = world.metric(frame.metrics[0]).label
            reading.notes.append(f"{label} cannot be split by {world.vocabulary.dimensions[name].label.lower()}")
            reading.release(span)
    return frame
