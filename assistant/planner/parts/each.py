"""Statistics over customers, loans and the like: "median spend per customer", "how many spent over 1 lakh"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.planner.frame import World
from assistant.planner.parts.limits import Limit
from assistant.planner.parts.measures import Measures, counted, noun_table
from assistant.planner.parts.ranks import SUPERLATIVES
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Each, Statistic

#: Words before a group that the statistic goes over.
_PER = ("per", "each", "every", "for each", "for every", "of each", "a", "har")
_MEANS = ("average", "avg", "mean")
#: Units of figures that may be averaged over groups: a mean of ratios is no ratio of the whole.
_SUMMED = ("currency", "count")


def take_each(reading: Reading, world: World, measures: Measures, limits: Sequence[Limit]) -> Each | None:
    """Take the statistic that is asked for, with what it goes over; the figure may give way to what it averages."""
    if len(measures.metrics) == 1:
        return _statistic(reading, world, measures, chosen=bool(limits)) or _number_that_meet(
            reading, world, measures, limits
        )
    return _number_that_meet(reading, world, measures, limits)


def take_summed(reading: Reading, measures: Measures) -> None:
    """Read a number of each loan or borrower behind "average" or "median" as the figure that averages it."""
    if measures.metrics or not reading.cues("median", "average"):
        return
    summed: dict[str, str] = reading.words.table("measures")["summed"]
    for name, span in list(measures.dimensions.items()):
        if name in summed:
            del measures.dimensions[name]
            measures.add_metric(reading, summed[name], span)
            return
    for span in reading.having("dimension"):
        averaged = next((summed[name] for name in span.names("dimension") if name in summed), None)
        if averaged:
            measures.add_metric(reading, averaged, span)
            return


def _statistic(reading: Reading, world: World, measures: Measures, *, chosen: bool) -> Each | None:
    metric = next(iter(measures.metrics))
    average: dict[str, Any] = reading.words.table("measures")["averages"].get(metric, {})
    cues = reading.cues("median") or reading.cues("average")
    wanted: Statistic = "median" if cues and cues[0].cue("median") else "average"
    said = _per(reading, world, measures)
    if average and (said == average["over"] or said is None):
        return _of_average(reading, measures, cues, wanted, average["over"], said)
    summed = world.metric(metric).unit in _SUMMED
    others = [name for name in measures.dimensions if name != said]
    one = summed and not chosen and _for_one(reading, measures, said)  # "spend per customer"
    if said is not None and (cues or average or one or (_how_many(reading, others) and summed)):
        if average and "of" not in average:
            return None
        measures.metrics = {average.get("of", metric): measures.metrics[metric]}
        return _over(reading, measures, cues, wanted, said)
    unit = world.metric(metric).unit
    nouns = [str(noun_table(reading)[name]["dimension"]) for name, _ in measures.nouns if name not in measures.metrics]
    noun = nouns[0] if nouns else ""
    if cues and noun and unit in _SUMMED and noun not in measures.dimensions and world.applies(noun, (metric,)):
        return _over(reading, measures, cues, wanted, noun)
    things: dict[str, str] = reading.words.table("measures").get("things", {})
    own = things.get(world.metric(metric).view, "")
    if cues and wanted == "median" and own and unit in _SUMMED and own not in measures.dimensions:
        return _over(reading, measures, cues, wanted, own)
    return None


def _for_one(reading: Reading, measures: Measures, said: str | None) -> bool:
    """Whether "per customer" asks what it comes to for one of them, not for the list of all of them."""
    span = measures.dimensions.get(said or "")
    if span is None or reading.cues(*SUPERLATIVES, "rank", "all", "trend"):
        return False
    before = reading.before(span)
    per = span.text.startswith("per ") or (before is not None and before.text == "per")
    return per and not any(s.cue("listing") and s.text.startswith("list") for s in reading.spans)


def _how_many(reading: Reading, others: Sequence[str]) -> bool:
    """Whether one figure is asked for, not a list: "how many logins per customer"."""
    return bool(others) or bool(reading.cues("count", "much"))


def _of_average(
    reading: Reading, measures: Measures, cues: Sequence[Span], wanted: Statistic, over: str, said: str | None
) -> Each | None:
    """An average said with its own group is itself; its median goes over that group."""
    if wanted == "median" and any(word in _MEANS for span in measures.metrics.values() for word in span.text.split()):
        return None
    beside = next(iter(measures.metrics.values())).start
    if said:
        del measures.dimensions[said]
    reading.use(*(cue for cue in cues if said or cue.end == beside))
    return Each(over=over, statistic="median") if cues and wanted == "median" else None


def _over(reading: Reading, measures: Measures, cues: Sequence[Span], wanted: Statistic, over: str) -> Each:
    measures.dimensions.pop(over, None)
    reading.use(*cues)
    return Each(over=over, statistic=wanted)


def _per(reading: Reading, world: World, measures: Measures) -> str | None:
    """Return the single customers, loans or accounts that a figure is asked for each of."""
    for name, span in measures.dimensions.items():
        before = reading.before(span)
        said = span.text.startswith("per ") or (before is not None and before.text in _PER)
        if world.vocabulary.dimensions[name].identifying and said:
            return name
    return None


def _number_that_meet(reading: Reading, world: World, measures: Measures, limits: Sequence[Limit]) -> Each | None:
    """Take "how many" before the groups that limits choose among: their number is asked for, not their list."""
    if not any(limit.metric for limit in limits) or len(measures.dimensions) != 1:
        return None
    name, span = next(iter(measures.dimensions.items()))
    if not counted(reading, span) or world.vocabulary.dimensions[name].kind != "category":
        return None
    del measures.dimensions[name]
    return Each(over=name, statistic="count")
