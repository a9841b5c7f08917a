"""What is asked of the rows of a list or a table before: "list them", "list the ones in East"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.planner.context import Context
from assistant.planner.frame import ALL_ROWS, RANKING_FILTERS, Frame, World
from assistant.planner.intents.loans import loans_before
from assistant.planner.intents.ranking import listed_by
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.nouns import CUSTOMER
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.values import take_values
from assistant.planner.reading import Reading
from assistant.planner.words import table
from knowledge.query import Filter

#: How a question for figures is changed by the words of another.
Change = Callable[[Reading, World, Frame], Frame]
#: Other figures that count what can be listed.
_LISTED = frozenset({"unusual_transactions", "churn_risk_customers", "customers"})
_PLACES = frozenset({"city", "state", "region"})


def _counts(reading: Reading) -> dict[str, tuple[Filter, ...]]:
    """Count of borrowers → what says which of them it counts."""
    declared: dict[str, Any] = reading.words.table("measures").get("counts_of", {})
    return {name: (Filter.model_validate(each),) if each else () for name, each in declared.items()}


def lists_what_was_counted(reading: Reading, context: Context) -> bool:
    """Whether "list the ones in East" asks for what a table before counted by groups."""
    base, first = context.base, next((s for s in reading.spans if not s.cue("follow")), None)
    if not reading.words.of_house or base is None or base.intent != "metrics" or first is None:
        return False
    if first.text.split()[0] not in ("list", "name"):
        return False
    the = next((span for span in reading.spans if span.start == first.end), None)
    counts = base.metrics[0] in {*_LISTED, *_counts(reading)} or loans_before_split(base) is not None
    return bool(the and the.text in ("the", "the ones", "ones", "those") and base.dimensions and counts)


def loans_before_split(base: Frame) -> Frame | None:
    """Return the number that a table by groups tells of, as it is without them; None where it tells another figure."""
    counted = len(base.metrics) == 1 and base.metrics[0] in table("measures")["loans_listed"]
    return replace(base, dimensions=(), order=(), limit=None, share=False) if counted else None


def loans_spoken_of(world: World, context: Context) -> Frame | None:
    """Return the list of the loans that were listed or counted, or whose sum was asked since; None where none were."""
    base = context.base
    found = loans_before(world, base)
    if found is not None or base is None or base.intent != "metrics" or base.dimensions or len(context.figures) < 2:
        return found
    sums: dict[str, str] = world.words.table("measures").get("number_of", {})
    before = loans_before(world, context.figures[1])
    if before is None or before.limit or sums.get(base.metrics[0]) not in world.words.table("measures")["loans_listed"]:
        return None
    kept = set(base.filters)
    return replace(before, filters=base.filters) if all(each in kept for each in before.filters) else None


def first_of_counted(reading: Reading, world: World, context: Context) -> Frame | None:
    """Read "show the biggest 3" after a number or sum of loans, or a number of borrowers: the first of their list."""
    base, rank = context.base, find_rank(reading)
    listing = reading.cues("listing")
    rest = [span for span in reading.unexplained() if span not in (*rank.spans, *listing)]
    if base is None or base.intent != "metrics" or base.dimensions or not (listing and rank.limit) or rest:
        return None
    if rank.kind not in (None, "most", "worst"):
        return None
    sums: dict[str, str] = world.words.table("measures").get("number_of", {})
    loans = loans_spoken_of(world, context) or loans_before(world, _numbered(base, sums))
    if loans is not None and not loans.limit:
        reading.use(*rank.spans, *listing)
        return replace(loans, limit=rank.limit)
    if base.metrics[0] in _counts(reading) and not base.who:
        reading.use(*rank.spans, *listing)
        return replace(_borrowers(merged(base.filters, _counts(reading)[base.metrics[0]])), limit=rank.limit)
    return None


def _numbered(base: Frame, sums: Mapping[str, str]) -> Frame | None:
    """Return the number of what a sum goes over; None where it has none."""
    number = sums.get(base.metrics[0]) if len(base.metrics) == 1 else None
    return replace(base, metrics=(number,)) if number else None


def another_place_of_listed(context: Context, frame: Frame) -> bool:
    """Whether a list of one place is asked for another: none of those listed there live here."""
    places = {f.field for f in (context.ranking.filters if context.ranking else ())} & _PLACES
    of_list = any(f.field == "customer_id" and f.op == "in" for f in frame.filters)
    return bool(places and of_list and any(f.field in _PLACES for f in frame.filters))


def list_counted(reading: Reading, world: World, base: Frame, change: Change) -> Frame | None:
    """Read what a table counted by groups as the list of it, with the groups that are named."""
    reading.take_cue("listing", "rows", "list_them")
    reading.use(*(s for s in reading.free() if noun_of(reading, s) in ("customers", "borrowers", "open_loans")))
    whole = loans_before_split(base)
    loans = loans_before(world, whole) if whole else None
    if loans is not None:
        return change(reading, world, loans)
    metric = base.metrics[0]
    values = take_values(reading, world, lambda name: world.applies(name, (metric,)), reading.free())
    filters = merged(base.filters, values)
    if metric in _counts(reading):
        return _borrowers(merged(filters, _counts(reading)[metric]))
    if metric != "unusual_transactions":
        some = Filter(field=metric, op=">", value=0)
        return replace(base, dimensions=(CUSTOMER,), filters=(*filters, some), order=(), limit=None, share=False)
    kinds = tuple(f for f in filters if f.field in (*table("modelled")["anomalies"]["filters"], "anomaly_kind"))
    named = tuple(Filter(field="kind", op=f.op, value=f.value) if f.field == "anomaly_kind" else f for f in kinds)
    return Frame("anomalies", filters=named, period=base.period) if len(kinds) == len(filters) else None


def _borrowers(filters: tuple[Filter, ...]) -> Frame:
    """Return the list of all borrowers that meet the filters; a ranking knows only some of them."""
    if any(each.field not in RANKING_FILTERS for each in filters):
        return listed_by("probability_of_default", filters, ALL_ROWS, safest=False)
    return Frame("ranking", filters=filters, limit=ALL_ROWS)


def of_the_list(reading: Reading, world: World, context: Context, change: Change) -> Frame:
    """Read "list them" after a count of borrowers; other questions about a list's rows cannot be asked."""
    metrics = context.base.metrics if context.base else ()
    whole = context.base is not None and context.base.intent == "metrics" and context.base.limit is None
    if whole and context.base and len(metrics) == 1 and not context.base.dimensions and reading.cues("count"):
        reading.take_cue("list_anaphor")
        return change(reading, world, context.base)
    if (
        context.base
        and len(metrics) == 1
        and metrics[0] in _counts(reading)
        and not context.base.who
        and reading.take_cue("list_them")
    ):
        return _borrowers(merged(context.base.filters, _counts(reading)[metrics[0]]))
    if (
        whole
        and context.base
        and len(metrics) == 1
        and _of_customers(context.base, world)
        and reading.take_cue("list_them")
    ):
        own = Filter(field=metrics[0], op=">", value=0)
        known = any(condition.field == metrics[0] for condition in context.base.filters)
        filters = context.base.filters if known else (*context.base.filters, own)
        return replace(context.base, dimensions=("customer_id",), each=None, filters=filters, order=(), share=False)
    reading.notes.append("I cannot go on from the rows of a list as a whole; ask with the filters themselves")
    return context.frame


def _of_customers(base: Frame, world: World) -> bool:
    """Whether the figure before counts customers, so that they can be listed."""
    metric = world.metric(base.metrics[0])
    counts = metric.unit == "count" and ("customer" in metric.name or metric.view in ("customers", "goals", "segments"))
    return not base.dimensions and not base.grain and (base.each is not None or counts or bool(base.who))


def merged(before: Sequence[Filter], now: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return the filters with those of the same field replaced; a new place replaces every place before.

    A place that is left out is left out of the place before.
    """
    fields = {condition.field for condition in now}
    if {condition.field for condition in now if condition.op not in ("!=", "not_in")} & _PLACES:
        fields |= _PLACES
    return (*(condition for condition in before if condition.field not in fields), *now)
