"""How a question changes a list that a model made, or a forecast: another place, another length, the other model."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import RANKING_FILTERS, Frame, World
from assistant.planner.intents.modelled import (
    DATED,
    FORECAST,
    coming_months,
    groups_ahead,
    months_ahead,
    steps_to,
    together,
)
from assistant.planner.intents.ranking import definition_of, listed_by
from assistant.planner.listed import merged
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import Measures, counted, noun_of, take_measures
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.values import take_values
from assistant.planner.reading import Reading
from assistant.planner.words import table


def change_ranking(reading: Reading, world: World, before: Frame) -> Frame:
    """Change what a ranking of borrowers is restricted to, what it goes by, or how long it is."""
    limits = [limit.condition for limit in take_limits(reading, world, of_borrower=True)]
    rank = find_rank(reading)
    by, named = definition_of(reading, before.by)
    reading.use(*rank.spans)
    reading.use(
        *(s for s in reading.free() if noun_of(reading, s) in ("customers", "borrowers") and not counted(reading, s))
    )
    measures = Measures() if named else take_measures(reading, world)
    values = take_values(reading, world, lambda name: world.applies(name, ("average_pd",)), reading.free())
    filters = merged(() if reading.take_cue("everywhere", "all") else before.filters, (*values, *limits))
    reading.take_cue("risky", "risky_borrowers", "split", "listing", "rank")
    limit = rank.limit or before.limit
    if measures.dimensions:
        metric: str = table("measures")["listed"][by]
        return Frame("metrics", metrics=(metric,), dimensions=tuple(measures.dimensions), filters=filters)
    if any(f.field not in RANKING_FILTERS or f.op not in ("=", "in") for f in filters):
        return listed_by(by, filters, limit, safest=False)
    return replace(before, filters=filters, by=by, limit=limit)


def change_list(reading: Reading, before: Frame, world: World) -> Frame:
    """Change what a model's list is restricted to, or how long it is."""
    rank = find_rank(reading)
    reading.use(*rank.spans)
    known = table("modelled")[before.intent]["filters"]
    values = take_values(reading, world, lambda name: name in known, reading.free())
    whom = [span for span in reading.free() if noun_of(reading, span) in ("customers", "borrowers")]
    reading.use(*reading.having("term", before.intent), *reading.having("modelled", before.intent), *whom)
    filters = merged(() if reading.take_cue("everywhere", "all") else before.filters, values)
    reading.take_cue("split", "listing", "rows")
    dated = [s for s in reading.having("time") if before.intent in DATED and s.time and s.time.period]
    reading.use(*dated[:1])
    period = dated[0].time.period if dated and dated[0].time else before.period
    return replace(before, filters=filters, limit=rank.limit or before.limit, period=period)


def change_forecast(reading: Reading, world: World, before: Frame) -> Frame:
    """Change what is forecast, for whom, or for how long."""
    named = next((name for name in FORECAST if reading.having("metric", name)), before.metrics[0])
    future = [span.time.ahead for span in reading.having("time") if span.time and span.time.ahead]
    bare = [] if future else coming_months(reading)
    coming = together(steps_to(bare, world))
    reading.use(
        *reading.having("metric", named), *(s for s in reading.having("time") if s.time and s.time.ahead), *bare
    )
    values = take_values(reading, world, lambda name: world.applies(name, (named,)), reading.free())
    filters = merged(() if reading.take_cue("everywhere", "all") else before.filters, values)
    ahead = future[0] if future else coming or before.ahead
    grouped = groups_ahead(reading, world, named)
    if grouped:
        figure, period = (f"expected_{named}",), months_ahead(world, ahead)
        return Frame("metrics", metrics=figure, dimensions=grouped, filters=filters, period=period)
    return replace(before, metrics=(named,), filters=filters, ahead=ahead)


#: Customers that one model puts in its upper bands, and those that the other does.
_OTHERS = {"churn_risk_customers": "high_risk_borrowers", "high_risk_borrowers": "churn_risk_customers"}


def other_models_number(reading: Reading, base: Frame) -> Frame | None:
    """Read "same for credit risk" after the number of those likely to leave: the number the other model tells."""
    same = any(span.text.startswith(("same", "the same")) for span in reading.spans)
    leaving = [*reading.having("modelled", "leavers"), *reading.having("metric", "average_churn_risk")]
    risky = [span for span in reading.cues("risk", "risky", "high_risk") if span not in leaving]
    said = leaving if base.metrics == ("high_risk_borrowers",) else risky
    rest = [span for span in reading.unexplained() if span not in said]
    if not same or not said or rest or len(base.metrics) != 1 or base.metrics[0] not in _OTHERS:
        return None
    reading.use(*said)
    return replace(base, metrics=(_OTHERS[base.metrics[0]],), order=(), limit=None)


def other_model(reading: Reading, base: Frame) -> Frame | None:
    """Read "same for churn" after a list of risky borrowers, and the other way round: the same list by the other."""
    leaving = [*reading.having("modelled", "leavers"), *reading.having("metric", "average_churn_risk")]
    if base.intent == "ranking" and leaving:
        reading.use(*leaving, *reading.having("term", "leavers"))
        known = table("modelled")["leavers"]["filters"]
        return Frame("leavers", filters=tuple(f for f in base.filters if f.field in known), limit=base.limit)
    risky = reading.cues("risk", "risky", "risky_borrowers", "high_risk")
    if base.intent == "leavers" and risky and not leaving:
        reading.use(*risky)
        if any(f.field not in RANKING_FILTERS for f in base.filters):
            return listed_by("probability_of_default", base.filters, base.limit or 10, safest=False)
        return Frame("ranking", filters=base.filters, limit=base.limit)
    return None
