"""What is asked of who was spoken of before: "what would help?", "what if he had no bounces", "compare the two"."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.context import Context
from assistant.planner.frame import Frame, Intent, World
from assistant.planner.intents.comparing import beside, compares
from assistant.planner.intents.supposing import suppose, take_customer
from assistant.planner.parts.ranks import find_rank
from assistant.planner.reading import Reading

#: Answers after which a question without a name is about the customer they were of, or about their list.
_ABOUT: tuple[Intent, ...] = ("profile", "explain", "what_if", "compare", "ranking", "leavers")


def read_spoken_of(reading: Reading, world: World, context: Context) -> Frame | None:
    """Read a what-if or a comparison about who was spoken of; None where it is neither, or about nobody."""
    if context.frame.intent not in _ABOUT:
        return None
    if compares(reading):
        return _compared(reading, world, context)
    before = context.frame if context.frame.intent == "what_if" else None
    named = take_customer(reading)
    customer = named or context.customer or next(iter(context.listed), "")
    found = suppose(reading, world, customer, before) if customer else None
    return _the_same_of(named, context.frame) if found is None and named and not reading.unexplained() else found


def _the_same_of(customer: str, before: Frame) -> Frame | None:
    """Return the same what-if of another, or the same customer beside another; after other answers it is for others."""
    if before.intent == "compare" and customer != before.customer:
        return replace(before, beside=customer, filters=())
    return replace(before, customer=customer) if before.intent == "what_if" else None


def _compared(reading: Reading, world: World, context: Context) -> Frame | None:
    named = list(dict.fromkeys(span.customer for span in reading.having("customer")))
    if not named:
        named = _first_two(reading, context)
    known = [*([context.customer] if len(named) < 2 and context.customer not in ("", *named) else []), *named]
    if not known:
        return None
    reading.use(*reading.having("customer"))
    return beside(reading, world, *known[:2])


def _first_two(reading: Reading, context: Context) -> list[str]:
    """Take "the first two", "the top two" of a list."""
    rank = find_rank(reading)
    if rank.limit != 2 or len(context.listed) < 2:
        return []
    reading.use(*rank.spans)
    return list(context.listed[:2])
