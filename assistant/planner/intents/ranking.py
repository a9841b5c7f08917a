"""Lists of the riskiest borrowers."""

from __future__ import annotations

from assistant.planner.frame import ALL_ROWS, RANKING_FILTERS, Definition, Frame, World
from assistant.planner.intents.metrics import asks_for_customers
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.parts.values import filter_of, take_values
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Filter, Order

_BANDS = ["high", "very high"]
_OWN = ("probability_of_default", "expected_loss", "days_past_due", "score", "exposure", "open_loans")
_SINGULAR = ("borrower", "customer", "client")
_LEFT_OUT = ("NPA", "written_off")


def read_ranking(reading: Reading, world: World) -> Frame | None:
    """Read a question for a list of borrowers by risk, or return None where it is not one."""
    limits = [limit.condition for limit in take_limits(reading, world, of_borrower=True)]
    rank = find_rank(reading)
    own = [condition.field for condition in limits if condition.field in _OWN]
    if not (_is_ranking(reading, world, rank) or (own and _asks_for_list(reading))):
        return None
    safest = reading.take_cue("safest")
    by, _ = definition_of(reading, "days_past_due" if "days_past_due" in own else "probability_of_default")
    bands = _take_high_risk(reading, rank)
    limit = _limit(reading, rank)
    reading.use(*rank.spans)
    reading.take_cue("risky", "risky_borrowers", "risk", "overdue", "latest")
    reading.use(*(span for span in reading.having("dimension", "customer_id")))
    values = take_values(reading, world, lambda name: world.applies(name, ("average_pd",)), reading.free())
    filters = tuple(f for f in (*bands, *values, *limits) if not _left_out_anyway(f))
    reading.take_cue("split")
    if safest or any(f.field not in RANKING_FILTERS or f.op not in ("=", "in") for f in filters):
        return listed_by(by, filters, limit, safest=safest)
    return Frame("ranking", filters=filters, by=by, limit=limit)


def _is_ranking(reading: Reading, world: World, rank: Rank) -> bool:
    """Borrowers are asked for one by one, under a word for risk."""
    if reading.cues("count", "trend", "change", "compare") or reading.having("customer") or reading.having("time"):
        return False
    if any(_splits(world, span) for span in reading.spans):
        return False
    asked = asks_for_customers(reading) or any(span.cue("listing") for span in reading.spans)
    ranked = rank.kind is not None or rank.limit is not None
    if reading.cues("risky_borrowers", "safest", "high_risk"):
        return True
    if reading.cues("risky"):
        return asked or ranked
    if reading.cues("risk", "overdue") or _measure(reading):
        return ranked and (asks_for_customers(reading) or not reading.having("dimension") or asked)
    return _plain_list(reading)


def _asks_for_list(reading: Reading) -> bool:
    """Whether customers under a limit on their own number are asked for, and no other figure."""
    figures = [span for span in reading.having("metric") if not noun_of(span)]
    counts = reading.cues("count", "trend", "change", "compare") or reading.having("time")
    return asks_for_customers(reading) and not (figures or counts)


def _splits(world: World, span: Span) -> bool:
    """Whether a span names something to split figures by, other than the borrowers and the bands themselves."""
    declared = world.vocabulary.dimensions
    return not (span.has("metric") or span.has("value") or span.has("cue")) and any(
        name not in ("customer_id", *RANKING_FILTERS[:4], "band") and declared[name].kind == "category"
        for name in span.names("dimension")
    )


def _measure(reading: Reading) -> Definition | None:
    named: dict[Definition, list[str]] = table("measures")["ranking"]
    for span in reading.spans:
        for by, metrics in named.items():
            if any(span.has("metric", name) for name in metrics):
                return by
    return None


def _plain_list(reading: Reading) -> bool:
    """Whether it is a plain "list borrowers in Pune": no figure is named, so the list goes by risk."""
    borrowers = [span for span in reading.spans if span.has("metric", "borrowers") and span.text.startswith("borrower")]
    figures = [span for span in reading.having("metric") if span not in borrowers]
    return bool(borrowers) and any(span.cue("listing", "all") for span in reading.spans) and not figures


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


def _take_high_risk(reading: Reading, rank: Rank) -> tuple[Filter, ...]:
    """Take "high risk borrowers" as those of the upper bands, unless a number asks for the top."""
    found = reading.cues("high_risk")
    if not found or rank.kind or rank.limit:
        return ()
    reading.use(*found)
    return (filter_of("band", _BANDS),)


def _limit(reading: Reading, rank: Rank) -> int | None:
    if rank.limit:
        return rank.limit
    single = any(span.cue("risky_borrowers") and span.text.endswith(_SINGULAR) for span in reading.spans)
    if single:
        return 1
    return ALL_ROWS if reading.take_cue("all") else None


def _left_out_anyway(condition: Filter) -> bool:
    """Whether a condition restricts nothing, such as "excluding NPA": the ranking leaves NPA and written-off borrowers out."""
    return condition.field == "sma_class" and condition.op == "!=" and condition.value in _LEFT_OUT


def listed_by(by: Definition, filters: tuple[Filter, ...], limit: int | None, *, safest: bool) -> Frame:
    """The list as a question for figures, where it needs filters or an end that the ranking lacks."""
    metric: str = table("measures")["listed"][by]
    beside = "outstanding" if by == "days_past_due" else "exposure_at_default"
    return Frame(
        "metrics", metrics=(metric, beside), dimensions=("customer_id",), filters=filters,
        order=(Order(field=metric, direction="asc" if safest else "desc"),), limit=limit or 100,
    )  # fmt: skip
