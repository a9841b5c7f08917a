"""Questions for customers by what they did, did not do, or stopped doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.planner.calendar import DAY, add_months, containing, rolling
from assistant.planner.frame import Frame, World
from assistant.planner.parts.limits import take_limits
from assistant.planner.parts.measures import counted, noun_of
from assistant.planner.parts.nouns import CUSTOMER
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.values import filter_of, take_values
from assistant.planner.parts.when import When, take_when
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Each, Filter, Order, Period

#: Nouns whose members a set is made of → the figure that is one for each of them.
_MEMBERS = ("customers", "borrowers")
_RELATIVE = (
    "ka",
    "ke",
    "ki",
    "jinka",
    "jinki",
    "jinke",
    "who",
    "that",
    "with",
    "having",
    "who have",
    "who had",
    "have",
    "had",
    "who has",
    "has",
)
_ARTICLES = ("a", "an", "the", "any", "also")
_WITHIN = ("in", "for", "within", "over", "since", "past")
_BANDS = ["high", "very high"]
#: Customers in the upper bands of the churn model, and of the credit model.
CHURNING, AT_RISK = "churn_risk_customers", "high_risk_borrowers"


@dataclass(frozen=True)
class _Clause:
    """One thing that the members did (``present``), did not do, or stopped doing (``stopped``)."""

    metric: str
    span: Span
    present: bool
    stopped: bool = False


def read_set(reading: Reading, world: World) -> Frame | None:
    """Read a question for the customers who did one thing and not another; None where it is no such question."""
    noun = _members(reading)
    if noun is None:
        return None
    when = _window(reading, world) or take_when(reading, world)
    limits = list(take_limits(reading, world, of_borrower=True))
    clauses = _with_risk(reading, _clauses(reading, world))
    if not clauses or when.grain or when.compare_to or not _tells_who(reading, clauses):
        return None
    counting = any(
        counted(reading, span)
        for span in reading.spans
        if noun_of(reading, span) in _MEMBERS
        or (span == clauses[0].span and (clauses[0].metric == AT_RISK or _counts_members(span)))
    )
    absent = any(not clause.present for clause in clauses)
    banded = bool(reading.cues("high_risk", "risky_borrowers", "risky"))
    based = absent or (noun == "borrowers" and not banded)
    metrics = tuple(dict.fromkeys([*([noun] if based else []), *(clause.metric for clause in clauses)]))
    metrics = (
        *metrics,
        *(limit.condition.field for limit in limits if limit.metric and limit.condition.field not in metrics),
    )
    _use_members(reading)
    filters = [
        *_bands(reading),
        *take_values(reading, world, lambda name: world.applies(name, metrics), reading.free()),
    ]
    order, limit = _ranked(reading, clauses)
    if order and not counting:  # the two probabilities first: they are what the list is about
        metrics = tuple(dict.fromkeys(["average_pd", "average_churn_risk", *metrics]))
    period, against = _times(when, clauses, world)
    conditions = [*([_some(noun)] if based else []), *(c for clause in clauses for c in _conditions(clause))]
    return Frame(
        "metrics",
        metrics=metrics,
        dimensions=() if counting else (CUSTOMER,),
        filters=(*filters, *conditions, *(limit.condition for limit in limits)),
        each=Each(over=CUSTOMER, statistic="count") if counting else None,
        period=period,
        against=against,
        order=() if counting else order,
        limit=None if counting else limit,
    )


def _ranked(reading: Reading, clauses: Sequence[_Clause]) -> tuple[tuple[Order, ...], int | None]:
    """Take how many of the riskiest are asked for, where risk is one of the clauses: they go by it."""
    if clauses[0].metric != AT_RISK:
        return (), None
    rank = find_rank(reading)
    reading.use(*rank.spans)
    return (Order(field="average_pd", direction="desc"),), rank.limit


def _window(reading: Reading, world: World) -> When | None:
    """Take "in 90 days" behind something that did not happen: the 90 days up to the data clock."""
    for span in reading.having("number"):
        said, before = span.quantity, next((s for s in reading.spans if s.end == span.start), None)
        if said and said.unit in ("days", "months") and before and before.text in _WITHIN and reading.cues("none"):
            reading.use(span)
            return When(rolling(said.unit.removesuffix("s"), int(said.value), world.clock))
    return None


def _members(reading: Reading) -> str | None:
    """Return the noun whose members are asked for; "whose" and "who" alone mean customers."""
    nouns = [noun_of(reading, span) for span in reading.spans if noun_of(reading, span) in _MEMBERS]
    nouns += ["customers" for span in reading.spans if _counts_members(span)]
    if nouns:
        return nouns[0]
    if reading.cues("high_risk", "risky_borrowers"):
        return "borrowers"
    return "customers" if any(span.text.startswith(("who", "kis")) for span in reading.spans) else None


def _use_members(reading: Reading) -> None:
    reading.use(*(span for span in reading.free() if noun_of(reading, span) in _MEMBERS))
    reading.take_cue("all", "listing")


def _bands(reading: Reading) -> tuple[Filter, ...]:
    risky = reading.take_cue("high_risk", "risky_borrowers", "risky")
    return (filter_of("band", _BANDS),) if risky else ()


def _clauses(reading: Reading, world: World) -> list[_Clause]:
    """Take every activity, with the word before it that denies it or the word beside it that ends it."""
    clauses = []
    members: dict[str, str] = table("measures")["membership"]
    for span in reading.free():
        counted_by = next((members[name] for name in span.names("metric") if name in members), "")
        metric = next(iter(span.names("activity")), counted_by)
        if metric not in world.vocabulary.metrics or _amount_follows(reading, span):
            continue
        denied = _denial(reading, span)
        ended = _ending(reading, span)
        reading.use(span, *([denied] if denied else []), *([ended] if ended else []))
        clauses.append(_Clause(metric, span, present=not denied, stopped=ended is not None))
    return clauses


def _with_risk(reading: Reading, clauses: list[_Clause]) -> list[_Clause]:
    """Return the clauses with risk as one of them, where two models are asked: their bands are not each other's."""
    risky = reading.cues("high_risk", "risky_borrowers", "risky")
    if not risky or not any(clause.metric == CHURNING for clause in clauses):
        return clauses
    reading.use(*risky)
    return [_Clause(AT_RISK, risky[0], present=True), *clauses]


def _tells_who(reading: Reading, clauses: Sequence[_Clause]) -> bool:
    """Whether the activities say who is meant, and not what is asked about him: behind "who", denied or ended."""
    if clauses[0].metric == AT_RISK or any(clause.stopped or not clause.present for clause in clauses):
        return True
    first = clauses[0].span
    if _counts_members(first):
        told = any(word in _RELATIVE for word in first.text.split())
        return len(clauses) > 1 or (told and not counted(reading, first) and not reading.cues("split"))
    earlier = (s for s in reversed(reading.spans) if s.end <= clauses[0].span.start)
    before = next((s for s in earlier if s.text not in _ARTICLES), None)
    if before is not None and noun_of(reading, before) in _MEMBERS and counted(reading, before):
        return True  # "how many people logged in"
    return before is not None and before.text in _RELATIVE


def _counts_members(span: Span) -> bool:
    return any(name in table("measures")["membership"] for name in span.names("metric"))


def _amount_follows(reading: Reading, span: Span) -> bool:
    """Whether a limit goes with the activity: it is then one on the figure, taken with the limits."""
    after = reading.after(span)
    return after is not None and after.cue("above", "below", "at_least", "at_most", "between")


def _denial(reading: Reading, span: Span) -> Span | None:
    before, after = reading.before(span), reading.after(span)
    if after and after.text == "nothing":
        return after
    return before if before and before.cue("none") else None


def _ending(reading: Reading, span: Span) -> Span | None:
    beside = (reading.after(span), reading.before(span))
    return next((other for other in beside if other and other.cue("stopped")), None)


def _some(metric: str) -> Filter:
    return Filter(field=metric, op=">", value=0)


def _conditions(clause: _Clause) -> list[Filter]:
    if clause.stopped:
        return [
            Filter(field=clause.metric, op="=", value=0),
            Filter(field=f"{clause.metric}_previous", op=">", value=0),
        ]
    return [_some(clause.metric) if clause.present else Filter(field=clause.metric, op="=", value=0)]


def _times(when: When, clauses: Sequence[_Clause], world: World) -> tuple[Period | None, Period | None]:
    """Return the period of what was done, and of what came before what stopped."""
    if not any(clause.stopped for clause in clauses):
        return when.period, when.against
    months = table("measures")["stopped"]
    end = when.period.end if when.period else world.clock + DAY
    start = when.period.start if when.period else add_months(containing("month", end - DAY).end, -months["without"])
    return Period(start=start, end=end), Period(start=add_months(start, -months["before"]), end=start)
