"""Order and number: "top 5", "the lowest", "worst 10"."""

from __future__ import annotations

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
    number = _rows(reading)
    limit = int(number.quantity.value) if number and number.quantity else None
    return Rank(kind, limit, (*alike, *([number] if number else [])))


def _rows(reading: Reading) -> Span | None:
    """Return the one bare whole number, if there is one and only one."""
    bare = [
        span for span in reading.having("number")
        if span.quantity and not span.quantity.unit and not span.quantity.open_ended and span.quantity.upper is None
        and span.quantity.value == span.quantity.value.to_integral_value() and span.quantity.value >= 1
    ]  # fmt: skip
    return bare[0] if len(bare) == 1 else None
