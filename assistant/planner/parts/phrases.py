"""Phrases of a small table looked for among the words of a question, where they may not be known to every question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.planner.reading import Reading
from assistant.planner.spans import Span
from assistant.planner.text import phrase
from assistant.planner.words import table


@dataclass(frozen=True)
class Said:
    """A phrase that was said: what it stands for, and the spans that say it."""

    name: Any
    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        """Place of its first word."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Place behind its last word."""
        return self.spans[-1].end


def said(spans: Sequence[Span], phrases: Mapping[tuple[str, ...], Any]) -> Iterator[Said]:
    """Yield every phrase that whole neighbouring spans say, the longest at each place; a span is in one of them."""
    place = 0
    while place < len(spans):
        found = _longest(spans, place, phrases)
        if found is not None:
            yield found
        place += len(found.spans) if found else 1


def words_of(name: str, *path: str) -> Mapping[tuple[str, ...], Any]:
    """Return a list, or a table of lists or values, of a word table as phrases → what each stands for."""
    return _indexed(name, path)


def take(reading: Reading, name: str, *path: str) -> tuple[Said, ...]:
    """Use every phrase of a table that the free words say, and return them."""
    found = tuple(said(reading.free(), words_of(name, *path)))
    reading.use(*(span for each in found for span in each.spans))
    return found


def _longest(spans: Sequence[Span], start: int, phrases: Mapping[tuple[str, ...], Any]) -> Said | None:
    words: tuple[str, ...] = ()
    best = None
    for end in range(start, min(start + 5, len(spans))):
        if spans[end].customer or (end > start and spans[end - 1].end != spans[end].start):
            break
        words += phrase(spans[end].text)
        if words in phrases:
            best = Said(phrases[words], tuple(spans[start : end + 1]))
    return best


@cache
def _indexed(name: str, path: tuple[str, ...]) -> Mapping[tuple[str, ...], Any]:
    declared = table(name)
    for step in path:
        declared = declared[step]
    return dict(_phrases(declared))


def _phrases(declared: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(declared, list):
        yield from ((phrase(str(written)), str(written)) for written in declared)
        return
    for key, value in declared.items():
        ways: Iterable[Any] = value if isinstance(value, list) else (key,)
        yield from ((phrase(str(written)), key if isinstance(value, list) else value) for written in ways)
