"""The status of a rule that is not in force stands beside it, whether or not a model wrote it there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assistant.grounding import CITATION, END

if TYPE_CHECKING:
    from tools.result import Source

IN_FORCE = "in force"


def with_statuses(text: str, sources: Iterable[Source]) -> str:
    """Return the text with the status written behind each citation of a passage that is not in force.

    Where the sentence says the status itself, it is left alone.
    """
    others = {name: source for source in sources if source.status != IN_FORCE for name in names(source)}
    if not others:
        return text
    lines = (" ".join(_sentence(sentence, others) for sentence in END.split(line)) for line in text.split("\n"))
    return "\n".join(lines)


def uncited(text: str, sources: Sequence[Source]) -> tuple[str, ...]:
    """Say which passages are not in force, where a text rests on passages and cites none."""
    if not sources or CITATION.search(text):
        return ()
    others = {source.title: _status(source) for source in sources if source.status != IN_FORCE}
    listed = "; ".join(f"{title}: {status}" for title, status in others.items())
    return (f"No passage is cited here. Not in force among those found: {listed}.",) if others else ()


def names(source: Source) -> tuple[str, ...]:
    """How a passage may be cited, in lower case."""
    written = (source.id, f"{source.id}#{source.section}", f"{source.title}#{source.section}")
    return tuple(name.casefold() for name in written)


def _sentence(sentence: str, others: dict[str, Source]) -> str:
    def beside(found: re.Match[str]) -> str:
        source = others.get(found.group(1).casefold())
        said = source is None or source.status.casefold() in sentence.casefold()
        return found.group() if source is None or said else f"{found.group()} ({_status(source)})"

    return CITATION.sub(beside, sentence)


def _status(source: Source) -> str:
    return f"{source.status}, to {source.effective_to}" if source.effective_to else source.status
