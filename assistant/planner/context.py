"""What earlier turns left behind, and the customers that words such as "the second one" or "he" point at in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.planner.conversation import Turn
from assistant.planner.frame import Frame
from assistant.planner.lexicon import Meaning
from assistant.planner.spans import Span

#: Answers that a question may change: "and for Mumbai?".
_THEY = ("they", "them", "their", "theirs")
_BASES = ("ranking", "metrics", "leavers", "anomalies", "segments", "goals", "forecast")


@dataclass(frozen=True)
class Context:
    """What earlier turns left behind.

    Attributes
    ----------
    frame
        What was asked last.
    base
        The newest list, forecast or question for figures: what "and for Mumbai?" changes.
    ranked
        The same, questions about one customer left out: what "top 20 instead" changes.
    listed
        Customers of the newest list, in its order.
    customer
        The customer spoken of last.
    """

    frame: Frame
    base: Frame | None = None
    ranked: Frame | None = None
    listed: tuple[str, ...] = ()
    customer: str = ""


def context_of(earlier: Sequence[Turn]) -> Context | None:
    """Return what the earlier turns left behind, or None where nothing was asked of a tool yet."""
    frames = [frame for turn in earlier for frame in turn.frames]
    if not frames:
        return None
    listed = next((ids for turn in reversed(earlier) if (ids := _customers(turn))), ())
    bases = [frame for frame in reversed(frames) if frame.intent in _BASES]
    ranked = next((frame for frame in bases if not _only_customer(frame)), None)
    spoken = [frame.customer or _only_customer(frame) for frame in frames]
    customer = next((customer for customer in reversed(spoken) if customer), "")
    return Context(frames[-1], next(iter(bases), None), ranked, listed, customer)


def _customers(turn: Turn) -> tuple[str, ...]:
    for result in reversed(turn.results):
        for found in (result.table, *result.tables):
            names = [column.name for column in found.columns] if found else []
            if found and "customer_id" in names:
                return tuple(str(row[names.index("customer_id")]) for row in found.rows)
    return ()


def _only_customer(frame: Frame) -> str:
    return next((str(c.value) for c in frame.filters if c.field == "customer_id" and c.op == "="), "")


def pointed_at(spans: Sequence[Span], context: Context | None) -> tuple[tuple[Span, ...], list[str]]:
    """Put customers in the place of the words that point at them.

    Returns
    -------
    spans, notes
        The spans, and what to say of a word that points at nobody.
    """
    notes: list[str] = []
    following = (*spans[1:], None)[: len(spans)]
    found = tuple(
        span if _ranks(after) else _resolved(span, context, notes) for span, after in zip(spans, following, strict=True)
    )
    return found, notes


def _ranks(after: Span | None) -> bool:
    """Whether a superlative follows: "the second highest" is a place in an order, not a row of a list."""
    if after is None:
        return False
    return after.cue("most", "least", "worst", "best", "safest") or "riskiest" in after.text


def _resolved(span: Span, context: Context | None, notes: list[str]) -> Span:
    listed = context.listed if context else ()
    if span.position is not None and not span.has("value"):
        if 0 < abs(span.position) <= len(listed):
            return _as_customer(span, listed[span.position - (span.position > 0)])
        notes.append(f"the list has {len(listed)} rows" if listed else "there is no list of customers to point at")
    of_one = context is not None and (context.frame.customer or _only_customer(context.frame))
    if context and of_one and span.text in _THEY:
        return _as_customer(span, of_one)  # "what did they spend", of the one customer that was spoken of
    if span.cue("anaphor") and context:
        only = listed[0] if len(listed) == 1 else ""
        if context.customer or only:
            return _as_customer(span, context.customer or only)
    return span


def _as_customer(span: Span, customer: str) -> Span:
    return replace(span, meanings=(Meaning("customer"),), customer=customer, position=None)
