"""How a question was understood, said back, and the other ways it could be meant."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.planner.calendar import DAY, containing
from assistant.planner.frame import ALL_ROWS, Frame, World
from assistant.planner.intents.modelled import LISTS
from assistant.prose.periods import before_words, period_words
from assistant.prose.scope import filters_words, listed, lowered

_BY = {
    "probability_of_default": "probability of default", "expected_loss": "expected loss",
    "days_past_due": "days past due",
}  # fmt: skip
_OTHERS = {
    "profile": "Profile of customer {customer}",
    "explain": "What moved the score of customer {customer}",
    "model": "Quality of the {model} model",
    "knowledge": "What the knowledge base says", "status": "What the books hold",
    "sql": "The statement as typed",
    "leavers": "Customers most at risk of leaving", "anomalies": "Transactions that stand out",
    "segments": "Customer segments", "goals": "Goals and life events",
}  # fmt: skip


def interpretation(frames: tuple[Frame, ...], mended: Mapping[str, str], world: World) -> str:
    """Return how ``frames`` read the question, with the typing errors that were read over."""
    told = "; ".join(_one(frame, world) for frame in frames)
    read = [f"“{said}” read as “{meant}”" if meant else f"“{said}” passed over" for said, meant in mended.items()]
    return f"{told} ({', '.join(read)})" if read else told


def _one(frame: Frame, world: World) -> str:
    if frame.intent == "ranking":
        return _ranking(frame, world)
    if frame.intent == "metrics":
        return _metrics(frame, world)
    if frame.intent == "forecast":
        skipped = f", after {frame.ahead[0]} months" if frame.ahead[0] else ""
        told = f"Forecast of {frame.metrics[0]} for {frame.ahead[1]} months{skipped}"
        return ", ".join([told, *filters_words(frame, world.vocabulary), *([frame.customer] if frame.customer else [])])
    if frame.intent == "what_if":
        return _what_if(frame)
    if frame.intent == "stress":
        return ", ".join([f"The book with {_changed(frame)}", *filters_words(frame, world.vocabulary)])
    if frame.intent == "compare":
        whom = [frame.beside] if frame.beside else ["the others", *filters_words(frame, world.vocabulary)]
        return f"Customer {frame.customer} beside {', '.join(whom)}"
    said = _OTHERS[frame.intent].format(customer=frame.customer, model=frame.model)
    return ", ".join([said, *filters_words(frame, world.vocabulary)]) if frame.intent in LISTS else said


def _what_if(frame: Frame) -> str:
    if frame.changes:
        return f"The score of customer {frame.customer} with {_changed(frame)}"
    under = "the next safer band" if frame.under is None else f"{100 * frame.under:g}%"
    return f"Few changes that bring customer {frame.customer} under {under}"


def _changed(frame: Frame) -> str:
    return listed([f"{name.replace('_', ' ')} {_written(value)}" for name, value in frame.changes])


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _ranking(frame: Frame, world: World) -> str:
    limit = "All borrowers" if frame.limit == ALL_ROWS else f"The {frame.limit or 100} riskiest borrowers"
    return ", ".join([f"{limit} by {_BY[frame.by]}", *filters_words(frame, world.vocabulary)])


def _metrics(frame: Frame, world: World) -> str:
    declared = world.vocabulary
    labels = [_label(frame, declared.metrics[name].label) for name in frame.metrics]
    if frame.ratio:
        labels = [" over ".join(labels)]
    if frame.each and frame.each.statistic == "count":
        labels = [f"Number of {_plural(declared.dimensions[frame.each.over].label)}"]
    split = [lowered(declared.dimensions[name].label) for name in frame.dimensions] + (
        [frame.grain] if frame.grain else []
    )
    parts = [f"{listed(labels)} by {listed(split)}" if split else listed(labels), *filters_words(frame, declared)]
    parts.append(_time(frame, world))
    if frame.compare_to:
        parts.append(f"against {before_words(frame.period, frame.grain, frame.compare_to)}")
    if frame.against:
        parts.append(f"against {period_words(frame.against)}")
    if frame.order:
        end = "highest" if frame.order[0].direction == "desc" else "lowest"
        changed = frame.order[0].field.endswith(("_change", "_growth"))
        parts.append(f"{end}{' change' if changed else ''} first")
    if frame.skip and frame.limit:
        parts.append(f"number {frame.skip + 1}")
    elif frame.limit:
        parts.append(f"{frame.limit} rows{' together' if frame.together else ''}")
    return ", ".join(part for part in parts if part)


def _label(frame: Frame, label: str) -> str:
    """Return a figure's label with the statistic or the share that is told of it."""
    if frame.share:
        return f"Share of {lowered(label)}"
    if frame.each is None:
        return label
    over = frame.each.over.removesuffix("_id")
    return f"{frame.each.statistic.capitalize()} {lowered(label)} per {over}"


def _plural(label: str) -> str:
    return f"{lowered(label)}s"


def _time(frame: Frame, world: World) -> str:
    if frame.period:
        return period_words(frame.period)
    flow = any(world.metric(name).time_kind == "flow" and world.metric(name).time for name in frame.metrics)
    dated = any(world.metric(name).time for name in frame.metrics)
    return "all time" if flow and not frame.grain else "at the newest date" if dated and not frame.grain else ""


def alternatives(frames: tuple[Frame, ...], world: World) -> tuple[str, ...]:
    """Return questions for the other readings of an ambiguous one; they go on from its answer."""
    if len(frames) != 1 or frames[0].intent != "metrics":
        return ()
    frame = frames[0]
    found = [*_of_the_month(frame, world), *_of_the_year(frame)]
    return tuple(found[:3])


def _of_the_month(frame: Frame, world: World) -> list[str]:
    """With the clock on a month's last day, "last month" may mean the month that has just ended."""
    now = containing("month", world.clock)
    if frame.period is None or frame.period.end != now.start or world.clock + DAY != now.end:
        return []
    return [f"And in {period_words(now)}?"]


def _of_the_year(frame: Frame) -> list[str]:
    """A calendar year may be meant as a financial year."""
    if frame.period is None or frame.period.start.month != 1 or frame.period.start.day != 1:
        return []
    year = frame.period.start.year
    if (frame.period.end - frame.period.start).days < 150:
        return []
    return [f"And in FY {year - 1}-{year % 100:02d}?"]
