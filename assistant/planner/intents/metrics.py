"""Questions for figures: metrics with dimensions, filters, times, order."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.calendar import DAY, add_months, containing
from assistant.planner.frame import Frame, World
from assistant.planner.parts.assumed import assume_metric, count_what_is_named, of_scored, say_otherwise
from assistant.planner.parts.beside import HIGH_RISK, side_by_side_values
from assistant.planner.parts.changes import between_states, change_column, compared, falling, take_change_limits
from assistant.planner.parts.each import take_each, take_summed
from assistant.planner.parts.limits import Limit, take_limits
from assistant.planner.parts.measures import (
    Measures,
    coordinated,
    noun_of,
    noun_table,
    take_measures,
)
from assistant.planner.parts.nouns import CUSTOMER, settle_nouns
from assistant.planner.parts.qualifiers import take_qualifiers
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.ratios import as_ratio
from assistant.planner.parts.shares import take_share
from assistant.planner.parts.statistics import take_statistic
from assistant.planner.parts.values import filter_of, take_either, take_values
from assistant.planner.parts.when import When, take_dated, take_scheduled, take_when
from assistant.planner.reading import Reading, words
from assistant.planner.spans import Span
from knowledge.query import Filter, Order, Period

#: Words that ask for one ranking within each group.
_WITHIN = ("per", "each", "every", "for each", "for every", "in each", "in every", "of each", "har")
#: Words that ask for the rows themselves.
_LISTING = ("list", "name", "names")
_NOW = ("now", "right now", "today", "currently", "at present", "at the moment")
#: Goals and life events are those of the newest month end: they are recent by themselves.
_OF_LATE = ("recent", "recently")
_BOTH = re.compile(
    r"\b(?:number|count|how many)(?: of)? and (?:the |their )?(?:amount|value|how much|total)\b"
    r"|\b(?:amount|value|how much) and (?:the |their )?(?:number|count|how many)\b"
)
_ROLLING = re.compile(r"\b(?:last|past|previous) (?:\d+|two|three|four|five|six|nine|ten|twelve) months?\b")
_MEMBERS = frozenset({"customers", "borrowers", "scored_borrowers"})
_NPA = filter_of("sma_class", ["NPA"])


def read_metrics(reading: Reading, world: World) -> Frame | None:
    """Read a question for figures, or return None where it names none."""
    dated = take_dated(reading, world)
    when = take_when(reading, world)
    limits = take_limits(reading, world, of_borrower=asks_for_customers(reading))
    rank = find_rank(reading)
    measures = take_measures(reading, world)
    take_summed(reading, measures)
    _leave_implied(reading, measures)
    groups = (*_take_groups(reading, measures), *take_qualifiers(reading, world, measures))
    settle_nouns(reading, world, measures, rank, limits)
    count_what_is_named(reading, world, measures)
    rank = take_statistic(reading, world, measures, rank)
    limits = _held_limits(reading, world, measures, limits, when)
    either = take_either(reading, world, lambda name: world.applies(name, tuple(measures.metrics)))
    filters = (*groups, *_take_filters(reading, world, measures, limits), *dated)
    rank = assume_metric(reading, measures, filters, rank, when)
    say_otherwise(reading, measures, filters)
    of_scored(measures)
    each = take_each(reading, world, measures, limits)
    metrics = (*measures.metrics, *(limit.condition.field for limit in limits if limit.metric))
    metrics = _who_are_so(reading, measures, filters, metrics)
    if not metrics and measures.dimensions and any(f.field == CUSTOMER for f in filters):
        metrics = _attributed(world, measures)  # "which segment is C_4F21 in"
    if not metrics:
        return None
    changing = bool(when.compare_to or when.against or when.course)  # a change is told in percent anyway
    share = not changing and take_share(reading, world, measures, filters, ranked=bool(rank.limit))
    coming = take_scheduled(reading, world, metrics)
    when = replace(when, period=coming) if coming else when
    frame = _frame(tuple(dict.fromkeys(metrics)), measures, when, filters)
    frame = over_months(reading, frame, world)
    frame = between_states(
        states_dated(replace(frame, any_filters=either, share=share, each=each), world), world, when.course
    )
    frame = as_ratio(reading, frame, measures)
    frame = replace(
        frame, filters=(*frame.filters, *take_change_limits(reading, world, frame, ranked=rank.kind is not None))
    )
    reading.take_cue(*(["share"] if compared(frame) else []))
    frame = _ranked(reading, world, side_by_side_values(reading, world, frame), rank)
    frame = _number_too(reading, world, _named_only(world, frame))
    _use_cues(reading, world, frame)
    return _checked(reading, world, frame, measures)


def _leave_implied(reading: Reading, measures: Measures) -> None:
    """Leave out dates that the figure is of anyway: new customers who joined."""
    implied = reading.words.table("measures").get("implied", {})
    gone = {date for name in measures.metrics for date in implied.get(name, ())}
    measures.dimensions = {name: span for name, span in measures.dimensions.items() if name not in gone}


def _attributed(world: World, measures: Measures) -> tuple[str, ...]:
    """Return the figure beside which a customer's own attributes stand."""
    homes = ("customers", "segment_customers", "customers_with_goals")
    return tuple(name for name in homes if name in world.vocabulary.metrics and _reach(world, measures, name))[:1]


def _who_are_so(
    reading: Reading, measures: Measures, filters: tuple[Filter, ...], metrics: tuple[str, ...]
) -> tuple[str, ...]:
    """Read "which customers are salaried", "list salaried customers" as the customers one by one."""
    if not metrics and filters and tuple(measures.dimensions) == (CUSTOMER,):
        return ("customers",)
    listing = any(span.text.split()[0] in _LISTING for span in reading.spans if span.cue("listing"))
    if metrics == ("customers",) and listing and filters and not (measures.dimensions or reading.cues("count")):
        measures.dimensions[CUSTOMER] = measures.metrics["customers"]
    return metrics


def _reach(world: World, measures: Measures, name: str) -> bool:
    return all(world.applies(dimension, [name]) for dimension in measures.dimensions)


def asks_for_customers(reading: Reading) -> bool:
    """Whether customers or borrowers are spoken of."""
    return any(
        noun_table(reading).get(noun_of(reading, span), {}).get("dimension") == CUSTOMER for span in reading.spans
    )


def _take_groups(reading: Reading, measures: Measures) -> tuple[Filter, ...]:
    """Take groups of borrowers that a word stands for: "spend of high risk customers", "how many defaulters"."""
    groups = []
    own = [span for name, span in measures.metrics.items() if name == "high_risk_borrowers" and span.cue("high_risk")]
    leaving = any("churn" in name for name in measures.metrics)  # its bands are its own
    if own and len(measures.metrics) > 1 and not leaving and not coordinated(reading, list(measures.metrics.values())):
        del measures.metrics["high_risk_borrowers"]
        groups.append(HIGH_RISK)
    defaulted = reading.cues("defaulters")
    if defaulted:
        reading.use(*defaulted)
        measures.nouns.append(("borrowers", defaulted[0]))
        groups.append(_NPA)
    return tuple(groups)


def _held_limits(
    reading: Reading, world: World, measures: Measures, limits: tuple[Limit, ...], when: When
) -> tuple[Limit, ...]:
    """Give back limits on a figure that has no groups to keep or leave, or no time over which it is summed."""
    held = []
    for limit in limits:
        if limit.metric and not (measures.dimensions or when.grain):
            reading.release(*limit.spans)
        elif limit.metric and _summed(world, limit) and not (when.period or (when.grain and not measures.dimensions)):
            reading.notes.append("a limit on a sum needs a time: add “last month”, say")
            reading.release(*limit.spans)
        else:
            held.append(limit)
    return tuple(held)


def _summed(world: World, limit: Limit) -> bool:
    metric = world.metric(limit.condition.field)
    return world.words.of_house and metric.time_kind == "flow" and metric.unit in ("currency", "count")


def _take_filters(reading: Reading, world: World, measures: Measures, limits: tuple[Limit, ...]) -> tuple[Filter, ...]:
    """Take customers and values that apply to every metric."""
    metrics = tuple(measures.metrics)
    named = reading.having("customer")
    reading.use(*named)
    who = (filter_of(CUSTOMER, list(dict.fromkeys(span.customer for span in named))),) if named else ()
    values = take_values(reading, world, lambda name: world.applies(name, metrics), reading.free())
    return (*who, *values, *(limit.condition for limit in limits))


def _frame(metrics: tuple[str, ...], measures: Measures, when: When, filters: tuple[Filter, ...]) -> Frame:
    return Frame(
        "metrics",
        metrics=metrics,
        dimensions=tuple(measures.dimensions),
        filters=filters,
        order=tuple(Order(field=name, direction="asc") for name in measures.dimensions if name == "as_of"),
        period=when.period,
        versus=when.versus,
        against=when.against,
        compare_to=when.compare_to,
        grain=when.grain,
    )


def over_months(reading: Reading, frame: Frame, world: World) -> Frame:
    """Return the frame month by month, where a state is asked for over several: "the score in the last six months"."""
    rolling = any(
        span.time and span.time.unit in ("month", "range") and _ROLLING.search(span.text) for span in reading.spans
    )
    plain = not (frame.dimensions or frame.grain or compared(frame) or frame.each or frame.versus or frame.share)
    states = all(world.metric(name).time_kind == "snapshot" for name in frame.metrics)
    if not (rolling and plain and states and frame.period):
        return frame
    return replace(frame, grain="month") if add_months(frame.period.start, 1) < frame.period.end else frame


def states_dated(frame: Frame, world: World) -> Frame:
    """Return the frame with a period that holds a month end, where states are asked for: they exist at month ends."""
    today = Period(start=world.clock, end=world.clock + DAY)
    if frame.period == today and set(frame.metrics) & set(world.words.table("measures").get("standing", ())):
        return replace(frame, period=None)
    if frame.period is None or any(world.metric(name).time_kind != "snapshot" for name in frame.metrics):
        return frame
    start, end = frame.period.start, frame.period.end
    if containing("month", end - DAY).end == end or start.replace(day=1) != (end - DAY).replace(day=1):
        return frame
    return replace(frame, period=Period(start=add_months(end, -1), end=end))


def _ranked(reading: Reading, world: World, frame: Frame, rank: Rank) -> Frame:
    """Apply a superlative, where there is something to rank."""
    if rank.kind is None and frame.dimensions and reading.take_cue("rank"):
        rank = replace(rank, kind="most")
    if rank.kind is None:
        return frame
    reading.take_cue("rank")
    if not (frame.dimensions or frame.grain):
        reading.notes.append("a ranking needs what to rank by: top customers by what?")
        return frame
    fault = _unrankable(reading, frame, rank)
    if fault:
        reading.notes.append(fault)
        return frame
    direction = rank.direction(world.metric(frame.metrics[0]))
    if compared(frame) and falling(reading, world.metric(frame.metrics[0])) and rank.kind == "most":
        direction = "asc"
    if direction is None:
        label = world.metric(frame.metrics[0]).label
        reading.notes.append(f"{label} has no good or bad end; say highest or lowest")
        return frame
    reading.use(*rank.spans)
    rows = next((n for name, n in reading.words.table("measures")["long"].items() if name in frame.dimensions), None)
    order = (Order(field=_ranked_column(reading, world, frame), direction=direction),)
    ranked = replace(frame, order=order, limit=rank.limit or rows, skip=rank.skip)
    return replace(ranked, together=bool(rank.limit) and _together(reading, world, ranked))


def _together(reading: Reading, world: World, frame: Frame) -> bool:
    """Whether what the first rows come to together is asked for: the share of the ten largest, their total."""
    plain = not (frame.each or frame.ratio or frame.grain or compared(frame)) and len(frame.dimensions) == 1
    if not plain or any(world.metric(name).unit not in ("currency", "count") for name in frame.metrics):
        return False
    single = world.vocabulary.dimensions[frame.dimensions[0]].identifying
    said = reading.cues("together") or [span for span in reading.spans if span.text.startswith("total")]
    reading.use(*reading.cues("together"))
    return bool(said) or (frame.share and single)


def _number_too(reading: Reading, world: World, frame: Frame) -> Frame:
    """Add how many there are, where both the number and the amount are asked for."""
    said = " ".join(span.text for span in reading.spans)
    counted = world.words.table("measures").get("number_of", {}).get(frame.metrics[0], "")
    both = _BOTH.search(said) or {"how many", "how much"} <= {span.text for span in reading.spans}
    if len(frame.metrics) != 1 or not both or frame.each or frame.share:
        return frame
    sums = {number: amount for amount, number in reversed(world.words.table("measures")["number_of"].items())}
    other = counted or sums.get(frame.metrics[0], "")
    if not other:
        reading.notes.append("I cannot tell of what you want the number and of what the amount; ask for one")
        reading.release(*reading.having("metric"), *(span for span in reading.spans if span.has("metric")))
        return frame
    return replace(frame, metrics=(other, frame.metrics[0]) if counted else (frame.metrics[0], other))


def _named_only(world: World, frame: Frame) -> Frame:
    """Return a ranking or a choice of groups without the rest that has no name, which is no group of its own."""
    if not frame.order and not any(condition.field in frame.metrics for condition in frame.filters):
        return frame
    said = {condition.field for condition in frame.filters}
    unnamed = [name for name in frame.dimensions if name in world.words.table("measures")["named"] and name not in said]
    return replace(frame, filters=(*frame.filters, *(Filter(field=name, op="not_null") for name in unnamed)))


def _unrankable(reading: Reading, frame: Frame, rank: Rank) -> str:
    """Return why groups cannot be ranked as asked, or nothing."""
    if any(span.cue("split") and span.text in _WITHIN for span in reading.spans):
        return "a ranking within each group is more than one list; ask for one group"
    if rank.limit and len(frame.dimensions) > 1:
        return "a ranking over two groupings at once is not clear; ask for one of them"
    if frame.grain and frame.period and any(span.cue("change") for span in reading.spans):
        return "a ranking by change needs two periods to compare, such as this month and last month"
    return ""


def _ranked_column(reading: Reading, world: World, frame: Frame) -> str:
    """Return the column to rank by: the figure or its statistic, or its change where that is asked for."""
    metric = frame.metrics[0]
    if frame.each:
        return f"{frame.each.statistic}_{metric}" if frame.each.statistic != "count" else f"count_{frame.each.over}"
    if not compared(frame) or not any(span.cue("change") for span in reading.spans):
        return metric
    return change_column(frame, world, absolute=reading.take_cue("by_amount"))


def _use_cues(reading: Reading, world: World, frame: Frame) -> None:
    """Use the cues that say nothing further: "latest" of a state, the model's horizon of a probability."""
    if all(world.metric(name).time_kind != "flow" for name in frame.metrics):
        reading.take_cue("latest", "ends")
    if not world.words.of_house:
        views = {world.metric(name).view for name in frame.metrics}
        done = [
            s for s in reading.having("activity") if any(world.metric(n).view in views for n in s.names("activity"))
        ]
        reading.use(*done)
    units = {world.metric(name).unit for name in frame.metrics[:1]}
    reading.take_cue(*(cue for cue, unit in (("by_amount", "currency"), ("by_number", "count")) if unit in units))
    if all(world.metric(name).view == "goals" for name in frame.metrics):
        reading.use(*(span for span in reading.having("term", "goals") if span.text in _OF_LATE))
    if frame.dimensions or frame.grain:
        reading.take_cue("distribution")
    if not frame.filters:
        reading.take_cue("everywhere")
    if all(world.metric(name).view.startswith("scores") for name in frame.metrics):
        reading.take_cue("horizon")


def _checked(reading: Reading, world: World, frame: Frame, measures: Measures) -> Frame:
    """Give back to the unexplained what cannot be combined."""
    said = list({span.start: span for span in measures.metrics.values()}.values())
    if not frame.ratio and not coordinated(reading, said):
        reading.notes.append(f"I read {words(said)} as separate figures and cannot tell how they belong together")
        reading.release(*said[1:])
    if {"borrowers", "customers"} & set(frame.metrics) and any(_leaves_out_loans(f) for f in frame.filters):
        reading.notes.append("leaving out a product leaves out its loans, not the customers who have one")
        reading.release(*(span for span in reading.spans if span.cue("exclude")))
    if _MEMBERS & set(frame.metrics) and any(_both(reading, f) for f in frame.filters):
        reading.notes.append("I cannot ask for customers who have both; ask for each product by itself")
        reading.release(*(span for span in reading.spans if span.has("value", "product")))
    if "spend" in frame.metrics and any(_no_spending(world, f) for f in frame.filters):
        reading.notes.append("what you name is no part of spend; ask for it by itself")
        reading.release(*(span for span in reading.spans if span.has("value")))
    asked = [span for span in reading.spans if span.cue("count", "much") and span.text in ("how many", "how much")]
    if len({span.text for span in asked}) > 1 and len(frame.metrics) == 1:
        reading.notes.append("I cannot tell of what you want the number and of what the amount; ask for one")
        reading.release(*asked)
    _give_back_times(reading, world, frame)
    if frame.period and frame.period.end <= world.clock and any(span.text in _NOW for span in reading.spans):
        reading.notes.append("you speak of now and of another time; ask for one, or for one against the other")
        reading.release(*(span for span in reading.spans if span.time))
    for name, span in measures.dimensions.items():
        beside = next((other for other in reading.spans if other.end == span.start), None)
        if beside is not None and beside.text in ("those", "these"):
            reading.notes.append(f"I cannot tell which {span.text} you point at; name them")
            reading.release(span)
        if not world.applies(name, frame.metrics):
            label = world.metric(frame.metrics[0]).label
            reading.notes.append(f"{label} cannot be split by {world.vocabulary.dimensions[name].label.lower()}")
            reading.release(span)
    return frame


def _give_back_times(reading: Reading, world: World, frame: Frame) -> None:
    early = world.begins and frame.period and frame.period.end <= world.begins
    if early and all(world.metric(name).view == "transactions" for name in frame.metrics):
        reading.notes.append(f"the postings begin on {world.begins:%d %b %Y}")
        reading.release(*(span for span in reading.spans if span.time))
    undated = [world.metric(name).label for name in frame.metrics if not world.metric(name).time]
    if undated and (frame.period or frame.grain or compared(frame)):
        reading.notes.append(f"{undated[0]} has no dates")
        reading.release(*(span for span in reading.spans if span.time or _grained(world, span)))


def _grained(world: World, span: Span) -> bool:
    return any(world.vocabulary.dimensions[name].grain for name in span.names("dimension"))


def _both(reading: Reading, condition: Filter) -> bool:
    """Whether customers *with* one product *and* another are meant, which is not one or the other."""
    if condition.field != "product" or condition.op != "in" or any(span.cue("either") for span in reading.spans):
        return False
    first = next(span for span in reading.spans if span.has("value", "product"))
    before = next((span for span in reading.spans if span.end == first.start), None)
    return before is not None and before.text in ("with", "having", "have", "both", "hold")


def _no_spending(world: World, condition: Filter) -> bool:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return condition.op in ("=", "in") and bool(set(values) & set(world.words.table("measures")["no_spending"]))


def _leaves_out_loans(condition: Filter) -> bool:
    return condition.field in ("product", "sma_class") and condition.op in ("!=", "not_in")
