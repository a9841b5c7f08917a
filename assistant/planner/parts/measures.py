"""Which figures a question asks for, and what it splits them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

from assistant.planner.frame import World
from assistant.planner.parts.fitting import fitting
from assistant.planner.parts.values import is_label, value_meaning
from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase

_PREPOSITIONS = ("in", "on", "of", "for", "with", "from", "at", "via", "using", "through", "are", "is", "into", "to")
#: Words that split only what stands right behind them: "which customers", not "what do customers spend on".
_ASKING = ("what", "which", "kaun", "kaunsa", "kaunse", "kis")


@dataclass
class Measures:
    """Metrics and dimensions with the spans that say them, and nouns whose part is not settled yet."""

    metrics: dict[str, Span] = field(default_factory=dict)
    dimensions: dict[str, Span] = field(default_factory=dict)
    nouns: list[tuple[str, Span]] = field(default_factory=list)

    def add_metric(self, reading: Reading, name: str, span: Span) -> None:
        """Take ``span`` as a metric."""
        self.metrics.setdefault(name, span)
        reading.use(span)

    def add_dimension(self, reading: Reading, name: str, span: Span) -> None:
        """Take ``span`` as a dimension, with the word that splits by it."""
        before, after = reading.before(span), reading.after(span)
        reading.use(span, *(other for other in (before,) if other and other.cue("split")))
        reading.use(*(other for other in (after,) if other and other.cue("wise")))
        self.dimensions.setdefault(name, span)


def noun_of(reading: Reading, span: Span) -> str:
    """Return the noun of the noun table that the whole span is ("customers", "loans"), or an empty string."""
    return reading.words.noun_phrases.get(phrase(span.text), "")


def noun_table(reading: Reading) -> dict[str, dict[str, Any]]:
    """Noun (a metric's name) → what it splits by and where it restricts nothing."""
    nouns: dict[str, dict[str, Any]] = reading.words.table("nouns")
    return nouns


def take_measures(reading: Reading, world: World) -> Measures:
    """Take every metric and dimension that is said as such; nouns are left open."""
    measures = Measures()
    doubtful = []
    for span in reading.free():
        dimensions = _splitting(world, span)
        metrics = [name for name in span.names("metric") if name in world.vocabulary.metrics]
        doubted, metrics = metrics, fitting(reading, world, metrics)
        dimensions = fitting(reading, world, dimensions)
        if doubted and not metrics:
            continue  # more than one figure is called so
        if noun_of(reading, span):
            _take_noun(reading, world, measures, span)
        elif any(is_label(reading, span, name) for name in dimensions) and not metrics:
            continue
        elif dimensions and (not metrics or _split_by(reading, span)):
            measures.add_dimension(reading, dimensions[0], span)
        elif metrics and value_meaning(reading, world, span) and _restricts(reading, span):
            doubtful.append((metrics[0], span))
        elif metrics:
            measures.add_metric(reading, metrics[0], span)
    counting = any(counted(reading, noun) for _, noun in measures.nouns)
    counting = counting or any(counts_loans(reading, span) for span in reading.spans)
    for name, span in doubtful:
        of = next((other.text for other in reading.spans if other.end == span.start), "")
        if reading.cues("ratio") and of in ("to", "over"):
            measures.add_metric(reading, name, span)
        elif name in measures.metrics and not value_meaning(reading, world, span, partial(_applies, world, measures)):
            reading.use(span)  # said twice: "the book (POS)"
        elif not (measures.metrics or counting):
            measures.add_metric(reading, name, span)
    return measures


def _applies(world: World, measures: Measures, dimension: str) -> bool:
    return world.applies(dimension, tuple(measures.metrics))


def _restricts(reading: Reading, span: Span) -> bool:
    """Whether a word that is a value as well as a metric may restrict another figure.

    It does behind a preposition and beside a figure or a noun ("spend on gambling", "NPA loans"), not on its own nor
    behind "by".
    """
    beside = [other for other in reading.spans if other.end == span.start or other.start == span.end]
    start = span.start
    while (value := next((other for other in reading.spans if other.end == start), None)) and _only_value(value):
        start = value.start  # "of UPI debits"
    before = next((other.text for other in reading.spans if other.end == start), "")
    if before in ("or", "and", "ya", "aur"):  # "in SMA-1 or SMA-2"
        earlier = [other for other in reading.spans if other.end < span.start and other.names("value")]
        return (
            bool(earlier)
            and set(earlier[-1].names("value")) == set(span.names("value"))
            and _restricts(reading, earlier[-1])
        )
    return before in _PREPOSITIONS or any(other.has("metric") or other.cue("exclude") for other in beside)


def _only_value(span: Span) -> bool:
    return span.has("value") and not (span.has("metric") or span.has("dimension"))


def _take_noun(reading: Reading, world: World, measures: Measures, span: Span) -> None:
    name = noun_of(reading, span)
    following = next((other for other in reading.spans if other.start == span.end), None)
    if following and not span.text.endswith("s") and _splitting(world, following) and not following.has("metric"):
        reading.use(span)  # "customer age" is one dimension
        return
    splits = told_by(world, span) or noun_table(reading)[name]["dimension"]
    if splits and _split_by(reading, span) and not _agent(reading, span):
        measures.add_dimension(reading, splits, span)
    else:
        measures.nouns.append((name, span))


def told_by(world: World, span: Span) -> str:
    """Return the dimension whose values people know the things by that ``span`` names: districts by their names."""
    named = _splitting(world, span)
    return next((name for name in named if not world.vocabulary.dimensions[name].identifying), "")


def _splitting(world: World, span: Span) -> list[str]:
    """Return the dimensions that ``span`` names and that figures can be split by."""
    declared = world.vocabulary.dimensions
    discrete = world.words.table("measures")["discrete"]
    return [
        name
        for name in span.names("dimension")
        if (declared[name].kind != "number" or name in discrete) and not declared[name].grain
    ]


def _split_by(reading: Reading, span: Span) -> bool:
    """Whether "by", "per" or "which" stands before, or "wise" after."""
    before, after = reading.before(span), reading.after(span)
    asked = before and before.cue("split") and (before.end == span.start or before.text not in _ASKING)
    return bool((after and after.cue("wise")) or asked)


def _agent(reading: Reading, span: Span) -> bool:
    """Whether "by customers" says who acts ("spend by customers in Pune") rather than what to split by."""
    before = reading.before(span)
    return bool(before and before.text == "by" and (span.text.endswith("s") or span.text == "people"))


def counted(reading: Reading, span: Span) -> bool:
    """Whether "how many" or "number of" stands before, values passed over: "how many self employed customers"."""
    before = reading.before(span)
    while before and before.has("value") and not (before.has("metric") or before.cue("count")):
        before = reading.before(before)
    return bool(before and before.cue("count"))


def counts_loans(reading: Reading, span: Span) -> bool:
    """Whether the loans of a product are counted: "how many personal loans", the borrowers of none."""
    plural = reading.words.of_house and span.has("value", "product") and span.text.endswith(("loan", "loans"))
    after = reading.after(span)
    both = [other.text for other in reading.spans if other.end <= span.start][-4:] == ["number", "and", "amount", "of"]
    return plural and (both or counted(reading, span)) and not (after and noun_of(reading, after))


def coordinated(reading: Reading, spans: Sequence[Span]) -> bool:
    """Whether the spans are listed side by side: "inflow and outflow", "spend vs income"."""
    ordered = sorted(spans, key=lambda span: span.start)
    return all(side_by_side(reading, first, second) for first, second in pairwise(ordered))


def side_by_side(reading: Reading, first: Span, second: Span) -> bool:
    """Whether only words that list or compare stand between two spans."""
    between = reading.between(first, second)
    comparing = any(span.cue("compare") for span in reading.spans)
    linked = any(span.text in ("and", "aur", *(("with", "to") if comparing else ())) for span in between)
    linked = linked or any(span.cue("compare") for span in between)
    return linked and all(span.has("soft") or span.cue("compare", "count", "much", "possessive") for span in between)
