"""Limits on numbers: "PD above 20 %", "more than 60 days past due", "30+ DPD", "between 5 and 10 lakh"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.planner.frame import World
from assistant.planner.parts.fitting import fitting
from assistant.planner.quantities import Quantity
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from assistant.planner.words import table
from knowledge.query import Filter, Operator

#: "30+ days past due" is more than 30 by the usage of lenders; "2+ loans" is two or more.
_LATE = "days_past_due"
#: From here on a number is no count of a customer's loans or bounces.
MANY = 10_000
#: Below it a bare number is no amount of money: "three or more loans" limits no rupees.
FEW = 100
#: Units of which a number so large is none: amounts are said without their currency too.
_SMALL = ("days", "months", "percent", "points")
_OPERATORS: dict[str, Operator] = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<=", "equal": "="}


@dataclass(frozen=True)
class Limit:
    """A condition on a number and the spans that say it; under ``metric`` the field is one, to be asked for as well."""

    condition: Filter
    spans: tuple[Span, ...]
    metric: bool = False


@dataclass(frozen=True)
class Said:
    """An operator with its number, and the spans it takes."""

    op: Operator
    low: Quantity
    high: Quantity | None
    spans: tuple[Span, ...]


def take_limits(reading: Reading, world: World, *, of_borrower: bool) -> tuple[Limit, ...]:
    """Take every limit on a number whose field is known.

    Parameters
    ----------
    reading
        The question.
    world
        What there is.
    of_borrower
        Whether customers are asked for: a limit on PD is then one on the borrower's own.
    """
    limits: list[Limit] = []
    for said in list(comparisons_said(reading)):
        field = _field(reading, world, said, of_borrower) or _same_again(limits, reading, said)
        if field is None:
            continue
        name, metric, spans = field
        unit = world.metric(name).unit if metric else world.vocabulary.dimensions[name].unit
        value = in_units_of(said, unit)
        if value is not None:
            reading.use(*said.spans, *spans)
            op = ">" if said.op == ">=" and name == _LATE and said.low.open_ended else said.op
            limits.append(Limit(Filter(field=name, op=op, value=value), (*said.spans, *spans), metric))
    return tuple(limits)


def _same_again(limits: list[Limit], reading: Reading, said: Said) -> tuple[str, bool, tuple[Span, ...]] | None:
    """Return the field of the limit just before: "above 10 lakh and below 20 lakh"."""
    if not limits:
        return None
    between = [s for s in reading.spans if limits[-1].spans[-1].start < s.start < said.spans[0].start]
    return (limits[-1].condition.field, limits[-1].metric, ()) if all(s.has("soft") for s in between) else None


def comparisons_said(reading: Reading) -> Iterator[Said]:
    """Yield every operator with its number that is free."""
    for span in reading.free():
        cue = next((name for name in span.names("cue") if name in _OPERATORS), None)
        number = reading.after(span)
        quantity = number and (number.quantity or _spoken(number))
        if cue and number and quantity:
            yield Said(_OPERATORS[cue], quantity, None, (span, number))
        elif span.cue("between") and number and number.quantity:
            upper = next((other for other in reading.spans if other.start > number.start and other.quantity), None)
            if upper and upper.quantity:
                yield Said("between", _scaled(number.quantity, upper.quantity), upper.quantity, (span, number, upper))
        elif span.quantity and span.quantity.open_ended:
            yield Said(">=", span.quantity, None, (span,))
        elif _equalled(reading, span):
            yield Said("=", span.quantity or Quantity(Decimal(0)), None, (span,))
        elif span.quantity and number and number.cue("or_more", "or_less"):
            yield Said(">=" if number.cue("or_more") else "<=", span.quantity, None, (span, number))
        elif span.quantity and span.quantity.upper is not None:
            yield Said("between", span.quantity, Quantity(span.quantity.upper), (span,))


def _equalled(reading: Reading, span: Span) -> bool:
    """Whether a number stands right behind what it is of: "a duration of 24 months"."""
    before = reading.before(span)
    if reading.words.of_house or span.quantity is None or span.quantity.upper is not None or before is None:
        return False
    between = [other.text for other in reading.spans if before.end <= other.start and other.end <= span.start]
    return before.has("dimension") and any(text in ("of", "is", "was", "equal") for text in between)


def _spoken(span: Span) -> Quantity | None:
    """Return the number of a word that is no number elsewhere: "one" behind "more than"."""
    words = table("numbers")["words"]
    return Quantity(Decimal(words[span.text])) if span.text in words else None


def _scaled(low: Quantity, high: Quantity) -> Quantity:
    """Return 5 lakh for "5 to 10 lakh": a bare lower number takes the upper one's multiplier."""
    small = not low.unit and low.value < 1000 <= high.value
    factor = next((f for f in (Decimal(10) ** 7, Decimal(10) ** 5, Decimal(1000)) if high.value >= f), Decimal(1))
    return Quantity(low.value * factor) if small else low


def _field(reading: Reading, world: World, said: Said, of_borrower: bool) -> tuple[str, bool, tuple[Span, ...]] | None:
    """Return the limited name, whether it is a metric, and the span that says it, right or left of the number."""
    right, left = reading.after(said.spans[-1]), reading.before(said.spans[0])
    right = None if right is None or reading.used(right) else right
    people = of_borrower or any(span.cue("high_risk", "risky_borrowers", "defaulters") for span in reading.spans)
    grouped = not people and any(_group(world, span) for span in reading.spans)
    on_the_right = right and _numeric(reading, world, right, of_borrower, nouns_too=True, grouped=grouped)
    on_the_left = left and _numeric(reading, world, left, of_borrower, nouns_too=False, grouped=grouped)
    on_the_right = on_the_right and _holds(world, on_the_right, said)
    on_the_left = on_the_left and _holds(world, on_the_left, said)
    if left and on_the_left and not (on_the_right and _too_many(world, on_the_left, said)):
        return (*on_the_left, (left,))
    amount = _amount_of(reading, left, said) or (right and _amount_named(reading, right, said)) or ""
    if right and on_the_right and not (amount and on_the_right[1]):
        return (*on_the_right, (right,))
    late = reading.before(left) if left and left.text == "by" else left
    if said.low.unit == "days" and late and (late.has("metric", "overdue_loans") or late.cue("overdue")):
        return (_LATE, False, ())  # "loans overdue by more than 60 days"
    return (amount, False, ()) if amount else None


def _too_many(world: World, named: tuple[str, bool], said: Said) -> bool:
    """Whether a number is no count of anything a customer has: "open loans above 5 lakh outstanding"."""
    name, metric = named
    unit = world.metric(name).unit if metric else world.vocabulary.dimensions[name].unit
    return unit == "count" and not metric and said.low.value >= MANY


def _holds(world: World, named: tuple[str, bool], said: Said) -> tuple[str, bool] | None:
    """Return what is named where it can be as large as the number: "overdue, above 3 lakh" are no days."""
    name, metric = named
    unit = world.metric(name).unit if metric else world.vocabulary.dimensions[name].unit
    return named if in_units_of(said, unit) is not None else None


def _amount_named(reading: Reading, right: Span, said: Said) -> str:
    """Return the number that a limit before its noun means, too large for a count: "above 10 lakh loans"."""
    noun = reading.words.noun_phrases.get(phrase(right.text.split()[-1]), "")
    large = said.low.unit == "currency" or said.low.value >= MANY
    return str(reading.words.table("nouns")[noun].get("amount", "")) if noun and large else ""


def _amount_of(reading: Reading, left: Span | None, said: Said) -> str:
    """Return the number that a bare limit after a noun means: transactions above ₹1 lakh are those of that amount.

    Values may stand between: "transactions through NEFT or RTGS above ₹2 lakh".
    """
    counted = reading.words.noun_phrases.get(phrase(left.text.split()[-1])) if left and left.has("value") else None
    if counted and said.low.unit in ("", "currency"):
        return str(reading.words.table("nouns")[counted].get("amount", ""))  # "personal loans of 5 lakh or more"
    noun = left
    while noun and (noun.has("value") or noun.cue("either")) and not noun.has("metric"):
        noun = reading.before(noun)
    for name, declared in reading.words.table("nouns").items():
        if noun and noun.has("metric", name) and said.low.unit in ("", "currency"):
            return str(declared.get("amount", ""))
    return ""


def _group(world: World, span: Span) -> bool:
    """Whether a span names groups of customers or loans: a limit on a figure is then one on the group's own."""
    declared = [world.vocabulary.dimensions[name] for name in span.names("dimension")]
    return any(d.kind == "category" and not d.identifying for d in declared) and not span.has("metric")


def _numeric(
    reading: Reading, world: World, span: Span, of_borrower: bool, *, nouns_too: bool, grouped: bool
) -> tuple[str, bool] | None:
    """Return the number that ``span`` names; "more than 100 borrowers" counts them, "borrowers above …" does not."""
    measures: dict[str, str] = world.words.table("measures")["of_borrower"]
    nouns = world.words.table("nouns")
    said = [name for name in span.names("metric") if nouns_too or name not in nouns]
    own = [measures[name] for name in said if name in measures] if of_borrower else []
    numbers = [name for name in span.names("dimension") if world.vocabulary.dimensions[name].kind == "number"]
    said, numbers = fitting(reading, world, said), fitting(reading, world, numbers)
    if said and (grouped or said[0] in world.words.table("measures")["counted_by_group"]):
        own, numbers = [], []
    if span.cue("overdue"):
        numbers.append("days_past_due")
    if span.cue("risk") and of_borrower:
        own.append("probability_of_default")
    dimension = next((name for name in (*own, *numbers) if name in world.vocabulary.dimensions), None)
    if dimension:
        return dimension, False
    return (said[0], True) if said else None


def in_units_of(said: Said, unit: str) -> Decimal | tuple[Decimal, ...] | None:
    """Return the number, or both, in a figure's unit; None where it was said in another or can be none of it."""
    numbers = [said.low] + ([said.high] if said.high else [])
    if any(number.unit not in ("", unit) and not _alike(number.unit, unit) for number in numbers):
        return None
    if unit in _SMALL and any(number.value >= MANY for number in numbers):
        return None
    if unit == "currency" and any(number.unit == "" and 0 < number.value < FEW for number in numbers):
        return None
    values = tuple(_in_unit(number, unit, said.high or said.low) for number in numbers)
    return values if len(values) > 1 else values[0]


def _alike(said: str, unit: str) -> bool:
    return {said, unit} <= {"score", "points"} or (said == "percent" and unit == "ratio")


def _in_unit(number: Quantity, unit: Literal["percent"] | str, peer: Quantity) -> Decimal:
    """Percent values are fractions: 20 % and a bare 20 become 0.2, a bare 0.2 stays."""
    if unit != "percent":
        return number.value
    said = "percent" in (number.unit, peer.unit)
    return number.value / 100 if said or number.value > 1 else number.value
