"""What a model lists or foretells: leavers, unusual postings, segments, goals, forecasts."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.planner.calendar import add_months, containing
from assistant.planner.frame import ALL_ROWS, Frame, Intent, World
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.ranks import find_rank
from assistant.planner.parts.values import filter_of, take_values
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.words import table
from knowledge.query import Period

LISTS: tuple[Intent, ...] = ("leavers", "anomalies", "segments", "goals")
#: What can be forecast: a metric's name; activities go by it too.
FORECAST = ("spend", "inflow")
#: Lists that can be of one customer, and those that can begin on a day.
OF_ONE, DATED = ("anomalies", "goals"), ("anomalies",)
#: Lists that figures speak of too: how many there are, how they went.
COUNTED = ("leavers", "anomalies", "goals")
LONGEST = 12
#: Words between two things that both are said of somebody.
_BESIDE = frozenset({"and", "but", "aur", "also", "both", "who", "who are", "that", "that are"})


def read_list(reading: Reading, world: World) -> Frame | None:
    """Read a question for what a model lists, or return None where none is named."""
    name = next((name for name in LISTS if reading.having("modelled", name)), None)
    if name is None or reading.having("topic", "model") or (name in COUNTED and _figure(reading, world)):
        return None
    if name == "leavers" and any(
        s.has("metric", "high_risk_borrowers") or s.cue("risky_borrowers") for s in reading.spans
    ):
        return None  # of the borrowers at risk of default those who may leave
    if name == "leavers" and _risky_too(reading):
        return None
    if name == "segments" and find_rank(reading).kind and not find_rank(reading).limit:
        return None  # "the smallest segment"
    named = reading.having("modelled", name)
    kinds = tuple(dict.fromkeys(m.value for span in named for m in span.meanings if m.name == name and m.value))
    reading.use(*named, *reading.having("term", name))
    rank = find_rank(reading)
    reading.use(
        *rank.spans, *(span for span in reading.free() if noun_of(reading, span) in ("customers", "transactions"))
    )
    limit = rank.limit or (ALL_ROWS if reading.take_cue("all") else None)
    customers = reading.having("customer") if name in OF_ONE else []
    reading.use(*customers[:1])
    when = [span for span in reading.having("time") if span.time and span.time.period] if name in DATED else []
    reading.use(*when[:1])
    reading.take_cue("listing", "count", "split", "wise", "distribution", "why", "latest", "high_risk")
    reading.use(*(span for span in reading.spans[-1:] if name == "anomalies" and span.text in ("of each", "each")))
    filters = take_values(reading, world, lambda each: each in table("modelled")[name]["filters"], reading.free())
    if any(each.op not in ("=", "in") for each in filters):
        reading.notes.append("this list can only be restricted to values, not by leaving some out")
        return None
    of_kind = (filter_of(table("modelled")[name]["field"], list(kinds)),) if kinds else ()
    return Frame(
        name,
        filters=(*of_kind, *filters),
        limit=limit,
        customer=customers[0].customer if customers else "",
        period=when[0].time.period if when and when[0].time else None,
    )


def _risky_too(reading: Reading) -> bool:
    """Whether "high risk" is said beside leaving, not of it: "high risk and likely to leave"."""
    said = [span for span in reading.spans if span.cue("high_risk", "risky")]
    leaving = [span for span in reading.spans if span.has("modelled", "leavers")]
    return any(
        _BESIDE & {between.text for between in reading.between(risky, leaver)} for risky in said for leaver in leaving
    )


def _figure(reading: Reading, world: World) -> bool:
    """Whether a figure of what is listed is asked for: how many, by what, over time."""
    split = any(
        span.has("dimension")
        and noun_of(reading, span) != "customers"
        and (before := reading.before(span)) is not None
        and before.cue("split")
        for span in reading.free()
    )
    timed = any(world.vocabulary.dimensions[name].grain for span in reading.free() for name in span.names("dimension"))
    return split or timed or bool(reading.cues("count", "trend", "mean", "share", "change", "compare"))


def read_forecast(reading: Reading, world: World) -> Frame | None:
    """Read a question for the spend or inflow of months to come, or return None where it is about no such thing."""
    future = [span for span in reading.having("time") if span.time and span.time.unit == "future"]
    own = [span for name in FORECAST for span in reading.having("metric", f"expected_{name}")]
    asked = [*reading.having("modelled", "forecast"), *own, *_will(reading)]
    measure = next((name for name in FORECAST if _named(reading, name)), None)
    if not (future or asked) or (measure is None and not asked):
        return None
    bare = coming_months(reading) if not future or len(future) == 1 else []
    reading.use(*bare)
    ahead = together([*(span.time.ahead for span in future if span.time), *steps_to(bare, world)]) or (
        None if future or bare else (0, 3)
    )
    if ahead is None or sum(ahead) > LONGEST:
        reading.notes.append("I forecast whole months, at most twelve ahead")
        return None
    default = measure is None
    measure = measure or FORECAST[0]
    reading.use(*future, *asked, *_named(reading, measure), *reading.having("term", "forecast"))
    reading.take_cue("much", "count", "listing", "trend", "all")
    monthly = [
        s for s in reading.free() if any(world.vocabulary.dimensions[n].grain == "month" for n in s.names("dimension"))
    ]
    reading.use(*monthly, *(before for span in monthly if (before := reading.before(span)) and before.cue("split")))
    reading.use(*(span for span in reading.free() if noun_of(reading, span) == "customers"))
    named = reading.having("customer")
    reading.use(*named[:1])
    if default and reading.having("metric"):
        return None  # a figure is named, and none that is foretold
    grouped = groups_ahead(reading, world, measure)
    places = ("city", "state", "region", "occupation")
    filters = take_values(
        reading, world, lambda each: world.applies(each, (measure,)) and (not default or each in places), reading.free()
    )
    if grouped:
        return Frame(
            "metrics", metrics=(f"expected_{measure}",), dimensions=grouped, filters=filters,
            period=months_ahead(world, ahead),
        )  # fmt: skip
    return Frame(
        "forecast", metrics=(measure,), filters=filters, ahead=ahead, customer=named[0].customer if named else ""
    )


def groups_ahead(reading: Reading, world: World, measure: str) -> tuple[str, ...]:
    """Take what a forecast is split by; the book's forecasts of each customer are summed then."""
    own = f"expected_{measure}"
    if own not in world.vocabulary.metrics:
        return ()
    taken: list[str] = []
    for span in reading.free():
        before, after = reading.before(span), reading.after(span)
        cues = [other for other, cue in ((before, "split"), (after, "wise")) if other and other.cue(cue)]
        name = next((each for each in span.names("dimension") if world.applies(each, (own,))), "")
        if name and (cues or name in taken):
            reading.use(span, *cues)
            taken.append(name)
    return tuple(dict.fromkeys(taken))


def months_ahead(world: World, ahead: tuple[int, int]) -> Period:
    """Return the coming months: how many are left out after the clock's own, and how many follow."""
    first = add_months(containing("month", world.clock).end, ahead[0])
    return Period(start=first, end=add_months(first, ahead[1]))


def coming_months(reading: Reading) -> list[Span]:
    """Return the months that are named without a year: of what is foretold they are the coming ones."""
    said = [span for span in reading.having("time") if span.time and span.time.unit == "month"]
    return [span for span in said if not any(sign.isdigit() for sign in span.text) and "last" not in span.text]


def steps_to(months: Sequence[Span], world: World) -> list[tuple[int, int]]:
    """Return for each month how many months lie before it, and that it is one."""
    now = world.clock.month
    return [((span.time.period.start.month - now - 1) % 12, 1) for span in months if span.time and span.time.period]


def together(said: Sequence[tuple[int, int] | None]) -> tuple[int, int] | None:
    """Return stretches of months as one; None where they leave a gap or one is no whole months."""
    if not said or any(each is None for each in said):
        return None
    months = sorted({at for each in said if each for at in range(each[0], each[0] + each[1])})
    return (months[0], len(months)) if months == list(range(months[0], months[-1] + 1)) else None


def _will(reading: Reading) -> list[Span]:
    """Return the "will" that puts a month named without a year ahead: "how much will they spend in July"."""
    return [span for span in reading.spans if span.text in ("will", "shall", "would")] if coming_months(reading) else []


def _named(reading: Reading, measure: str) -> Sequence[Span]:
    return [
        *reading.having("metric", measure),
        *reading.having("activity", measure),
        *reading.having("metric", f"expected_{measure}"),
    ]
