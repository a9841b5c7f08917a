"""The words of a paper in the language it is in, and whether a PDF can be set in that language here."""

from __future__ import annotations

from functools import cache

from governance.look.theme import Language
from ui.language import say

#: Fonts that write Devanagari, as the common systems and Debian's packages name them.
DEVANAGARI = (
    "Noto Sans Devanagari", "Mukta", "Nirmala UI", "Kohinoor Devanagari", "Devanagari Sangam MN", "Mangal",
    "Lohit Devanagari", "Noto Serif Devanagari",
)  # fmt: skip
#: Language → fonts of which one must be there for its PDF.
WRITTEN_BY: dict[Language, tuple[str, ...]] = {"hi": DEVANAGARI}
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


def pdf_language(wanted: Language) -> Language:
    """The language a PDF is set in: the one wanted where a font here writes it, else English."""
    needed = WRITTEN_BY.get(wanted, ())
    return wanted if not needed or _families().intersection(needed) else "en"


@cache
def _families() -> frozenset[str]:
    import typst

    return frozenset(typst.Fonts().families())
