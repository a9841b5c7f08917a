"""Totals and numbers of what was asked before: "how many is that in all?", "how many are in Jaipur?" after a sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.planner.context import Context
from assistant.planner.frame import Frame, World
from assistant.planner.going_on import carried
from assistant.planner.intents.loans import AMOUNT
from assistant.planner.parts.measures import noun_of
from assistant.planner.reading import Reading
from assistant.planner.words import table
from knowledge.query import Each

#: Words that ask for the whole of a table, and for a quantity that has no number.
_WHOLE = frozenset({"total", "sum", "overall", "altogether", "kul", "combined", "together"})
_UNCOUNTED = ("kitna", "kitni", "value of", "worth of", "sum of")
#: What a list has a row of each of.
_ROWS = ("customer_id", "loan_id", "account_id")
#: Kinds of meaning of what a question asks anew.
_NEW = ("metric", "dimension", "value", "activity", "modelled", "customer", "time", "topic", "number")
#: Sums of money whose number is no number of the same things.
_OF_POSTINGS = ("spend", "inflow", "outflow")


def summed_up(reading: Reading, world: World, before: Frame) -> Frame | None:
    """Read "how many is that in all?" as the whole of the table before; None where something else is asked.

    The first rows of a ranking are added up; states at several times are not.
    """
    if not (before.dimensions or before.grain):
        return None
    words = {word for span in reading.spans for word in span.text.split()}
    closing = reading.spans[-1].text in table("openings")["closing"] and reading.cues("count")
    own = [span for span in reading.free() if noun_of(reading, span) in before.metrics]
    rest = [span for span in reading.spans if span not in own]
    if not (words & _WHOLE or reading.cues("together") or closing):
        return None
    if any(span.has(kind) for span in rest for kind in _NEW):  # type: ignore[arg-type]
        return None
    if {*_ROWS} & {*before.dimensions}:
        return _how_many_rows(reading, before)
    if before.grain and any(world.metric(name).time_kind != "flow" for name in before.metrics):
        return None
    if before.limit and any(world.metric(name).unit not in ("currency", "count") for name in before.metrics):
        return None
    reading.use(*reading.spans)
    if before.limit:
        return replace(before, together=True)
    return replace(before, dimensions=(), grain=None, order=(), share=False, compare_to=None)


def _how_many_rows(reading: Reading, before: Frame) -> Frame | None:
    """Return the number of the customers of a whole list; of other rows it is not told here."""
    if before.dimensions != ("customer_id",) or before.limit or not reading.cues("count"):
        return None
    reading.use(*reading.spans)
    each = Each(over="customer_id", statistic="count")
    return replace(
        before, metrics=before.metrics[:1], dimensions=(), order=(), each=each, compare_to=None, against=None
    )


def counting(reading: Reading, world: World, context: Context) -> Context:
    """Put the number of what a sum was of in its place, where "how many are in Pune?" asks for no figure by name.

    It is the number that was asked for earlier of the same, or the number of the things the sum goes over. Where there
    is neither, nothing is left to go on from.
    """
    base = context.base
    if base is None or base.intent != "metrics" or base.dimensions or not _asks_how_many(reading):
        return context
    if all(world.metric(name).unit == "count" for name in base.metrics) or (
        base.each and base.each.statistic == "count"
    ):
        return context
    of_same = next((frame for frame in context.figures if _counts_the_same(frame, base, world)), None)
    if of_same is not None:
        fields = {each.field for each in (*of_same.filters, *carried(of_same, base.metrics, world))}
        added = (f for f in base.filters if f.field not in fields and world.applies(f.field, of_same.metrics))
        return replace(context, base=replace(of_same, filters=(*of_same.filters, *added)))
    numbers: Mapping[str, str] = reading.words.table("measures").get("number_of", {})
    number = numbers.get(base.metrics[0], "") if base.metrics[0] not in _OF_POSTINGS else ""
    if not number or base.each or base.ratio or base.share:
        return replace(context, base=None)
    return replace(context, base=replace(base, metrics=(number,)))


def _asks_how_many(reading: Reading) -> bool:
    """Whether a number is asked for, of nothing that is named."""
    count = [span for span in reading.cues("count") if span.text not in _UNCOUNTED]
    words = {word for span in reading.spans for word in span.text.split()}
    named = any(span.has("metric") or span.has("activity") or noun_of(reading, span) for span in reading.spans)
    return bool(count) and not named and not words & AMOUNT


def _counts_the_same(frame: Frame, base: Frame, world: World) -> bool:
    """Whether an earlier question counted what the newest one tells another figure of."""
    if frame.dimensions or frame.grain or not all(world.metric(name).unit == "count" for name in frame.metrics):
        return False
    kept = {*base.filters}
    return all(each in kept for each in (*frame.filters, *carried(frame, base.metrics, world)))
