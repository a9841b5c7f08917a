"""Order and number: "top 5", "the lowest", "worst 10"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from knowledge.vocabulary import Metric

Superlative = Literal["most", "least", "worst", "best"]
SUPERLATIVES: tuple[Superlative, ...] = ("most", "least", "worst", "best")


@dataclass(frozen=True)
class Rank:
    """A superlative and how many were asked for, with the spans that say so; none of them is used yet."""

    kind: Superlative | None
    limit: int | None
    spans: tuple[Span, ...]
    skip: int = 0

    def direction(self, metric: Metric) -> Literal["asc", "desc"] | None:
        """Return the sort order, or None where the metric has no better end for "worst" or "best"."""
        if self.kind is None:
            return None
        if self.kind in ("most", "least"):
            return "desc" if self.kind == "most" else "asc"
        if metric.higher_is == "neutral":
            return None
        return "desc" if (self.kind == "worst") == (metric.higher_is == "worse") else "asc"


def find_rank(reading: Reading) -> Rank:
    """Find the superlative and the number of rows, if any."""
    found = reading.cues(*SUPERLATIVES)
    kind = next((name for name in SUPERLATIVES if found and found[0].cue(name)), None)
    alike = [span for span in found if kind and span.cue(kind)]
    ranking = [*alike, *reading.cues("risky", "risky_borrowers", "safest")]
    place = next(
        (before for span in ranking if (before := _just_before(reading, span)) and before.has("ordinal")), None
    )
    if place is not None and place.position and place.position > 0:
        return Rank(kind, 1, (*alike, place), place.position - 1)
    number = _rows(reading, alike)
    limit = int(number.quantity.value) if number and number.quantity else None
    return Rank(kind, limit, (*alike, *([number] if number else [])))


def _just_before(reading: Reading, span: Span) -> Span | None:
    return next((other for other in reading.spans if other.end == span.start), None)


def _rows(reading: Reading, superlatives: Sequence[Span]) -> Span | None:
    """Return the whole number that says how many: the one beside the superlative, or the only one there is."""
    bare = [span for span in reading.having("number") if _whole(span)]
    beside = [reading.after(span) for span in superlatives] + [reading.before(span) for span in superlatives]
    return next((span for span in beside if span in bare), bare[0] if len(bare) == 1 else None)


def _whole(span: Span) -> bool:
    said = span.quantity
    if said is None or said.unit or said.open_ended or said.upper is not None:
        return False
    return said.value >= 1 and said.value == said.value.to_integral_value()
