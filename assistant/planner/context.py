"""What earlier turns left behind, and the customers that words such as "the second one" or "he" point at in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.planner.conversation import Turn
from assistant.planner.frame import Frame
from assistant.planner.lexicon import Meaning
from assistant.planner.spans import Span
from knowledge.query import Filter

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
    first
        What tells the first row of the table before from the others: the region of the highest.
    figures
        All questions for figures, the newest first.
    groups
        What tells the rows of the table before apart, where one thing does: the cities that are shown.
    ranking
        The newest list of customers that a model made.
    """

    frame: Frame
    base: Frame | None = None
    ranked: Frame | None = None
    listed: tuple[str, ...] = ()
    customer: str = ""
    first: tuple[Filter, ...] = ()
    figures: tuple[Frame, ...] = ()
    ranking: Frame | None = None
    groups: tuple[str, ...] = ()


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
    figures = tuple(frame for frame in bases if frame.intent == "metrics")
    ranking = next((frame for frame in bases if frame.intent in ("ranking", "leavers")), None)
    rows, dimensions = _rows(earlier)
    first = tuple(Filter(field=n, op="=", value=str(rows[0][n])) for n in dimensions if rows[0].get(n)) if rows else ()
    groups = tuple(str(row[dimensions[0]]) for row in rows) if len(dimensions) == 1 else ()
    return Context(
        frames[-1], next(iter(bases), None), ranked, listed, customer, first, figures, ranking, groups
    )  # fmt: skip


def _rows(earlier: Sequence[Turn]) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """Return the rows of the newest table of figures by groups, and what it is split by."""
    for turn in reversed(earlier):
        for frame, result in zip(turn.frames, turn.results, strict=False):
            if frame.intent == "metrics" and frame.dimensions and result.table and result.table.rows:
                names = [column.name for column in result.table.columns]
                if set(frame.dimensions) <= set(names):
                    return [dict(zip(names, row, strict=True)) for row in result.table.rows], frame.dimensions
    return [], ()


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
    placed = any(span.position and new.customer for span, new in zip(spans, found, strict=True))
    return tuple(_of_the_list(span) if placed else span for span in found), notes


def _of_the_list(span: Span) -> Span:
    """Take "on the list" and "that person" beside one of its rows: they say no more than which row that is."""
    beside = span.cue("list_anaphor") or (span.cue("anaphor") and not span.customer)
    return replace(span, meanings=(Meaning("soft"),)) if beside else span


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
