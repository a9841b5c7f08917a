"""Lists of borrowers by risk."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import ALL_ROWS, RANKING_FILTERS, Definition, Frame, World
from assistant.planner.intents.metrics import asks_for_customers
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.values import filter_of, is_label, take_values
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Filter, Order

_BANDS = ["high", "very high"]
#: A borrower's own numbers: a limit on one of them asks for a list.
_OWN = ("probability_of_default", "expected_loss", "days_past_due", "score", "exposure", "open_loans")
#: Definitions of risk that a limit on them implies.
_LIMITED: tuple[Definition, ...] = ("days_past_due", "expected_loss")
_SINGULAR = ("borrower", "customer", "client")
_LEFT_OUT = ("NPA", "written_off")
#: Rows of a list that says no number.
_ROWS = 100


def read_ranking(reading: Reading, world: World) -> Frame | None:
    """Read a question for a list of borrowers by risk, or return None where it is not one."""
    said = take_limits(reading, world, of_borrower=True)
    held = [limit for limit in said if not limit.metric or limit.condition.field == "expected_loss"]
    reading.release(*(span for limit in said if limit not in held for span in limit.spans))
    limits = [limit.condition for limit in held]
    rank = find_rank(reading)
    own = [condition.field for condition in limits if condition.field in _OWN]
    if _has_both(reading):
        return None
    if _asks_otherwise(reading, world) or not (_is_ranking(reading, rank) or (own and _without_figures(reading))):
        return None
    safest = _take_safest(reading, rank)
    overdue = bool(reading.cues("overdue")) and not (rank.kind or rank.limit or own or reading.cues("rank"))
    _take_totals(reading)
    limited: list[Definition] = [by for by in _LIMITED if by in own]
    by, _ = definition_of(reading, limited[0] if limited else "probability_of_default")
    defaulted = reading.take_cue("defaulters")
    bands = _take_high_risk(reading)
    limit = _limit(reading, rank)
    reading.use(*rank.spans)
    reading.take_cue("risky", "risky_borrowers", "risk", "latest", "horizon", "rank")
    reading.use(*(span for span in reading.free() if noun_of(reading, span) in ("borrowers", "customers")))
    reading.use(*reading.having("dimension", "customer_id"), *(s for s in reading.having("time") if _is_now(s, world)))
    values = take_values(reading, world, lambda name: world.applies(name, ("average_pd",)), reading.free())
    reading.take_cue("split")
    filters = tuple(f for f in (*bands, *values, *limits) if not _left_out_anyway(f))
    if defaulted:
        return _in_default(filters, limit)
    late = (Filter(field="days_past_due", op=">", value=0),) if overdue else ()
    if rank.skip:
        return replace(listed_by(by, (*filters, *late), 1, safest=safest), skip=rank.skip)
    if safest or late or any(f.field not in RANKING_FILTERS or f.op not in ("=", "in") for f in filters):
        return listed_by(by, (*filters, *late), limit, safest=safest)
    return Frame("ranking", filters=filters, by=by, limit=limit)


def _has_both(reading: Reading) -> bool:
    """Whether borrowers with one product *and* another are meant: "also have", "as well as"."""
    products = [span for span in reading.spans if span.has("value", "product")]
    return len(products) > 1 and any(span.text in ("also", "both", "as well", "as well as") for span in reading.spans)


def _asks_otherwise(reading: Reading, world: World) -> bool:
    """Whether a count, a course, one customer or groups are asked for, not borrowers one by one."""
    times = [span for span in reading.having("time") if not _is_now(span, world)]
    other = reading.cues("count", "trend", "change", "compare") or reading.having("customer") or times
    if times and reading.cues("risky", "risky_borrowers"):
        reading.notes.append("the ranking is of the newest scores")
    return bool(other) or any(_splits(reading, world, span) for span in reading.free())


def _is_now(span: Span, world: World) -> bool:
    """Whether a time is the data clock's own day: the ranking is of now."""
    return bool(span.time and span.time.unit == "day" and span.time.period and span.time.period.start == world.clock)


def _take_totals(reading: Reading) -> None:
    """Take the expected loss or exposure *of* a list: both totals are told with every ranking."""
    if not reading.cues("risky_borrowers", "risky"):
        return
    for span in reading.having("metric"):
        before = reading.before(span)
        told = set(span.names("metric")) & {"expected_loss", "outstanding", "exposure_at_default"}
        last = span == reading.spans[-1]
        if told and not (before and (before.cue("split", "most", "worst") or (before.text == "with" and not last))):
            reading.use(span)


def _splits(reading: Reading, world: World, span: Span) -> bool:
    """Whether a span names what to split figures by: a category, and not as the label of a value beside it."""
    if noun_of(reading, span) or span.has("metric") or span.has("value"):
        return False
    names = [name for name in span.names("dimension") if world.vocabulary.dimensions[name].kind == "category"]
    return bool(names) and not any(is_label(reading, span, name) for name in names)


def _is_ranking(reading: Reading, rank: Rank) -> bool:
    """Whether borrowers are asked for under a word for risk, or without any figure."""
    people = asks_for_customers(reading)
    asked = people or any(span.cue("listing", "all") for span in reading.spans)
    ranked = rank.kind is not None or rank.limit is not None or bool(reading.cues("rank"))
    if reading.cues("risky_borrowers", "safest", "high_risk") or (
        people and _of_band(reading) and not reading.cues("average", "median", "share")
    ):
        return _without_figures(reading)
    if reading.cues("risky"):
        return (asked or ranked) and _without_figures(reading)
    if reading.cues("defaulters"):
        return asked or ranked or len(reading.unexplained()) == 1
    if reading.cues("risk", "overdue") or _measure(reading) or reading.having("metric", "average_score"):
        return ranked or (people and asked and bool(reading.cues("overdue")))
    if people and rank.kind == "worst" and _without_figures(reading):
        return True
    return any(span.cue("listing", "all") for span in reading.spans) and _only_borrowers(reading)


def _of_band(reading: Reading) -> bool:
    """Whether borrowers of one band are asked for: "low risk borrowers in Pune"."""
    named = [span for span in reading.having("metric") if not (noun_of(reading, span) or span.has("value"))]
    return not named and any(
        span.has("value", "band") and span.text.endswith(("risk", "risky")) for span in reading.spans
    )


def _without_figures(reading: Reading) -> bool:
    """Whether no figure is named beyond what says risk."""
    return not [span for span in reading.having("metric") if not (noun_of(reading, span) or _says_risk(span))]


def _says_risk(span: Span) -> bool:
    named = {"average_score", *(name for names in table("measures")["ranking"].values() for name in names)}
    if {"outstanding", "exposure_at_default"} & set(span.names("metric")):
        return True
    words = ("risk", "risky", "risky_borrowers", "high_risk", "overdue", "safest", "defaulters")
    return span.cue(*words) or bool(named & set(span.names("metric"))) or span.has("value")


def _only_borrowers(reading: Reading) -> bool:
    """Whether it is a plain "list borrowers in Pune": no figure is named, so the list goes by risk."""
    return any(noun_of(reading, span) == "borrowers" for span in reading.spans) and _without_figures(reading)


def _measure(reading: Reading) -> Definition | None:
    named: dict[Definition, list[str]] = table("measures")["ranking"]
    for span in reading.free():
        for by, metrics in named.items():
            if any(span.has("metric", name) for name in metrics):
                return by
    return None


def _take_safest(reading: Reading, rank: Rank) -> bool:
    """Whether the safe end is wanted. A score turns the ends round: the lowest score is the highest risk."""
    scores = reading.having("metric", "average_score")
    reading.use(*scores)
    if scores:
        return rank.kind in ("most", "best")
    return reading.take_cue("safest") or rank.kind == "least"


def definition_of(reading: Reading, otherwise: Definition) -> tuple[Definition, bool]:
    """Take the words that say what risk means; return it, and whether it was said."""
    measure = _measure(reading)
    names = [name for names in table("measures")["ranking"].values() for name in names]
    reading.use(*(span for span in reading.having("metric") if any(span.has("metric", name) for name in names)))
    if measure is None and reading.take_cue("overdue"):
        measure = "days_past_due"
    if measure is None and reading.take_cue("risk"):
        measure = "probability_of_default"
    return measure or otherwise, measure is not None


def _take_high_risk(reading: Reading) -> tuple[Filter, ...]:
    return (filter_of("band", _BANDS),) if reading.take_cue("high_risk") else ()


def _limit(reading: Reading, rank: Rank) -> int | None:
    if rank.limit:
        return rank.limit
    single = any(span.cue("risky_borrowers") and span.text.endswith(_SINGULAR) for span in reading.spans)
    if single:
        return 1
    return ALL_ROWS if reading.take_cue("all") else None


def _left_out_anyway(condition: Filter) -> bool:
    """Whether a condition restricts nothing: NPA and written-off borrowers are left out of the ranking anyway."""
    return condition.field == "sma_class" and condition.op == "!=" and condition.value in _LEFT_OUT


def _in_default(filters: tuple[Filter, ...], limit: int | None) -> Frame:
    """Return the list of those who have defaulted already: the NPA amount by customer."""
    frame = listed_by("expected_loss", filters, limit, safest=False)
    return replace(frame, metrics=("npa_amount",), order=(Order(field="npa_amount", direction="desc"),))


def listed_by(by: Definition, filters: tuple[Filter, ...], limit: int | None, *, safest: bool) -> Frame:
    """Return the list as a question for figures, where it needs filters or an end that the ranking lacks."""
    metric: str = table("measures")["listed"][by]
    beside = "outstanding" if by == "days_past_due" else "exposure_at_default"
    own = [name for field, name in table("measures")["shown"].items() if any(f.field == field for f in filters)]
    return Frame(
        "metrics",
        metrics=tuple(dict.fromkeys((metric, beside, *own))),
        dimensions=("customer_id",),
        filters=filters,
        order=(Order(field=metric, direction="asc" if safest else "desc"),),
        limit=limit or _ROWS,
    )
