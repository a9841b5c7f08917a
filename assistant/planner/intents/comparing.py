"""One customer beside another, beside a cohort, or beside everybody."""

from __future__ import annotations

from assistant.planner.frame import COHORT_FILTERS, Frame, World
from assistant.planner.intents.supposing import take_model
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.phrases import said, take, words_of
from assistant.planner.parts.values import take_values
from assistant.planner.reading import Reading

_TABLE = "supposing"
_NOUNS = ("customers", "borrowers")


def read_comparison(reading: Reading, world: World) -> Frame | None:
    """Read a comparison of customers that are named, or return None where none is."""
    named = list(dict.fromkeys(span.customer for span in reading.having("customer")))
    if not 1 <= len(named) <= 2 or not compares(reading):
        return None
    reading.use(*reading.having("customer"))
    return beside(reading, world, *named)


def compares(reading: Reading) -> bool:
    """Whether the words ask what sets one apart from another."""
    return any(True for _ in said(reading.free(), words_of(_TABLE, "comparing")))


def beside(reading: Reading, world: World, customer: str, other: str = "") -> Frame | None:
    """Read beside whom ``customer`` is set: ``other``, or whom the words name."""
    model = take_model(reading, world) or "credit"
    take(reading, _TABLE, "comparing")
    take(reading, _TABLE, "risk")
    values = () if other else take_values(reading, world, lambda name: name in COHORT_FILTERS, reading.free())
    everybody = () if other else take(reading, _TABLE, "everybody")
    people = [span for span in reading.free() if noun_of(reading, span) in _NOUNS]
    if any(condition.op not in ("=", "in") for condition in values):
        reading.notes.append("a cohort can only be named by what it has, not by what it lacks")
        return None
    if not (other or values or everybody or people):
        return None
    reading.use(*people)
    take(reading, _TABLE, "people")
    take(reading, _TABLE, "qualified")
    reading.take_terms("explained")
    reading.take_cue("why", "risky", "safest", "scored", "risk", "risky_borrowers", "high_risk", "anaphor")
    return Frame("compare", customer=customer, beside=other, filters=values, model=model)
