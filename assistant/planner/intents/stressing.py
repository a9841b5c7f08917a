"""What if everybody's figures were others: "stress the book: incomes down 15 %, instalments up 2 %"."""

from __future__ import annotations

from assistant.planner.frame import RANKING_FILTERS, Frame, World
from assistant.planner.intents.supposing import take_changes
from assistant.planner.parts.phrases import said, take, words_of
from assistant.planner.parts.values import take_values
from assistant.planner.reading import Reading

_TABLE = "supposing"


def read_stress(reading: Reading, world: World) -> Frame | None:
    """Read a supposition about all borrowers, or those of some places and products; None where somebody is named."""
    if not world.words.of_house or any(span.customer for span in reading.spans):
        return None
    stressing, supposing = (list(said(reading.free(), words_of(_TABLE, part))) for part in ("stressing", "supposing"))
    if not (stressing or supposing):
        return None
    reading.use(*(span for each in (*stressing, *supposing) for span in each.spans))
    for part in ("stressed", "outcomes"):
        take(reading, _TABLE, part)
    filters = take_values(reading, world, lambda name: name in RANKING_FILTERS, reading.free())
    changes = take_changes(reading)
    if not changes:
        return None
    for part in ("risk", "effects", "carried", "everybody", "people"):
        take(reading, _TABLE, part)
    reading.take_cue("risk", "scored", "all", "high_risk", "change", "much", "possessive")
    return Frame("stress", changes=changes, filters=filters)
