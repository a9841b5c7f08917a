"""What if one customer's figures were others, and what would bring his probability down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.planner.frame import Change, Frame, World
from assistant.planner.parts.limits import comparisons_said
from assistant.planner.parts.phrases import Said, said, take, words_of
from assistant.planner.quantities import Quantity
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from assistant.planner.words import table

_TABLE = "supposing"
_BELOW = ("<", "<=")


def read_supposition(reading: Reading, world: World) -> Frame | None:
    """Read a what-if about a customer that is named, or return None where none is."""
    customer = take_customer(reading)
    return suppose(reading, world, customer) if customer else None


def take_customer(reading: Reading) -> str:
    """Take the one customer that is named; a pronoun beside a name points at nobody else."""
    named = reading.having("customer")
    pronouns = {phrase(str(written)) for written in table("cues")["anaphor"]["phrases"]}
    own = [span for span in named if phrase(span.text) not in pronouns] or named
    customers = {span.customer for span in own}
    if len(customers) != 1:
        return ""
    reading.use(*named)
    reading.take_cue("anaphor")
    return customers.pop()


def suppose(reading: Reading, world: World, customer: str, before: Frame | None = None) -> Frame | None:
    """Read what is supposed of ``customer``.

    Parameters
    ----------
    before
        The what-if that the question goes on from: it need not say again that something is supposed.
    """
    model = take_model(reading, world) or (before.model if before else "credit")
    frame = Frame("what_if", customer=customer, model=model)
    supposing = list(said(reading.free(), words_of(_TABLE, "supposing"))) or _conditional(reading)
    if supposing or (before and not list(comparisons_said(reading))):
        reading.use(*(span for each in supposing for span in each.spans))
        changes = take_changes(reading)
        for part in ("risk", "effects", "carried") if changes else ():
            take(reading, _TABLE, part)
        if changes or (supposing and reading.unexplained()):
            return replace(frame, changes=changes)
        reading.release(*(span for each in supposing for span in each.spans))
        if not before:
            return None
    return _reaching(reading, frame, before)


def _conditional(reading: Reading) -> list[Said]:
    """Return the words of one who supposes without an "if", where a figure goes up or down by a number."""
    free = reading.free()
    moved = any(True for part in ("up", "down", "nothing") for _ in said(free, words_of(_TABLE, part)))
    levers = any(True for _ in said(free, words_of("levers")))
    if not (levers and moved and any(span.quantity is not None for span in free)):
        return []
    return list(said(free, words_of(_TABLE, "conditional")))


def take_model(reading: Reading, world: World) -> str:
    """Take the words that name the model of leaving, where it serves; return its name, else nothing."""
    if "churn" not in world.models:
        return ""
    return "churn" if take(reading, _TABLE, "leaving") else ""


def _reaching(reading: Reading, frame: Frame, before: Frame | None) -> Frame | None:
    """Read what would bring the probability under a target, or under the next band where none is said."""
    under = _take_target(reading)
    if before and under is not None:
        take(reading, _TABLE, "risk")
        return replace(frame, under=under)
    reaching, helping = (any(True for _ in said(reading.free(), words_of(_TABLE, w))) for w in ("reaching", "helping"))
    if not reaching or not (under is not None or helping or reading.having("number")):
        return None
    if any(span.quantity is not None for span in reading.free()):
        reading.notes.append("a target is a probability to get under: under 5%, say")
        return frame
    if under is None and not _asks_how(reading):
        return None
    for part in ("next_band", "reaching", "helping", "risk", "ways"):
        take(reading, _TABLE, part)
    reading.take_cue("normative", "risk", "risky", "scored")
    return replace(frame, under=under)


def _asks_how(reading: Reading) -> bool:
    """Whether it is asked what could help the customer, not for help with him."""
    words = {word for span in reading.spans for word in span.text.split()}
    declared = table(_TABLE)["asking"]
    return bool(words & set(declared["how"]) and words & set(declared["could"]) and not words & set(declared["whom"]))


def _take_target(reading: Reading) -> float | None:
    """Take a probability to get under: "below 5 %", "to 5 %"."""
    for limit in comparisons_said(reading):
        if limit.op in _BELOW and limit.low.unit in ("", "percent") and 0 < limit.low.value < 100:
            reading.use(*limit.spans)
            return _probability(limit.low)
    for span in reading.having("number"):
        before = next((other for other in reading.spans if other.end == span.start), None)
        if before and before.text in ("to", "at") and span.quantity and span.quantity.unit == "percent":
            reading.use(span)
            return _probability(span.quantity)
    return None


def _probability(quantity: Quantity) -> float:
    percent = quantity.unit == "percent" or quantity.value >= 1
    return float(quantity.value / 100 if percent else quantity.value)


def take_changes(reading: Reading) -> tuple[Change, ...]:
    """Take every lever with what becomes of it; nothing where one of them does not say what."""
    spans = reading.free()
    named = list(said(spans, words_of("levers")))
    changes: list[Change] = []
    start = 0
    for place, lever in enumerate(named):
        following = named[place + 1] if place + 1 < len(named) else None
        end = _boundary(spans, lever, following)
        beside = [span for span in spans if start <= span.start < end and span not in lever.spans]
        move = _move(reading, str(lever.name), beside)
        reading.use(*lever.spans)
        if move is None:
            reading.notes.append(f"say what becomes of {lever.spans[0].text}: up by 10%, half, none, or a value")
            return ()
        changes.append((str(lever.name), move))
        start = end
    if not named:
        reading.notes.append(f"what can be supposed: {', '.join(each.replace('_', ' ') for each in table('levers'))}")
    return tuple(changes) if len({name for name, _ in changes}) == len(changes) else ()


def _boundary(spans: Sequence[Span], lever: Said, following: Said | None) -> int:
    """Return where the words about a lever end: at an "and", or at a "no" before the next one.

    Those about the last end where a question begins that follows what is supposed: "by 20 %, does it fall".
    """
    if following is None:
        moved = next((span.end for span in spans if span.start >= lever.end and span.quantity is not None), None)
        asked = [
            each.start
            for part in ("joints", "following")
            for each in said(spans, words_of(_TABLE, part))
            if moved is not None and each.start >= moved
        ]
        ahead = moved is None and any(span.quantity is not None for span in spans if span.start < lever.start)
        return min(asked, default=lever.end if ahead else spans[-1].end)  # "a 20 % higher income"
    between = [span for span in spans if lever.end <= span.start and span.end <= following.start]
    joints = [each.start for each in said(between, words_of(_TABLE, "joints"))]
    nothing = [each.start for each in said(between, words_of(_TABLE, "nothing"))]
    return next(iter([*joints, *nothing]), following.start)


def _move(reading: Reading, lever: str, beside: Sequence[Span]) -> str | float | None:
    """Return what becomes of a lever by the words beside it, which are used; None where they do not say."""
    numbers = [span for span in beside if span.quantity is not None]
    times, up, down, nothing = (
        list(said([span for span in beside if span not in numbers], words_of(_TABLE, part)))
        for part in ("times", "up", "down", "nothing")
    )
    cleared = _cleared(lever, beside)
    if len(numbers) > 1 or (up and down):
        return None
    move: str | float | None = None
    if numbers and numbers[0].quantity is not None:
        ahead = next((span for span in reading.spans if span.end == numbers[0].start), None)
        to = ahead is not None and ahead.text == "to"
        move = _by_number(numbers[0].quantity, sign="" if to or not (up or down) else "+" if up else "-")
    elif times:
        move = f"x{times[0].name:g}"
    elif nothing or cleared:
        move = 0.0
    taken = [*times, *up, *down, *nothing, *cleared]
    reading.use(*numbers, *(span for each in taken for span in each.spans))
    reading.use(*(span for each in said(beside, words_of(_TABLE, "carried")) for span in each.spans))
    return move


def _cleared(lever: str, beside: Sequence[Span]) -> list[Said]:
    declared = table(_TABLE)["cleared"]
    return list(said(beside, words_of(_TABLE, "cleared", "words"))) if lever in declared["levers"] else []


def _by_number(quantity: Quantity, *, sign: str) -> str | float:
    """Return a number as a change: 10 % up is relative, 5 up is added, without a direction it is the value."""
    value: Decimal = quantity.value
    if quantity.unit == "percent":
        return f"{sign}{value.normalize():f}%"
    return f"{sign}{value.normalize():f}" if sign else float(value)
