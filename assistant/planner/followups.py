"""Questions that stand on the answer before: "and for Mumbai?", "why the first one?", "by expected loss", "top 20"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.planner.calendar import containing
from assistant.planner.changing import change_forecast, change_list, change_ranking, other_model, other_models_number
from assistant.planner.context import Context
from assistant.planner.frame import ALL_ROWS, Comparison, Frame, World
from assistant.planner.going_on import (
    against_what,
    amount_of_it,
    carried,
    coming_month,
    earlier,
    how_many_people,
    of_its_groups,
    one_of_them,
    replaced,
    same_figure,
    same_limit,
    take_kinds,
    take_same_groups,
)
from assistant.planner.intents.about import concepts
from assistant.planner.intents.customer import about_customer
from assistant.planner.intents.loans import of_listed_loans, points_at_rows
from assistant.planner.intents.metrics import states_dated
from assistant.planner.intents.modelled import (
    LISTS,
)
from assistant.planner.listed import (
    another_place_of_listed,
    first_of_counted,
    list_counted,
    lists_what_was_counted,
    loans_spoken_of,
    merged,
    of_the_list,
)
from assistant.planner.narrowing import left_out, left_out_too, of_those_shown, within_the_first, without
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import Measures, counted, noun_table, take_measures
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.statistics import restated
from assistant.planner.parts.values import filter_of, take_values
from assistant.planner.parts.when import take_when
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.tallying import counting, summed_up
from assistant.planner.words import table
from knowledge.query import Filter, Order, Period
from knowledge.vocabulary import Grain

#: Words behind customers that say which of them are meant.
_WHO = ("who", "whose", "with", "having", "jinka", "jinke", "jinki", "jo")
#: Words of what was, after what is expected.
_PAST = frozenset({"did", "was", "were", "spent", "earned", "actual", "actually", "asli", "tha", "thi"})


def leans_back(reading: Reading) -> bool:
    """Whether a question says that it goes on from the one before."""
    first = next(iter(reading.spans), None)
    if first is None:
        return False
    openings = table("openings")
    pointing = reading.cues("list_anaphor", "list_them", "sql", "chart", "everywhere")
    opening = first.text in openings["strong"] or first.text in ("by", "per")
    those = any(
        first.text in ("those", "these") and second.has("dimension") for first, second in pairwise(reading.spans)
    )
    changing = any(span.text in openings["anywhere"] for span in reading.spans)
    closing = reading.spans[-1].text in openings["closing"]
    return bool(those or pointing or opening or changing or closing or _only_groups(reading))


def _only_groups(reading: Reading) -> bool:
    """Whether nothing but groups is named: "split product wise" is of the figure before."""
    kinds = {meaning.kind for span in reading.spans for meaning in span.meanings}
    return "dimension" in kinds and not kinds & {
        "metric",
        "activity",
        "value",
        "customer",
        "modelled",
        "number",
        "time",
    }


def read_follow_up(reading: Reading, world: World, context: Context) -> Frame | None:
    """Read a question as a change to the one before; what it does not change stays."""
    adding = bool(reading.cues("also"))
    reading.take_cue("follow", "also")
    context = counting(reading, world, context)
    if reading.cues("sql", "chart", "as_table"):
        reading.take_cue("sql", "chart", "as_table", "why", "profile", "trend")
        return context.frame
    loans = loans_spoken_of(world, context) if points_at_rows(reading) else None
    if loans is not None:
        return of_listed_loans(reading, world, loans)
    if lists_what_was_counted(reading, context) and context.base is not None:
        return list_counted(reading, world, context.base, _change)
    one = (
        context.base is not None and context.base.intent == "metrics" and one_of_them(reading, context.base.dimensions)
    )
    placed = _another_place(reading, context) or first_of_counted(reading, world, context)
    if placed is not None:
        return placed
    if reading.cues("list_them", "list_anaphor") and not one:
        return of_the_list(reading, world, context, _change)
    about = _about_customer(reading, context)
    if about is not None:
        return about
    if context.frame.intent == "knowledge":
        return _another_concept(reading)
    base = context.ranked if _ranks(reading) and context.ranked else context.base
    if base is None:
        return None
    if (reading.take_cue("all_rows") or _all_of_them(reading, base)) and base.limit:
        return replace(base, limit=ALL_ROWS if base.intent == "ranking" else None, skip=0)
    if base.intent in ("ranking", "leavers") and (other := other_model(reading, base)):
        return other
    if base.intent == "metrics" and (other := other_models_number(reading, base)):
        return other
    if base.intent == "ranking":
        return _if_changed(reading, base, change_ranking(reading, world, base))
    if base.intent == "forecast" and _PAST & {word for span in reading.spans for word in span.text.split()}:
        base = Frame("metrics", metrics=base.metrics, filters=base.filters)  # "what did they spend on it in June"
    if base.intent == "forecast":
        return change_forecast(reading, world, base)
    if base.intent in LISTS:
        return _if_changed(reading, base, change_list(reading, base, world))
    before = of_those_shown(reading, context, within_the_first(reading, context, base))
    changed = _change_metrics(reading, world, before, adding=adding)
    if another_place_of_listed(context, changed):
        reading.notes.append("the list before was of another place; ask for the list of this one")
        return None
    return _if_changed(reading, base, changed)


def _if_changed(reading: Reading, before: Frame, now: Frame) -> Frame | None:
    """Return what is asked now; "on what?" is no question for the same again, nor is "how many is that?" for a list."""
    said = [span for span in reading.spans if reading.used(span) and not span.cue("follow", "also")]
    return now if said or now != before else None


def _all_of_them(reading: Reading, base: Frame) -> bool:
    """Take "all branches" after the worst five of them."""
    for first, second in pairwise(reading.spans):
        if first.text == "all" and {*second.names("dimension")} & {*base.dimensions}:
            reading.use(first, second)
            return bool(base.limit)
    return False


def _ranks(reading: Reading) -> bool:
    """Whether an order or a number of rows is asked for, which figures of one customer do not have."""
    rank = find_rank(reading)
    return rank.kind is not None or rank.limit is not None or reading.spans[0].text == "by"


def _about_customer(reading: Reading, context: Context) -> Frame | None:
    """Read what is asked about one customer where nothing else is: as said, else as for the customer before."""
    before = context.frame if context.frame.intent in ("profile", "explain", "what_if", "compare") else None
    named = reading.having("customer")
    if not named and before and reading.cues("why"):
        return replace(about_customer(reading, before.customer), model=before.model)
    if not named and len(context.listed) == 1 and reading.cues("why") and context.base is not None:
        return replace(about_customer(reading, context.listed[0]), model=_model_of(context.base))
    if not named or (before is None and context.frame.intent == "metrics" and not reading.cues("why", "profile")):
        return None
    reading.use(named[0])
    plain = not reading.cues("why", "profile", "personal")
    frame = about_customer(reading, named[0].customer)
    reading.take_cue("listing")
    return replace(frame, intent="explain") if plain and before and before.intent == "explain" else frame


def _model_of(frame: Frame) -> str:
    return "churn" if frame.intent == "leavers" or any("churn" in name for name in frame.metrics) else "credit"


def _another_place(reading: Reading, context: Context) -> Frame | None:
    """Read "and the third one" after an answer that was one place of an order: the same order, that place."""
    base = context.ranked
    placed = [span for span in reading.free() if span.position and span.position > 0 and not span.has("value")]
    if base is None or base.intent != "metrics" or len(placed) != 1 or not base.order or find_rank(reading).kind:
        return None
    place = placed[0].position or 1
    whose = "customer_id" in base.dimensions  # a row is somebody then, and asked for as such
    if base.limit != 1 and (whose or len(base.dimensions) != 1 or place > (base.limit or place)):
        return None
    reading.use(placed[0])
    reading.take_cue("rows", "list_them", "list_anaphor")
    return replace(base, skip=place - 1, limit=1)


def _another_concept(reading: Reading) -> Frame | None:
    """Read "and SMA-2?" after a definition as asking for another."""
    found = concepts(reading)
    if len(found) != 1:
        return None
    reading.use(*found)
    return Frame("knowledge", text=f"what is {found[0].text}")


def _change(reading: Reading, world: World, before: Frame) -> Frame:
    return _change_metrics(reading, world, before, adding=False)


def _change_metrics(reading: Reading, world: World, before: Frame, *, adding: bool) -> Frame:
    before = earlier(reading, without(reading, before), world.clock)
    whole = how_many_people(reading, before) or summed_up(reading, world, before)
    if whole is not None:
        return whole
    out = left_out(reading, world, before)
    take_same_groups(reading, before)
    replaced(reading, before)
    groups = of_its_groups(reading, before)
    coming = coming_month(reading, world, before)
    when = against_what(take_when(reading, world, before=before.period), before, reading, world)
    when = replace(when, period=coming) if coming else when
    limits = take_limits(reading, world, of_borrower=False)
    limited = same_figure(reading, world, before) or same_limit(reading, world, before)
    rank = find_rank(reading)
    measures = take_measures(reading, world)
    take_kinds(reading, measures, before)
    share = bool(before.dimensions or measures.dimensions) and reading.take_cue("share")
    _take_nouns(reading, world, measures, before)
    metrics = _figures(reading, world, measures, before, adding=adding)
    who = reading.having("customer")
    reading.use(*who[:1])
    values = take_values(reading, world, lambda name: world.applies(name, metrics), reading.free())
    values = (*(left_out_too(before, values) if adding else values), *groups, *limited, *out)
    said = (*(filter_of("customer_id", [span.customer]) for span in who[:1]), *values, *(c.condition for c in limits))
    kept = () if reading.take_cue("everywhere") else tuple(f for f in before.filters if _stays(f, metrics, world))
    kept = (*kept, *carried(before, metrics, world))
    total = bool(measures.metrics) and any(span.text.split()[0] == "total" for span in reading.spans)
    split = before.dimensions if adding or not (measures.dimensions or total) else ()
    dimensions = (*split, *measures.dimensions)
    reading.take_cue("split", *(("wise", "distribution") if measures.dimensions else ()))
    before = _over_both(before) if when.grain else before
    frame = replace(
        before,
        metrics=metrics,
        dimensions=tuple(name for name in dict.fromkeys(dimensions) if world.applies(name, metrics)),
        filters=merged(kept, said),
        period=when.period or before.period,
        versus=when.versus,
        against=when.against or before.against,
        share=share or before.share,
        grain=when.grain or _still_by(before, when.period),
        compare_to=None if when.against else when.compare_to or _compared_anyway(reading) or before.compare_to,
    )
    if when.against:
        reading.take_cue("compare")
    _give_back_shares(reading, frame, values, beside=share and bool(measures.metrics) and metrics != before.metrics)
    frame = states_dated(frame, world)
    return _side_by_side(_reordered(reading, world, frame, before, rank), values)


def _give_back_shares(reading: Reading, frame: Frame, values: Sequence[Filter], *, beside: bool) -> None:
    """Leave unexplained what asks for a share that no table tells: of one group in itself, or of another figure."""
    parts = {f.field for f in values if f.op in ("=", "in")} & {*frame.dimensions}
    if frame.share and (parts or beside):
        reading.notes.append("I can tell the shares of all groups of one figure; ask for that figure by its groups")
        reading.release(*reading.spans)


def _figures(reading: Reading, world: World, measures: Measures, before: Frame, *, adding: bool) -> tuple[str, ...]:
    """Return the figures that are asked for: those that are named, beside or in the place of those before."""
    named = tuple(measures.metrics) or amount_of_it(reading, before) or before.metrics
    metrics = tuple(restated(reading, world, named))
    if adding and measures.metrics and not measures.dimensions:
        metrics = tuple(dict.fromkeys([*before.metrics, *metrics]))
    wider: dict[str, str] = reading.words.table("measures").get("widened", {})
    if metrics == before.metrics and reading.having("value", "sma_class"):
        metrics = tuple(wider.get(name, name) for name in metrics)
    return metrics


def _over_both(before: Frame) -> Frame:
    """Return a comparison of two periods as one stretch of time over both, which can be told step by step."""
    if before.against is None or before.period is None:
        return before
    both = (before.period, before.against)
    whole = Period(start=min(each.start for each in both), end=max(each.end for each in both))
    return replace(before, period=whole, against=None)


def _take_nouns(reading: Reading, world: World, measures: Measures, before: Frame) -> None:
    """Take the nouns as whom the figures are about, or as what is counted: of what was asked before where it can be."""
    for name, span in measures.nouns:
        if _only_whom(reading, span):
            reading.use(span)
        elif not measures.metrics:
            numbers: dict[str, str] = reading.words.table("measures").get("number_of", {})
            of_before = numbers.get(before.metrics[0], "") if counted(reading, span) else ""
            active = noun_table(reading).get(name, {}).get("active", {}).values()
            who = noun_table(reading).get(name, {}).get("active", {}).get(before.metrics[0], "")
            if who and name in ("customers", "borrowers"):
                of_before, name = who, who  # "unique customers" after the logins: those who logged in
            loans = name == "open_loans" and of_before in reading.words.table("measures").get("loans_listed", {})
            same = of_before and (
                loans or of_before in active or world.metric(of_before).view == world.metric(name).view
            )
            measures.add_metric(reading, of_before if same else name, span)


def _still_by(before: Frame, period: Period | None) -> Grain | None:
    """Return the steps of time of the question before; of a time within a single one of them there is no course."""
    if before.grain is None or period is None:
        return before.grain
    one = containing(before.grain, period.start)
    return None if period.end <= one.end else before.grain


def _only_whom(reading: Reading, span: Span) -> bool:
    """Whether a noun says whom the figures are about, not which figure is asked: "for salaried customers only"."""
    before = next((other for other in reading.spans if other.end == span.start), None)
    after = next((other for other in reading.spans if other.start >= span.end and not other.has("soft")), None)
    said = next((other for other in reading.spans if other.start == span.end), None)
    beside = any(other is not None and other.has("value") for other in (before, after))
    return (beside or (said is not None and said.text in _WHO)) and not counted(reading, span)


def _compared_anyway(reading: Reading) -> Comparison | None:
    return "previous_period" if reading.take_cue("compare") else None


def _stays(condition: Filter, metrics: Sequence[str], world: World) -> bool:
    """Whether a filter of the question before still applies to the figures now asked for."""
    return condition.field in metrics or (
        condition.field in world.vocabulary.dimensions and world.applies(condition.field, metrics)
    )


def _reordered(reading: Reading, world: World, frame: Frame, before: Frame, rank: Rank) -> Frame:
    """Apply a new superlative or number. An order by figures, groups or times that are gone goes with them."""
    direction = rank.direction(world.metric(frame.metrics[0]))
    if direction and (frame.dimensions or frame.grain):
        reading.use(*rank.spans)
        order = (Order(field=_column(frame), direction=direction),)
        one = 1 if any(span.text == "which one" for span in reading.spans) else None
        return replace(frame, order=order, limit=rank.limit or one or frame.limit, skip=rank.skip)
    if frame.grain != before.grain or frame.dimensions != before.dimensions:
        return replace(frame, order=(), limit=None)
    kept = [Order(field=_column(frame), direction=order.direction) for order in frame.order[:1]]
    if rank.kind is None and rank.limit and frame.dimensions:
        reading.use(*rank.spans)
        return replace(frame, order=tuple(kept), limit=rank.limit)
    return replace(frame, order=tuple(kept))


def _column(frame: Frame) -> str:
    """Return the column that a table goes by: the figure, or what is told of it over customers or loans."""
    if frame.each is None:
        return frame.metrics[0]
    counts = frame.each.statistic == "count"
    return f"count_{frame.each.over}" if counts else f"{frame.each.statistic}_{frame.metrics[0]}"


def _side_by_side(frame: Frame, values: Sequence[Filter]) -> Frame:
    """Return the frame split by what was given several values."""
    several = [f.field for f in values if f.op == "in" and f.field not in frame.dimensions]
    return replace(frame, dimensions=(*frame.dimensions, *several)) if several else frame
