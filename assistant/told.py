"""Telling results in the house's own words, where they are the whole answer: no model has to write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.planner.plan import Call as Planned
from assistant.planner.plan import frame_of
from assistant.prose.compose import compose

if TYPE_CHECKING:
    from assistant.calls import Call
    from knowledge.vocabulary import Vocabulary


def told(calls: Sequence[Call], vocabulary: Vocabulary) -> str | None:
    """Return the text that tells the results of ``calls``; None where one of them has no words of its own."""
    texts = []
    for call in calls:
        frame = frame_of(Planned(call.tool, call.args))
        if frame is None:
            return None
        texts.append(compose(frame, call.seen, vocabulary))
    return "\n\n".join(text for text in texts if text) or None
