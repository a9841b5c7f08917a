"""One figure over another: "ratio of inflow to outflow", "bounces per active customer", "NPA loans over open loans"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.planner.frame import Frame
from assistant.planner.parts.measures import Measures
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

#: What stands between two figures that are called a ratio, and between two that are one by that alone.
_JOINING = frozenset({"to", "over", "by", "and", "upon", "divided", "as", "per", "against"})
_DIVIDING = re.compile(
    r"(?:over|upon|per|divided by|for every|for each|out of"
    r"|as (?:a |an )?(?:share|percent|percentage|proportion|fraction|multiple|%)(?: of)?)"
    r"(?: (?:the|our|all|total|each|single|every))*"
)


def as_ratio(reading: Reading, frame: Frame, measures: Measures) -> Frame:
    """Return the frame of the one figure over the other, where the question sets them so."""
    plain = not (frame.each or frame.share or frame.compare_to or frame.against)
    spans = list(measures.metrics.values())
    if len(frame.metrics) != 2 or not plain or len(spans) != 2:
        return frame
    between = reading.between(*spans)
    said = reading.cues("ratio")
    if not (said and _joined(between)) and not divided(reading, spans):
        return frame
    reading.use(*said, *between)
    ordered = sorted(measures.metrics, key=lambda name: measures.metrics[name].start)
    governed: dict[str, dict[str, str]] = reading.words.table("measures").get("governed", {})
    known = governed.get(ordered[0], {}).get(ordered[1], "")
    if known:
        measures.metrics = {known: measures.metrics[ordered[0]]}
        return replace(frame, metrics=(known,))
    return replace(frame, metrics=tuple(ordered), ratio=True)


def divided(reading: Reading, spans: Sequence[Span]) -> bool:
    """Whether the first of two figures is set over the second."""
    return len(spans) == 2 and bool(_DIVIDING.fullmatch(" ".join(span.text for span in reading.between(*spans))))


def _joined(between: list[Span]) -> bool:
    return any(span.text.split()[0] in _JOINING for span in between if span.text)
