"""Questions that stand on the answer before: "and for Mumbai?", "why the first one?", "by expected loss", "top 20"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.planner.conversation import Turn
from assistant.planner.frame import RANKING_FILTERS, Comparison, Frame, World
from assistant.planner.intents.customer import about_customer
from assistant.planner.intents.ranking import definition_of, listed_by
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import Measures, take_measures
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.values import take_values
from assistant.planner.parts.when import take_when
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Filter, Order


@dataclass(frozen=True)
class Context:
    """What earlier turns left behind.

    Attributes
    ----------
    frame
        What was asked last.
    base
        The newest ranking or question for figures: what "top 20 instead" changes.
    listed
        Customers of the newest list, in its order.
    customer
        The customer spoken of last.
    """

    frame: Frame
    base: Frame | None = None
    listed: tuple[str, ...] = ()
    customer: str = ""


def context_of(earlier: Sequence[Turn]) -> Context | None:
    """Return what the earlier turns left behind, or None where nothing was asked of a tool yet."""
    frames = [frame for turn in earlier for frame in turn.frames]
    if not frames:
        return None
    listed = next((ids for turn in reversed(earlier) if (ids := _customers(turn))), ())
    base = next((frame for frame in reversed(frames) if frame.intent in ("ranking", "metrics")), None)
    spoken = [frame.customer or _only_customer(frame) for frame in frames]
    return Context(frames[-1], base, listed, next((customer for customer in reversed(spoken) if customer), ""))


def _customers(turn: Turn) -> tuple[str, ...]:
    for result in reversed(turn.results):
        for found in (result.table, *result.tables):
            names = [column.name for column in found.columns] if found else []
            if found and "customer_id" in names:
                return tuple(str(row[names.index("customer_id")]) for row in found.rows)
    return ()


def _only_customer(frame: Frame) -> str:
    return next((str(c.value) for c in frame.filters if c.field == "customer_id" and c.op == "="), "")


def leans_back(reading: Reading) -> bool:
    """Whether a question says that it goes on from the one before."""
    first = next(iter(reading.spans), None)
    if first is None:
        return False
    pointing = reading.cues("anaphor", "list_anaphor", "sql", "chart", "everywhere") or _pointed(reading)
    opening = first.text in table("openings")["strong"] or first.text in ("by", "per")
    return bool(pointing or opening or reading.spans[-1].text in table("openings")["closing"])


def _pointed(reading: Reading) -> bool:
    """Whether a row of the list is meant: an ordinal, but not the "top" of "top 20"."""
    return bool(_rows_pointed_at(reading))


def _rows_pointed_at(reading: Reading) -> list[Span]:
    ordinals = [span for span in reading.free() if span.position is not None and not span.has("value")]
    return [span for span in ordinals if not (span.cue("most") and _number_follows(reading, span))]


def _number_follows(reading: Reading, span: Span) -> bool:
    after = reading.after(span)
    return bool(after and after.quantity)


def read_follow_up(reading: Reading, world: World, context: Context) -> Frame | None:
    """Read a question as a change to the one before; what it does not change stays."""
    reading.take_cue("follow")
    if reading.cues("sql", "chart"):
        reading.take_cue("sql", "chart", "why", "profile", "trend")
        return context.frame
    customer = _customer(reading, context)
    if customer:
        return _about(reading, customer, context)
    if reading.cues("list_anaphor"):
        reading.notes.append("I cannot go on from the rows of a list as a whole; ask with the filters themselves")
        return context.frame
    if context.base is None:
        return None
    change = _change_ranking if context.base.intent == "ranking" else _change_metrics
    return change(reading, world, context.base)


def _customer(reading: Reading, context: Context) -> str:
    """Return the customer that is pointed at: a row of the list, "this customer", or a bare "why?" after one."""
    pointed = _rows_pointed_at(reading)
    if pointed and context.listed:
        place = pointed[0].position or 0
        if -len(context.listed) <= place <= len(context.listed) and place:
            reading.use(pointed[0])
            return context.listed[place - 1 if place > 0 else place]
        reading.notes.append(f"the list has {len(context.listed)} rows")
        return ""
    if pointed and not context.listed:
        reading.notes.append("there is no list of customers to point at; ask for the list again")
        return ""
    named = reading.having("customer")
    if named and context.frame.intent in ("explain", "profile"):
        reading.use(named[0])
        return named[0].customer
    return _spoken_of(reading, context)


def _spoken_of(reading: Reading, context: Context) -> str:
    only = context.listed[0] if len(context.listed) == 1 else ""
    if reading.cues("anaphor") and (context.customer or only):
        reading.take_cue("anaphor")
        return context.customer or only
    if reading.cues("why"):
        if context.frame.intent in ("profile", "explain"):
            return context.frame.customer
        if context.listed:
            reading.notes.append("which one? Say “why the first one?”")
    return ""


def _about(reading: Reading, customer: str, context: Context) -> Frame:
    """What is asked about the customer: as said, else as for the customer before."""
    plain = not reading.cues("why", "profile", "personal")
    frame = about_customer(reading, customer)
    reading.take_cue("most", "listing", "anaphor")
    return replace(frame, intent="explain") if plain and context.frame.intent == "explain" else frame


def _change_ranking(reading: Reading, world: World, before: Frame) -> Frame:
    limits = [limit.condition for limit in take_limits(reading, world, of_borrower=True)]
    rank = find_rank(reading)
    by, named = definition_of(reading, before.by)
    reading.use(*rank.spans)
    measures = Measures() if named else take_measures(reading, world)
    values = take_values(reading, world, lambda name: world.applies(name, ("average_pd",)), reading.free())
    filters = _merged(() if reading.take_cue("everywhere", "all") else before.filters, (*values, *limits))
    reading.take_cue("risky", "risky_borrowers", "split", "listing")
    limit = rank.limit or before.limit
    if measures.dimensions:
        metric: str = table("measures")["listed"][by]
        return Frame("metrics", metrics=(metric,), dimensions=tuple(measures.dimensions), filters=filters)
    if any(f.field not in RANKING_FILTERS or f.op not in ("=", "in") for f in filters):
        return listed_by(by, filters, limit, safest=False)
    return replace(before, filters=filters, by=by, limit=limit)


def _change_metrics(reading: Reading, world: World, before: Frame) -> Frame:
    when = take_when(reading, world, before=before.period)
    limits = take_limits(reading, world, of_borrower=False)
    rank = find_rank(reading)
    measures = take_measures(reading, world)
    for name, span in measures.nouns:
        if not measures.metrics:
            measures.add_metric(reading, name, span)
    metrics = tuple(measures.metrics) or before.metrics
    values = take_values(reading, world, lambda name: world.applies(name, metrics), reading.free())
    conditions = (*values, *(limit.condition for limit in limits))
    kept = () if reading.take_cue("everywhere") else tuple(f for f in before.filters if _stays(f, metrics, world))
    dimensions = _dimensions(reading, measures, before)
    reading.take_cue("split")
    frame = replace(
        before, metrics=metrics, dimensions=tuple(name for name in dimensions if world.applies(name, metrics)),
        filters=_merged(kept, conditions), period=when.period or before.period, grain=when.grain or before.grain,
        compare_to=_comparison(reading, when.compare_to, before),
    )  # fmt: skip
    return _compared(_reordered(reading, world, frame, before, rank), values)


def _comparison(reading: Reading, said: Comparison | None, before: Frame) -> Comparison | None:
    if said:
        return said
    if reading.cues("compare"):
        reading.take_cue("compare")
        return "previous_period"
    return before.compare_to


def _stays(condition: Filter, metrics: Sequence[str], world: World) -> bool:
    """Whether a filter of the question before still applies to the figures now asked for."""
    return condition.field in metrics or (
        condition.field in world.vocabulary.dimensions and world.applies(condition.field, metrics)
    )


def _dimensions(reading: Reading, measures: Measures, before: Frame) -> tuple[str, ...]:
    said = tuple(measures.dimensions)
    if not said:
        return before.dimensions
    return tuple(dict.fromkeys((*before.dimensions, *said))) if reading.take_cue("also") else said


def _reordered(reading: Reading, world: World, frame: Frame, before: Frame, rank: Rank) -> Frame:
    """Apply a new superlative or number; an order by a figure that is gone goes with it."""
    if frame.grain and not before.grain and rank.kind is None:
        return replace(frame, order=(), limit=None)
    order = tuple(order for order in frame.order if order.field in (*frame.metrics, *frame.dimensions))
    if not order and before.order:
        order = (Order(field=frame.metrics[0], direction=before.order[0].direction),)
    direction = rank.direction(world.metric(frame.metrics[0]))
    if direction and (frame.dimensions or frame.grain):
        reading.use(*rank.spans)
        return replace(
            frame, order=(Order(field=frame.metrics[0], direction=direction),), limit=rank.limit or frame.limit
        )
    if rank.kind is None and rank.limit and frame.dimensions:
        reading.use(*rank.spans)
        return replace(frame, order=order, limit=rank.limit)
    return replace(frame, order=order)


def _merged(before: Sequence[Filter], now: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return the filters with those of the same field replaced."""
    fields = {condition.field for condition in now}
    return (*(condition for condition in before if condition.field not in fields), *now)


def _compared(frame: Frame, values: Sequence[Filter]) -> Frame:
    several = [f.field for f in values if f.op == "in" and f.field not in frame.dimensions]
    return replace(frame, dimensions=(*frame.dimensions, *several)) if several else frame
