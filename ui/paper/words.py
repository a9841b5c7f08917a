"""The words of a paper in the language it is in."""

from __future__ import annotations

from ui.language import say

_WORDS = (
    "CONFIDENTIAL", "as of {day}", "As of {day}", "As of {day}.", "Made {when} for {whom}", "Made", "For", "Scope",
    "Personal data", "personal data {how}", "Books", "books {snapshot}", "snapshot {snapshot}", "Figure", "Before",
    "Now", "Change", "Definitions", "Statements", "Definitions and sources", "Models:",
    "{count} statements were run on snapshot {snapshot} of the books, as of {day}.",
    "Every figure is read as the pages on screen read it, on the books named above; definitions and sources stand on "
    "the last page.",
)  # fmt: skip


def paper_words() -> dict[str, str]:
    """Every fixed sentence of a paper, in the language spoken."""
    return {text: say(text) for text in _WORDS}
