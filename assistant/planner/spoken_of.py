"""What is asked of who was spoken of before: "what would help?", "what if he had no bounces", "compare the two"."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.context import Context
from assistant.planner.frame import Frame, Intent, World
from assistant.planner.intents.comparing import beside, compares
from assistant.planner.intents.supposing import suppose, take_customer
from assistant.planner.parts.ranks import find_rank
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: Answers after which a question without a name is about the customer they were of, or about their list.
_ABOUT: tuple[Intent, ...] = ("profile", "explain", "what_if", "compare", "ranking", "leavers")


def read_spoken_of(reading: Reading, world: World, context: Context) -> Frame | None:
    """Read a what-if or a comparison about who was spoken of; None where it is neither, or about nobody."""
    if context.frame.intent == "model":
        return _another_model(reading, world, context.frame)
    if context.frame.intent not in _ABOUT:
        return None
    if compares(reading):
        return _compared(reading, world, context)
    before = context.frame if context.frame.intent == "what_if" else None
    named = take_customer(reading)
    customer = named or context.customer or next(iter(context.listed), "")
    found = suppose(reading, world, customer, before) if customer else None
    return _the_same_of(named, context.frame) if found is None and named and not reading.unexplained() else found


def _another_model(reading: Reading, world: World, before: Frame) -> Frame | None:
    """Read "and the churn one?" after the quality of a model, and "when was it trained?" as of the same model."""
    about = reading.having("topic", "model")
    named = {name: span for span in reading.spans for name in _models_named(span, reading, world)}
    if len(named) > 1 or not (named or about):
        return None
    reading.use(*named.values(), *about)
    reading.take_cue("follow", "also", "rows", "risk", "why", "trend", "anaphor")
    return replace(before, model=next(iter(named), before.model))


def of_the_model(frame: Frame, reading: Reading, world: World, before: Frame) -> Frame:
    """Return the frame; "when was it last trained?" after one model's quality is of that model, not of the first."""
    if frame.intent != "model" or before.intent != "model":
        return frame
    named = any(_models_named(span, reading, world) for span in reading.spans)
    return frame if named else replace(frame, model=before.model)


def of_its_list(frame: Frame, context: Context | None) -> Frame:
    """Return the frame; "why the first one?" of a list of leavers asks the model that made the list."""
    leavers = context is not None and context.base is not None and context.base.intent == "leavers"
    if (
        frame.intent in ("explain", "what_if", "compare")
        and leavers
        and context is not None
        and frame.customer in context.listed
    ):
        return replace(frame, model="churn")
    return frame


def _models_named(span: Span, reading: Reading, world: World) -> list[str]:
    """Return the model that a span names, by its own name or by what it finds."""
    words = {word for word in span.text.split() if word not in ("model", "models", "score", "scores", "one")}
    own = [name for name in world.models if {name, name.removesuffix("s")} & words]
    entries = reading.words.table("modelled").items()
    return own or [e["model"] for n, e in entries if span.has("modelled", n) and e.get("model") in world.models]


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
