"""Who went from one group to another between two month ends: "from medium into high between March and June"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.planner.calendar import DAY, containing
from assistant.planner.frame import Frame, World
from assistant.planner.intents.loans import one_by_one
from assistant.planner.parts.measures import counted, noun_of
from assistant.planner.parts.nouns import CUSTOMER
from assistant.planner.parts.phrases import said, words_of
from assistant.planner.parts.values import filter_of, take_values
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Period, Who

#: What has a class at every month end → the figure that counts it, and what it is counted by.
_KEPT = {"band": ("scored_borrowers", CUSTOMER), "sma_class": ("open_loans", "loan_id")}
#: Nouns for what has them: an account that turned NPA is a loan.
_MOVING = {"band": ("customers", "borrowers"), "sma_class": ("open_loans", "accounts", "customers", "borrowers")}
_FROM, _TO = frozenset({"from", "out of"}), frozenset({"to", "into", "in", "and"})


def read_moves(reading: Reading, world: World) -> Frame | None:
    """Read a question for those of one risk band or asset class at a time who are of another at a later one.

    Where only what they come to is named, they were of any other before.
    """
    if not world.words.of_house or not list(said(reading.spans, words_of("cues", "moving", "phrases"))):
        return None
    dates = _dates(reading)
    if len(dates) != 2:
        return None
    place = next((at for at, span in enumerate(reading.spans) if span.text in _FROM), None)
    field, parts = _parts(reading, reading.spans[place + 1 :]) if place is not None else _come_to(reading)
    if len(parts) != 2:
        return None
    metric, over = _KEPT[field]
    reading.take_cue("moving", "between", "risk", "worsen", "improve", "change", "fall", "rise")
    reading.use(*(span for span in reading.spans if span.time))
    nouns = [span for span in reading.free() if noun_of(reading, span) in _MOVING[field]]
    counting = any(counted(reading, span) for span in nouns) or bool(reading.cues("share"))
    reading.use(*nouns, *(span for span in reading.free() if span.has("dimension", field)))
    filters = take_values(reading, world, lambda name: name != field and world.applies(name, (metric,)), reading.free())
    of_them, into = parts
    earlier = Who(
        metric=metric, filters=(filter_of(field, of_them or into, excluded=not of_them),), period=dates[0], over=over
    )
    reading.take_cue("count", "listing", "all")
    frame = Frame(
        "metrics", metrics=(metric,), filters=(*filters, filter_of(field, into)), period=dates[1], who=(earlier,)
    )
    if counting or not nouns:
        return frame
    whose = any(noun_of(reading, span) in ("customers", "borrowers") for span in nouns)
    return replace(frame, dimensions=(CUSTOMER,)) if whose or over == CUSTOMER else one_by_one(frame, world)


def _come_to(reading: Reading) -> tuple[str, list[list[str]]]:
    """Take the groups that are come to: "slipped into NPA" from a better one, "turned SMA-2" from any other."""
    ladder: dict[str, list[str]] = reading.words.table("measures")["ladder"]
    for moved in said(reading.spans, words_of("cues", "moving", "phrases")):
        worse, better = (any(span.cue(cue) for span in moved.spans) for cue in ("worsen", "improve"))
        after = reading.after(moved.spans[-1])
        while after is not None and after.text in _TO:
            after = reading.after(after)
        for field in _KEPT:
            values = [m.value for m in after.meanings if (m.kind, m.name) == ("value", field)] if after else []
            if after and values:
                reading.use(after)
                into = reading.words.table("measures")["wider"].get(after.text, values[:1])
                rungs = [ladder[field].index(value) for value in into]
                before = ladder[field][: min(rungs)] if worse else ladder[field][max(rungs) + 1 :] if better else []
                return field, [before, into]
    return "", []


def _parts(reading: Reading, spans: Sequence[Span]) -> tuple[str, list[list[str]]]:
    """Take the groups that are left and those that are come to; a word that stands between parts them."""
    for field in _KEPT:
        parts: list[list[str]] = [[]]
        taken: list[Span] = []
        for span in spans:
            values = [meaning.value for meaning in span.meanings if (meaning.kind, meaning.name) == ("value", field)]
            if values and not span.time:
                parts[-1] += reading.words.table("measures")["wider"].get(span.text, values[:1])
                taken.append(span)
            elif span.text in _TO and parts[-1] and len(parts) == 1:
                parts.append([])
                taken.append(span)
            elif taken and not (span.time or span.cue("either") or span.has("soft") or span.has("dimension", field)):
                break
            elif taken and span.cue("either"):
                taken.append(span)
        if len(parts) == 2 and all(parts):
            reading.use(*taken)
            return field, parts
    return "", []


def _dates(reading: Reading) -> list[Period]:
    """Return the two months whose ends are compared; of a single period the last month before it and its own last."""
    said_of = [(span.text, span.time.period) for span in reading.spans if span.time and span.time.period]
    months = [containing("month", period.end - DAY) for _, period in said_of]
    if len(months) == 1:
        text, period = said_of[0]
        first = period.start if {"and", "to"} & set(text.split()) else period.start - DAY
        months.insert(0, containing("month", first))
    return sorted(months, key=lambda month: month.start) if len(months) == 2 else []
