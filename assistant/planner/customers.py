"""Customer ids in a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: What an id may look like before it is known to be one: letters and digits, joined by '_' or '-', not letters alone.
_WRITTEN = re.compile(r"(?<![\w.,₹-])(?=[A-Za-z-]*[\d_])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*(?![\w%+]|[.,]\d)")


@dataclass(frozen=True)
class Found:
    """An id in a text, from ``start`` up to ``end``."""

    start: int
    end: int
    customer: str


class Customers:
    """Tells customer ids from other words.

    Parameters
    ----------
    ids
        The ids of the books; may be empty.
    pattern
        What an id looks like: one that the books lack is recognised too, so that the tool can say so.
    """

    def __init__(self, ids: Iterable[str], pattern: re.Pattern[str]) -> None:
        self._ids = {customer.casefold(): customer for customer in ids}
        self._pattern = pattern

    def holds(self, customer: str) -> bool:
        """Whether the books know ``customer``."""
        return customer.casefold() in self._ids

    def named(self, written: str) -> str:
        """Return the id that ``written`` is, or an empty string."""
        known = self._ids.get(written.casefold())
        if known:
            return known
        return next((way for way in (written, written.upper()) if self._pattern.fullmatch(way)), "")

    def in_text(self, text: str) -> Iterator[Found]:
        """Yield the ids in ``text``; those of digits alone are numbers unless a word before says otherwise."""
        for written in _WRITTEN.finditer(text):
            customer = "" if written.group().isdigit() else self.named(written.group())
            if customer:
                yield Found(written.start(), written.end(), customer)
