"""Lists of loans one by one: "list SMA-2 loans with their outstanding", "which loans are 90 days overdue".

What restricts them is read as the question for their number is; each loan then stands in a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.planner.frame import Frame, World
from assistant.planner.intents.loan import LOAN
from assistant.planner.intents.metrics import read_metrics
from assistant.planner.lexicon import Meaning
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.ranks import Rank, find_rank
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.query import Filter, Order

#: Words behind which stands what is wanted beside each loan, and those that go on with it.
_BESIDE = ("with", "along with", "showing", "alongside", "plus", "ke saath", "and", "aur")
_LISTS = ("list", "which", "name", "give", "kaun", "kin", "kis")
#: What asks for one figure, or for groups, and not for loans one by one.
_FIGURES = ("count", "much", "share", "average", "median", "ratio", "distribution", "trend", "wise", "compare")
#: Words for what was listed or counted before.
THEY = ("they", "them", "their", "theirs", "these", "those", "unka", "unki", "unke", "inka", "inki", "inke")
#: Words for what things come to.
AMOUNT = frozenset({"amount", "value", "worth", "rupees", "much"})
#: Superlatives of size.
_SIZES = {"largest": "desc", "biggest": "desc", "highest": "desc", "smallest": "asc", "lowest": "asc", "top": "desc"}


def read_loans(reading: Reading, world: World) -> Frame | None:
    """Read a question for loans one by one, or return None where it asks for none."""
    loans = next((span for span in reading.spans if _of_loans(reading, span)), None)
    if not world.words.of_house or loans is None or reading.cues(*_FIGURES):
        return None
    after = reading.after(loans)
    if after is not None and noun_of(reading, after) in ("customers", "borrowers"):
        return None  # "gold loan customers" are asked for, not their loans
    listing = [span for span in reading.spans if span.cue("listing", "all") and span.start < loans.start]
    columns = dict(_columns(reading, world, loans))
    by = dict(_by_what(reading, world, loans))
    rank, largest = find_rank(reading), _largest(reading, loans, by)
    asked = any(span.text.split()[0] in _LISTS for span in listing) and _right_before(reading, listing, loans)
    if not (asked or columns or largest):
        return None
    aside = [*listing, *columns, *by, *(rank.spans if largest else ())]
    head = _number_of(reading, loans, aside)
    frame = read_metrics(head, world)
    listed: dict[str, Any] = reading.words.table("measures")["loans_listed"]
    if frame and frame.metrics == ("borrowers",) and loans.has("value", "product"):
        frame = replace(frame, metrics=("open_loans",))
    if frame is None or len(frame.metrics) != 1 or frame.metrics[0] not in listed or not _plain(frame):
        return None
    reading.use(*(span for span in reading.spans if span not in head.unexplained()))
    reading.notes.extend(head.notes)
    wanted = [name for name in (*by.values(), *columns.values()) if name]
    return one_by_one(frame, world, wanted, rank if largest else None, next(filter(None, by.values()), ""))


def _number_of(reading: Reading, loans: Span, aside: Sequence[Span]) -> Reading:
    """Return the question as one for the number of the loans; what says which they are says nothing else."""
    kept = [span for span in reading.spans if span not in aside]
    which = [s for s in kept if s.end == loans.start and s.has("value")]
    told = [replace(s, meanings=tuple(m for m in s.meanings if m.kind == "value")) if s in which else s for s in kept]
    return Reading([Span(-1, kept[0].start, "how many", (Meaning("cue", "count", ""),)), *told], reading.words)


def _plain(frame: Frame) -> bool:
    apart = frame.dimensions or frame.grain or frame.share or frame.each or frame.against or frame.versus
    return not (apart or frame.compare_to or frame.who or frame.ratio)


def _of_loans(reading: Reading, span: Span) -> bool:
    """Whether a span names loans: the noun itself, or one that says which: NPA loans, home loans."""
    if noun_of(reading, span) == "open_loans":
        return True
    named = bool({"loan", "loans"} & set(span.text.split()))
    counted = any(name in reading.words.table("measures")["loans_listed"] for name in span.names("metric"))
    return named and (counted or span.has("value", "product"))


def _right_before(reading: Reading, listing: Sequence[Span], loans: Span) -> bool:
    """Whether nothing but what says which loans stands between the word that asks for a list and them."""
    last = max(listing, key=lambda span: span.start)
    between = [span for span in reading.between(last, loans) if not span.has("soft")]
    return all(span.has("value") or span.cue("overdue", "all") or span in listing for span in between)


def _largest(reading: Reading, loans: Span, by: Mapping[Span, str]) -> bool:
    """Whether "the largest" or "top 10" stands before the loans: they are ranked by what is shown first."""
    rank = find_rank(reading)
    sizes = [span for span in rank.spans if span.text.split()[-1] in _SIZES]
    if not sizes or [span for span in reading.cues("split") if span not in by]:
        return False
    between = [span for span in reading.between(sizes[0], loans) if not span.has("soft")]
    return sizes[0].end <= loans.start and all(
        span.has("value") or span in rank.spans or span.cue("overdue") for span in between
    )


def _columns(reading: Reading, world: World, loans: Span) -> Iterator[tuple[Span, str]]:
    """Yield what is wanted beside each loan, with the figure or attribute that it is."""
    telling = False
    for span in reading.spans:
        if span.start < loans.end:
            continue
        if span.text in _BESIDE and (telling or span.text not in ("and", "aur")):
            telling = True
            yield from ([(span, "")] if span.cue("also", "follow") and not span.has("soft") else [])
            continue
        if not telling or span.has("soft"):
            continue
        name = _beside(reading, world, span)
        if not name or _limited(reading, world, span):
            telling = False
            continue
        yield span, name


def _by_what(reading: Reading, world: World, loans: Span) -> Iterator[tuple[Span, str]]:
    """Yield "by" and the figure that loans are ranked by: "top 10 personal loans by outstanding"."""
    for span in reading.spans:
        after = reading.after(span) if span.text == "by" and span.start >= loans.end else None
        name = _beside(reading, world, after) if after is not None else ""
        if after is not None and name:
            yield from ((span, ""), (after, name))


def _dated(world: World, span: Span) -> bool:
    return any(world.vocabulary.dimensions[name].kind == "time" for name in span.names("dimension"))


def _limited(reading: Reading, world: World, span: Span) -> bool:
    """Whether a column is restricted: "with dpd above 60", "with product home loan"."""
    after = reading.after(span)
    beside = [other for other in (after, reading.before(span)) if other is not None]
    return (
        bool(after and after.time and _dated(world, span))
        or bool(after and set(after.names("value")) & set(span.names("dimension")))
        or bool(after and after.cue("above", "below", "at_least", "at_most", "between", "equal"))
        or any(other.quantity is not None for other in beside)
    )


def _beside(reading: Reading, world: World, span: Span) -> str:
    """Return the figure or attribute of a loan that ``span`` names; nothing where it names none."""
    table = reading.words.table("measures")
    own = {figure: number for number, figure in table["summed"].items()}  # a single loan has no average
    for name in span.names("metric"):
        meant = table["of_loan"]["meant"].get(name, table["of_loan"]["attributes"].get(name, name))
        figure = own.get(meant, meant)
        if figure in world.vocabulary.dimensions or world.applies(LOAN, (figure,)):
            return str(figure)
    if span.cue("overdue"):
        return "days_past_due"
    return next((name for name in span.names("dimension") if name != LOAN), "")


def one_by_one(
    frame: Frame, world: World, asked: Sequence[str] = (), rank: Rank | None = None, by: str = ""
) -> Frame | None:
    """Return the number of loans as the list of them, each with what a list of such loans shows and what was asked."""
    known = world.words.table("measures")["loans_listed"][frame.metrics[0]]
    metrics = dict.fromkeys([*known["show"], *(name for name in asked if name in world.vocabulary.metrics)])
    attributes = dict.fromkeys([*known["told"], *(name for name in asked if name not in metrics)])
    dimensions = tuple(name for name in attributes if world.applies(name, tuple(metrics)))
    said = {condition.field for condition in frame.filters}  # "overdue by 60 days" is overdue
    implied = (Filter.model_validate(each) for each in known.get("where", ()))
    conditions = (*frame.filters, *(each for each in implied if each.field not in said))
    if not all(world.applies(f.field, tuple(metrics)) or f.field in world.vocabulary.metrics for f in conditions):
        return None
    order = Order(field=by or known["show"][0], direction=_direction(rank))
    limit = (rank.limit or 1) if rank else None
    return replace(
        frame, metrics=tuple(metrics), dimensions=(LOAN, *dimensions), filters=conditions, order=(order,), limit=limit
    )


def loans_before(world: World, base: Frame | None) -> Frame | None:
    """Return the list of the loans that were listed or counted before; None where none were."""
    if base is None or base.intent != "metrics" or LOAN in base.dimensions:
        return base if base and LOAN in base.dimensions else None
    listed: dict[str, Any] = world.words.table("measures").get("loans_listed", {})
    counted = len(base.metrics) == 1 and base.metrics[0] in listed and _plain(base)
    return one_by_one(base, world) if counted else None


def of_listed_loans(reading: Reading, world: World, base: Frame) -> Frame:
    """Read what is asked of the loans of the list before: which of them are so, how many, what they come to.

    It is read as any question for loans is, "loans" standing where they are pointed at; what restricted the list stays.
    """
    pointing = points_at_rows(reading)
    rest = [span for span in reading.unexplained() if span not in pointing]
    counting, amount = _asks_number(reading), _asks_amount(reading)
    if base.limit and amount and len(base.metrics) == 1 and all(span.has("metric", base.metrics[0]) for span in rest):
        reading.use(*reading.spans)
        return replace(base, together=True)  # what the first rows come to
    if base.limit:
        reading.notes.append("I cannot go on from the first rows of a list; ask with what says which loans are meant")
        return base
    if not (rest or counting):
        reading.use(*(pointing if amount or reading.cues("listing", "list_them") else ()))
        return replace(base, dimensions=(), order=()) if amount else base  # "what do they come to"
    said = _with_loans(reading, pointing)
    head = Reading(list(said), reading.words)
    frame = read_loans(head, world) or read_metrics(head, world)
    if frame is None:
        return base
    reading.use(*(own for new, own in said.items() if new not in head.unexplained()))
    reading.notes.extend(head.notes)
    fields = {condition.field for condition in frame.filters}
    kept = (condition for condition in base.filters if condition.field not in fields)
    return replace(
        frame, filters=(*kept, *frame.filters), any_filters=base.any_filters or frame.any_filters,
        who=base.who, period=frame.period or base.period,
    )  # fmt: skip


def _asks_number(reading: Reading) -> bool:
    return any(span.text not in ("kitna", "kitni") for span in reading.cues("count"))


def _asks_amount(reading: Reading) -> bool:
    """Whether it is asked what things come to, and neither how many they are nor which."""
    words = {word for span in reading.spans for word in span.text.split()}
    return bool(words & {*AMOUNT, "total", "sum"}) and not (_asks_number(reading) or reading.cues("listing"))


def points_at_rows(reading: Reading) -> list[Span]:
    """Return the words that point at what was listed or counted before: "of these", "them", "their"."""
    return [span for span in reading.spans if span.cue("list_anaphor", "list_them") or span.text in THEY]


def _with_loans(reading: Reading, pointing: Sequence[Span]) -> dict[Span, Span]:
    """Return the question with "loans" in the place of what points at them → the span of the question that says it.

    Behind "how many" where that follows: "of these how many are overdue" asks how many loans are.
    """
    place = pointing[0]
    count = next((span for span in reading.spans if span.cue("count") and span.start > place.start), None)
    noun = replace(place, text="loans", meanings=(Meaning("metric", "open_loans", ""), Meaning("dimension", LOAN, "")))
    ordered = [span for span in reading.spans if span not in pointing]
    at = ordered.index(count) + 1 if count else sum(span.start < place.start for span in ordered)
    own = [*ordered[:at], place, *ordered[at:]]
    new = [*ordered[:at], noun, *ordered[at:]]
    return {replace(span, start=n, end=n + 1): said for n, (span, said) in enumerate(zip(new, own, strict=True))}


def _direction(rank: Rank | None) -> Any:
    said = [span.text.split()[-1] for span in rank.spans] if rank else []
    return next((_SIZES[word] for word in said if word in _SIZES), "desc")
