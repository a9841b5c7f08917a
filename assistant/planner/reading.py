"""One attempt to understand a question: its spans, and which of them the attempt accounts for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.planner.lexicon import EVERYDAY, Kind
from assistant.planner.spans import Span
from assistant.planner.words import Words


class Reading:
    """Spans with a record of those that were used.

    Parameters
    ----------
    spans
        The question.
    words
        The word tables it is read by.
    notes
        What was noticed before; an attempt adds its own.
    """

    def __init__(self, spans: Sequence[Span], words: Words, notes: Sequence[str] = ()) -> None:
        self.spans = tuple(spans)
        self.words = words
        self.notes = list(notes)
        self._noted = tuple(notes)
        self._used: set[int] = set()

    def again(self) -> Reading:
        """Return a fresh attempt at the same question."""
        return Reading(self.spans, self.words, self._noted)

    def use(self, *spans: Span) -> None:
        """Account for ``spans``."""
        self._used.update(span.start for span in spans)

    def release(self, *spans: Span) -> None:
        """Give ``spans`` back: what was made of them does not hold."""
        self._used.difference_update(span.start for span in spans)

    def used(self, span: Span) -> bool:
        """Whether ``span`` is accounted for."""
        return span.start in self._used

    def free(self) -> list[Span]:
        """Return the spans not accounted for yet, in order."""
        return [span for span in self.spans if span.start not in self._used]

    def having(self, kind: Kind, name: str | None = None) -> list[Span]:
        """Return the free spans that can mean something of ``kind``."""
        return [span for span in self.free() if span.has(kind, name)]

    def cues(self, *names: str) -> list[Span]:
        """Return the free spans that can be one of these cues."""
        return [span for span in self.free() if span.cue(*names)]

    def take_cue(self, *names: str) -> bool:
        """Use every free span that can be one of these cues; whether there was one."""
        found = self.cues(*names)
        self.use(*found)
        return bool(found)

    def take_terms(self, topic: str) -> None:
        """Use the words that only go with a question about ``topic``, and those of every day."""
        said = [span for span in self.free() if span.has("term", topic) or span.has("term", EVERYDAY)]
        self.use(*(span for span in said if not span.has("later")))

    def before(self, span: Span) -> Span | None:
        """Return the span before, courtesies and articles passed over."""
        return next((other for other in reversed(self.spans) if other.end <= span.start and not _passing(other)), None)

    def after(self, span: Span) -> Span | None:
        """Return the span after, courtesies and articles passed over."""
        return next((other for other in self.spans if other.start >= span.end and not _passing(other)), None)

    def between(self, one: Span, other: Span) -> list[Span]:
        """Return the spans that stand between two, whichever comes first."""
        first, second = sorted((one, other), key=lambda span: span.start)
        return [span for span in self.spans if first.end <= span.start and span.end <= second.start]

    def unexplained(self) -> list[Span]:
        """Return the spans with content that nothing accounts for."""
        return [span for span in self.free() if not self._soft(span)]

    def _soft(self, span: Span) -> bool:
        return any(m.kind == "soft" or (m.kind == "cue" and m.name in self.words.soft_cues) for m in span.meanings)


def _passing(span: Span) -> bool:
    """Whether a span may be passed over when looking for a neighbour: soft, and no cue but that of possession."""
    cues = set(span.names("cue")) - {"possessive", "follow", "listing"}
    return span.has("soft") and not cues and all(m.kind in ("soft", "cue", "term") for m in span.meanings)


def words(spans: Iterable[Span]) -> str:
    """Return the text of spans as people read it: 'altitude' and 'divorced'."""
    quoted = [f"“{span.text}”" for span in spans]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
