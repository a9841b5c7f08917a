"""What the words for customers, borrowers, loans and accounts do in a question for figures."""

from __future__ import annotations

from typing import Any

from assistant.planner.frame import World
from assistant.planner.parts.limits import Limit
from assistant.planner.parts.measures import Measures, counted, noun_table, side_by_side, told_by
from assistant.planner.parts.ranks import Rank
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase

CUSTOMER = "customer_id"
#: What people are told by.
PEOPLE = ("occupation", "gender", "age_band")
#: Things that can be listed one by one → the figures shown of each.
LISTED = {"open_loans": ("outstanding", "average_days_past_due")}
#: Figures and numbers that stand in such a list.
_EACH = frozenset({"outstanding", "days_past_due", "average_days_past_due"})
#: Words before a noun that make it the one who acts or is told of, and words after it that say which are meant.
_ACTING = ("do", "did", "does", "have", "has", "are", "were", "of", "for", "from")
_RELATIVE = ("who", "with", "whose", "that", "by", "having", "which")


def settle_nouns(reading: Reading, world: World, measures: Measures, rank: Rank, limits: tuple[Limit, ...]) -> None:
    """Decide for each noun: a figure itself, what to split by, or only whom the figures are about."""
    _count_people(reading, measures)
    by_metric = any(limit.metric for limit in limits)
    _assume_what_is_split(reading, world, measures, rank)
    for name, span in measures.nouns:
        noun = noun_table(reading)[name]
        if _listed_one_by_one(reading, world, measures, name, span):
            for figure in LISTED[name]:
                measures.add_metric(reading, figure, span)
            measures.dimensions[str(noun["dimension"])] = span
            reading.use(*_told_of_each(reading))
            continue
        _take_type(reading, measures, noun)
        ranked = bool(rank.kind and measures.metrics)
        active = noun.get("active", {}).get(next(iter(measures.metrics), ""))
        wanted = (
            by_metric or (ranked and _ranked_noun(reading, span)) or (measures.metrics and _told_apart(reading, span))
        )
        if noun["dimension"] and not measures.dimensions and wanted:
            measures.add_dimension(reading, told_by(world, span) or noun["dimension"], span)
        elif counted(reading, span) and active and len(measures.metrics) == 1 and not _listed(reading, measures, span):
            reading.use(span)
            measures.metrics = {active: span}
        elif counted(reading, span) and _counts_them(world, measures, span):
            reading.use(span)
        elif not measures.metrics or counted(reading, span) or _listed(reading, measures, span):
            measures.add_metric(reading, name, span)
        elif all(noun["neutral"] == "all" or world.metric(each).view in noun["neutral"] for each in measures.metrics):
            reading.use(span)
    known = CUSTOMER in world.vocabulary.dimensions
    if rank.kind and known and not measures.dimensions and any(s.text.startswith("who") for s in reading.spans):
        measures.dimensions[CUSTOMER] = reading.spans[0]


def _count_people(reading: Reading, measures: Measures) -> None:
    """Take a word for people as a noun where they are counted: "how many gig workers logged in"."""
    people = [span for span in reading.spans if any(name in PEOPLE for name in span.names("value"))]
    said = next((span for span in people if counted(reading, span)), None)
    active = noun_table(reading).get("customers", {}).get("active", {})
    metric = next(iter(measures.metrics), "")
    if said is not None and not measures.nouns and len(measures.metrics) == 1 and metric in active:
        measures.metrics = {active[metric]: measures.metrics[metric]}


def _assume_what_is_split(reading: Reading, world: World, measures: Measures, rank: Rank) -> None:
    """Take the figure of a ranking's groups where the noun counts nothing by them: "top categories of customers"."""
    defaults: dict[str, str] = reading.words.table("measures")["default"]
    metric = next((defaults[name] for name in measures.dimensions if name in defaults), "")
    counts = all(world.applies(name, (noun,)) for name in measures.dimensions for noun, _ in measures.nouns)
    if metric and rank.kind and measures.nouns and not (measures.metrics or counts):
        measures.metrics[metric] = measures.nouns[0][1]


def _listed_one_by_one(reading: Reading, world: World, measures: Measures, name: str, span: Span) -> bool:
    """Whether the things themselves are asked for: "list all loans more than 60 days overdue"."""
    told = _told_of_each(reading) if name in LISTED else []
    own = set(measures.metrics) <= _EACH and bool(told or not measures.metrics)
    if not world.words.of_house or name not in LISTED or not own or measures.dimensions or counted(reading, span):
        return False
    before = reading.before(span)
    listing = [other for other in reading.spans if other.cue("listing") and other.text.startswith("list")]
    return bool(listing or told) and (before is None or before.cue("all", "listing") or bool(told))


def _told_of_each(reading: Reading) -> list[Span]:
    """Return what is wanted beside each: "with their outstanding", "along with dpd"."""
    places = [
        at for at, span in enumerate(reading.spans) if span.text in ("with", "along with", "showing", "alongside")
    ]
    named = [
        span
        for at in places
        for span in reading.spans[at + 1 :]
        if _EACH & {*span.names("metric"), *span.names("dimension")}
    ]
    return [span for span in named if not _limited(reading, span)]


def _limited(reading: Reading, span: Span) -> bool:
    after = reading.after(span)
    return after is not None and after.cue("above", "below", "at_least", "at_most", "between", "equal")


def _ranked_noun(reading: Reading, span: Span) -> bool:
    """Whether the noun is what is ranked: "top customers", "customers who", not "what do customers spend on most"."""
    before, after = reading.before(span), next((other for other in reading.spans if other.start == span.end), None)
    opens = (
        before is None or before.cue("most", "least", "worst", "best", "all", "listing", "rank") or before.has("number")
    )
    return bool(opens or (after and after.text in _RELATIVE))


def _told_apart(reading: Reading, span: Span) -> bool:
    """Whether the figure tells which of them are meant: "customers with loan-app payments".

    Behind a figure and "of" they are whom it is about: "average loan amount of accounts with weekly statements".
    """
    earlier = [other for other in reading.spans if other.end <= span.start]
    if len(earlier) > 1 and earlier[-1].text == "of" and earlier[-2].has("metric"):
        return False
    after = next((other for other in reading.spans if other.start == span.end), None)
    return bool(after and after.text in ("with", "having", "who", "whose") and not counted(reading, span))


def _counts_them(world: World, measures: Measures, span: Span) -> bool:
    """Whether the one metric counts what the noun names already: "how many customers have pending KYC"."""
    labels = [phrase(world.metric(name).label) for name in measures.metrics if world.metric(name).unit == "count"]
    return len(measures.metrics) == 1 == len(labels) and phrase(span.text)[-1] in labels[0]


def _take_type(reading: Reading, measures: Measures, noun: dict[str, Any]) -> None:
    """Take "type" beside a noun: the type of loans is their product."""
    said = reading.cues("type")
    if said and noun.get("type"):
        measures.add_dimension(reading, noun["type"], said[0])


def _listed(reading: Reading, measures: Measures, span: Span) -> bool:
    before = next((other for other in reading.spans if other.end == span.start), None)
    if before is not None and before.has("value"):
        return False  # "for salaried customers, the average score": whom the figure is about
    return any(side_by_side(reading, span, other) for other in measures.metrics.values())
