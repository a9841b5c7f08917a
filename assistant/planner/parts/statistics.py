"""The statistic of a measure that is asked for: "median loan amount", "the largest loan", "average balance"."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import World
from assistant.planner.parts.measures import Measures, noun_table
from assistant.planner.parts.ranks import Rank
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: Superlatives that speak of size, not of number: "the largest loan", but "most loans".
_SIZES = {
    "highest": "highest", "largest": "highest", "biggest": "highest", "greatest": "highest", "maximum": "highest",
    "max": "highest", "longest": "highest", "lowest": "lowest", "smallest": "lowest", "minimum": "lowest",
    "min": "lowest", "shortest": "lowest",
}  # fmt: skip
_ASKS_WHOM = ("who", "which", "whose")
_CUES = ("average", "median")
#: Cue → the statistic it asks for.
_ASKED = {"average": "average", "median": "median", "summed": "sum"}


def take_statistic(reading: Reading, world: World, measures: Measures, rank: Rank) -> Rank:
    """Put the statistic that is asked for in the place of the measure; return the rank, which may say one."""
    if len(measures.metrics) != 1:
        return rank
    (name, span), *_ = measures.metrics.items()
    size = _size_of_noun(reading, world, name, span)
    variants = reading.words.table("statistics").get(size or name, {})
    if not variants:
        if reading.words.of_house and name in reading.words.table("measures")["averages"]:
            reading.use(*(cue for cue in reading.cues("average") if cue.start >= span.end))  # "FOIR on average"
        return rank
    asked = [(cue, kind) for name, kind in _ASKED.items() for cue in reading.cues(name) if kind in variants]
    chosen = [cue for cue, _ in asked if size is None or cue.end == span.start]
    if chosen:
        names = [variants[kind] for cue, kind in asked if cue in chosen]
        measures.metrics = dict.fromkeys(names, span)
        reading.use(*chosen)
        return rank
    if _totalled(reading, span) and world.metric(name).statistic not in (None, "sum") and size is None:
        return _summed(reading, world, measures, variants, rank)
    return _extreme(reading, measures, variants, rank, span)


def restated(reading: Reading, world: World, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the figures of the question before as the statistic that is asked for now: "and the median?"."""
    del world
    variants = reading.words.table("statistics").get(metrics[0], {}) if len(metrics) == 1 else {}
    for cue in reading.cues(*_CUES):
        kind = next(kind for kind in _CUES if cue.cue(kind))
        if kind in variants:
            reading.use(cue)
            return (variants[kind],)
    return metrics


def _size_of_noun(reading: Reading, world: World, name: str, span: Span) -> str | None:
    """Return the measure that "the average loan" or "the largest loan" means; None where their number is asked for."""
    noun = noun_table(reading).get(name, {})
    before = next((other for other in reading.spans if other.end == span.start), None)
    if not noun.get("amount") or before is None or not (before.cue(*_CUES) or before.text in _SIZES):
        return None
    measure = str(noun["amount"]).removesuffix("_value")
    return measure if measure in world.vocabulary.metrics else None


def _totalled(reading: Reading, span: Span) -> bool:
    return any(
        other.text.split()[0] in ("total", "sum") and other.end <= span.start for other in reading.spans if other.text
    )


def _summed(reading: Reading, world: World, measures: Measures, variants: dict[str, str], rank: Rank) -> Rank:
    (name, span), *_ = measures.metrics.items()
    if "sum" in variants:
        measures.metrics = {variants["sum"]: span}
        return rank
    reading.notes.append(f"{world.metric(name).label} does not add up: ask for its average or median")
    reading.release(span)
    return rank


def _extreme(reading: Reading, measures: Measures, variants: dict[str, str], rank: Rank, span: Span) -> Rank:
    """Take a superlative with nothing to rank as the largest or smallest single value."""
    said = [other for other in rank.spans if other.text in _SIZES]
    if not said or rank.skip:
        return rank
    kind = _SIZES[said[0].text]
    asks_whom = any(other.text.split()[0] in _ASKS_WHOM for other in reading.spans if other.text)
    if measures.dimensions and said[0].end == span.start and noun_table(reading).get(next(iter(measures.metrics))):
        measures.metrics = {variants[kind]: span}
        return rank
    if measures.dimensions or asks_whom or rank.limit or kind not in variants:
        return rank
    measures.metrics = {variants[kind]: span}
    reading.use(*rank.spans)
    return replace(rank, kind=None, spans=())
