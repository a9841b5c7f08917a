"""HTML: what a reader of the page would see, nothing that is hidden from him."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from knowledge.files.sections import FileText, by_headings
from knowledge.files.texts import decoded

#: Elements whose text is no text of the page, and those that close nothing.
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head", "nav", "svg", "iframe", "object", "textarea"))
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "table", "tr", "ul", "ol", "li", "br", "hr", "blockquote", "pre", "main",
     "header", "footer", "aside", "dd", "dt", "dl", "figure", "body", "form", "details", "summary")
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?!\.?[1-9])", re.IGNORECASE)


def read_html(body: bytes) -> FileText:
    """Read a page: a section below each heading."""
    page = _Page()
    page.feed(decoded(body))
    page.close()
    page.flush()
    return by_headings(iter(page.blocks), " ".join("".join(page.title).split()))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[int, str]] = []
        self.title: list[str] = []
        self._held: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._level = 0

    @property
    def _hidden(self) -> bool:
        return any(hides for _, hides in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; what it hides stays unread until it closes."""
        given = dict(attrs)
        if tag not in _VOID:
            style = _HIDING.search(given.get("style") or "") is not None
            hides = tag in _UNSEEN or "hidden" in given or given.get("aria-hidden") == "true" or style
            self._open.append((tag, hides))
        if tag in _HEADINGS:
            self.flush()
            self._level = _HEADINGS[tag]
        elif tag in _BLOCKS:
            self.flush()
        if tag == "li":
            self._held.append("- ")
        elif tag in ("td", "th"):
            self._held.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open within it."""
        if any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag in _HEADINGS or tag in _BLOCKS:
            self.flush()
            self._level = 0

    def handle_data(self, data: str) -> None:
        """Keep text that is seen."""
        if self._open and self._open[-1][0] == "title":
            self.title.append(data)
        elif not self._hidden:
            self._held.append(data)

    def flush(self) -> None:
        """End a block."""
        text = " ".join("".join(self._held).split())
        if text.strip("- "):
            self.blocks.append((self._level, text))
        self._held = []
