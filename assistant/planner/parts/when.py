"""The time a question is about, and what it compares with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.planner.calendar import add_months, clipped, containing, previous, shifted, year_before
from assistant.planner.frame import Comparison, World
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter, Period
from knowledge.vocabulary import Grain

#: "Before 2015" begins here: before everything.
_DAWN = 1900
_YEARS = ("year", "fiscal_year")
_YEAR_TO_YEAR = re.compile(r"(?:between|from) ((?:19|20)\d\d) (?:and|to|until|till) ((?:19|20)\d\d)")


@dataclass(frozen=True)
class When:
    """Period, comparison and grain of a question.

    ``versus`` is a second period to set beside the first, ``against`` one that the change is counted from; ``course``
    is the stretch over which a change is asked for: of states, between its ends.
    """

    period: Period | None = None
    compare_to: Comparison | None = None
    grain: Grain | None = None
    versus: Period | None = None
    against: Period | None = None
    course: Period | None = None


def take_when(reading: Reading, world: World, *, before: Period | None = None) -> When:
    """Take times, grains and comparisons in time. A time after the data clock stays unexplained, with a note.

    Parameters
    ----------
    reading
        The question.
    world
        What there is.
    before
        The period of the question before, which a comparison is about when it names none.
    """
    grain = _take_grain(reading, world)
    said = [span for span in reading.having("time") if span.time]
    if any(span.time and span.time.period is None for span in said):
        reading.notes.append("the books end before that")
        return When(grain=grain)
    when = _pair(reading, said, world) or _single(reading, said, world, before)
    if not _who_moved(reading) and reading.take_cue("trend"):
        grain, when = grain or "month", replace(when, course=None, compare_to=None)
    return replace(when, grain=grain or when.grain)


def _who_moved(reading: Reading) -> bool:
    """Whether "who moved" speaks of customers that went from one state to another, not of a course."""
    pairs = zip(reading.spans, reading.spans[1:], strict=False)
    return any(first.text == "who" and second.text.startswith("moved") for first, second in pairs)


def _take_grain(reading: Reading, world: World) -> Grain | None:
    """Take the bucket of time; said twice ("monthly trend by month") it is one."""
    taken: Grain | None = None
    for span in reading.having("dimension"):
        grains = [world.vocabulary.dimensions[name].grain for name in span.names("dimension")]
        grain = next((grain for grain in grains if grain), None)
        if grain and taken in (None, grain):
            after = reading.after(span)
            reading.use(span, *_split_before(reading, span), *([after] if after and after.cue("wise") else []))
            taken = grain
    return taken


def _split_before(reading: Reading, span: Span) -> list[Span]:
    before = reading.before(span)
    return [before] if before and before.cue("split") else []


def _pair(reading: Reading, said: list[Span], world: World) -> When | None:
    """Two times that are compared: the later against the earlier."""
    compared, changed = reading.cues("compare"), reading.cues("change", "monthly_change", "yearly_change")
    if len(said) != 2 or not (compared or changed):
        return None
    later, earlier = sorted(said, key=lambda span: span.time.period.start, reverse=True)  # type: ignore[union-attr]
    main, base = later.time, earlier.time
    if not (main and base and main.period and base.period):
        return None
    whole = containing(main.unit, main.period.start) if main.unit not in ("range", "as_of") else main.period
    comparisons: tuple[tuple[Period, Comparison], ...] = (
        (previous(whole), "previous_period"), (year_before(whole), "previous_year"),
    )  # fmt: skip
    compare_to = next((name for period, name in comparisons if period == base.period), None)
    reading.use(later, earlier, *compared, *changed)
    reading.take_cue("monthly_change", "yearly_change")
    reading.use(
        *(span for span in reading.cues("above") if earlier.start - span.end <= 1 and span.end <= earlier.start)
    )
    if compare_to is None:
        return When(main.period, against=base.period) if changed else When(main.period, versus=base.period)
    return When(clipped(main.period, world.clock), "previous_year" if main.unit in _YEARS else compare_to)


def _single(reading: Reading, said: list[Span], world: World, standing: Period | None) -> When:
    if len(said) > 1:
        return When()
    period, unit = None, ""
    if said and said[0].time:
        period, unit = said[0].time.period, said[0].time.unit
        before = reading.before(said[0])
        ends = None if world.words.of_house else _YEAR_TO_YEAR.fullmatch(said[0].text)
        if ends and reading.cues("change"):
            return _from_year_to_year(reading, said[0], int(ends[1]), int(ends[2]))
        if before and before.cue("compare") and unit not in ("range", "as_of"):
            return _against(reading, said[0], unit, world)
        reading.use(said[0])
    return _changed(reading, world, period or standing, unit) or When(period)


def _from_year_to_year(reading: Reading, said: Span, first: int, last: int) -> When:
    """A change between two years is one between their figures, not a course over the months."""
    reading.use(said)
    reading.take_cue("change")
    earlier, later = (containing("year", dt.date(year, 1, 1)) for year in sorted((first, last)))
    return When(later, against=earlier)


def _changed(reading: Reading, world: World, period: Period | None, unit: str) -> When | None:
    """A change that is asked for: against the period before, a year before, or month by month over a range."""
    running = period or clipped(containing("month", world.clock), world.clock)
    yearly = reading.take_cue("yearly_change")
    reading.take_cue(*(["compare"] if yearly or reading.cues("monthly_change") else []))
    monthly = not yearly and reading.take_cue("monthly_change")
    if monthly and unit == "range":
        return When(period, None, "month")
    if yearly or monthly:
        reading.take_cue("change")
        return When(running, "previous_year" if yearly else "previous_period")
    if not reading.take_cue("change"):
        return None
    if unit == "range":
        return When(period, None, "month", course=period)
    if unit in _YEARS and running:
        return When(running, "previous_year", course=Period(start=add_months(running.start, -1), end=running.end))
    return When(running, "previous_period")


def _against(reading: Reading, base: Span, unit: str, world: World) -> When:
    """Only the earlier time is said ("against last month"): the later is the one that now runs."""
    now = containing(unit, world.clock)
    period = base.time.period if base.time else None
    if period is None or period.end > now.start:
        return When()
    reading.use(base)
    reading.take_cue("compare", "change")
    if period != shifted(unit, now, -1) and period != year_before(now):
        return When(clipped(now, world.clock), against=period)
    yearly = unit in _YEARS or period == year_before(now)
    return When(clipped(now, world.clock), "previous_year" if yearly else "previous_period")


def take_dated(reading: Reading, world: World) -> tuple[Filter, ...]:
    """Take "joined before 2015", "due in July": a date of the things themselves, and the time it lies in."""
    found: list[Filter] = []
    for span in reading.free():
        name = next((each for each in span.names("dimension") if _a_date(world, each)), "")
        after = reading.after(span)
        name = _lent(reading, world, span) or ("" if span.has("metric") else name)
        if not name or after is None or after.time is None or after.time.period is None:
            continue
        period = after.time.period
        reading.use(span, after)
        if period.start.year > _DAWN:
            found.append(Filter(field=name, op=">=", value=period.start))
        if period.end <= world.clock:
            found.append(Filter(field=name, op="<", value=period.end))
    return tuple(found)


def take_scheduled(reading: Reading, world: World, metrics: Sequence[str]) -> Period | None:
    """Take coming months for what the books hold of them already: the instalments that will fall due."""
    scheduled = reading.words.table("measures").get("scheduled", ())
    if not metrics or not set(metrics) <= set(scheduled):
        return None
    for span in reading.free():
        if span.time and span.time.unit == "future" and span.time.ahead:
            reading.use(span)
            first = add_months(containing("month", world.clock).end, span.time.ahead[0])
            return Period(start=first, end=add_months(first, span.time.ahead[1]))
    return None


def _lent(reading: Reading, world: World, span: Span) -> str:
    """Return the date of disbursal, where that says which loans another figure is of: "NPA of loans given in 2025"."""
    given = [name for name in span.names("metric") if name in ("loans_disbursed", "disbursed_amount")]
    others = [s for s in reading.spans if s is not span and any(_of_status(world, n) for n in s.names("metric"))]
    apart = others and not any(
        s.text in ("and", "aur", "vs", "versus", "against", "to") for s in reading.between(span, others[0])
    )
    return "disbursed_on" if given and apart and world.words.of_house else ""


def _of_status(world: World, name: str) -> bool:
    """Whether a figure is of the loans as they stand."""
    return name in world.vocabulary.metrics and name != "open_loans" and world.metric(name).view == "loan_status"


def _a_date(world: World, name: str) -> bool:
    declared = world.vocabulary.dimensions[name]
    return declared.kind == "time" and not declared.grain and name != "as_of"
