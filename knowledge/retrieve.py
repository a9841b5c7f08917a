"""Passages that answer a question: by words and by vectors together, or none."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from knowledge.answer_kinds import wanted
from knowledge.documents import Passage
from knowledge.embedders import Embedder, EmbeddingFailed
from knowledge.embedding import Embedding
from knowledge.index import PassageIndex
from knowledge.lexical import Lexicon, Match

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Reciprocal rank fusion (Cormack et al., 2009): how little the first ranks differ.
FUSION = 60
#: How many of the nearest by vector take part.
NEAREST = 30
#: Share of a question's weight that its best passage must hold, and that every shown passage must.
ANSWERS, SHOWN = 0.5, 0.3
#: What a passage that no longer holds counts; where the question is about the past, what one that holds counts.
PAST_WEIGHT = 0.96

PAST_STATUSES = frozenset({"superseded", "withdrawn"})
_ASKS_ABOUT_THE_PAST = re.compile(
    r"\b(superseded|withdrawn|repealed|replaced|former(ly)?|earlier|previous(ly)?|old(er)?|past|used to|no longer|"
    r"until|still|history|became|become of|was|were|in 20(0\d|1\d|2[0-4]))\b",
    re.IGNORECASE,
)


class PassageStore(Protocol):
    """Where a workspace keeps its passages."""

    def passages(self) -> Sequence[Passage]:
        """Return all passages, in document order."""

    def version(self) -> str:
        """Return what changes whenever the passages may have."""


@dataclass(frozen=True)
class Hit:
    """A passage found; ``score`` is 1 where it comes first by words and by vector, ``matched`` the words it shares."""

    passage: Passage
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True)
class _Corpus:
    """What was indexed.

    Attributes
    ----------
    wanted
        Name of the embedder that was asked; empty for the built-in embedding.
    note
        Why the built-in embedding stands in for it; empty where it does not.
    made_at
        When, by the process's clock: one that stands in is tried again after a while.
    """

    version: str
    wanted: str
    passages: tuple[Passage, ...]
    lexicon: Lexicon
    embedding: Vectors
    index: PassageIndex
    note: str = ""
    made_at: float = 0.0

    @property
    def stands_in_too_long(self) -> bool:
        return bool(self.note) and time.monotonic() - self.made_at >= AGAIN_AFTER


class Vectors(Protocol):
    """Makes a row of length one for each text."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the rows."""


#: What was indexed last, by workspace, and who may use or replace it: as process-wide as the vector store itself.
_CORPORA: dict[str, _Corpus] = {}
_LOCKS: dict[str, threading.Lock] = {}
#: Seconds until an embedder that failed is asked again.
AGAIN_AFTER = 60.0


class Retriever:
    """Searches the passages of one workspace; what was indexed is kept until the store's version changes.

    Parameters
    ----------
    workspace_id
        Tells the workspace, and the sight of its passages, from every other in the process: what one indexed never
        answers another.
    store
        Its passages.
    embedder
        What makes vectors; None for the built-in embedding, which also stands in where it fails.

    Attributes
    ----------
    notes
        What is to be said of the last search.
    """

    def __init__(self, workspace_id: str, store: PassageStore, embedder: Embedder | None = None) -> None:
        self._workspace_id = workspace_id
        self._store = store
        self._embedder = embedder
        self.notes: tuple[str, ...] = ()

    def search(self, question: str, *, limit: int = 5) -> list[Hit]:
        """Return the best passages, best first; none when nothing really matches.

        Passages that hold today come before those that once did, unless the question is about the past.
        """
        with _LOCKS.setdefault(self._workspace_id, threading.Lock()):
            corpus = self._corpus()
            try:
                hits = _best(corpus, question, limit)
            except EmbeddingFailed as failure:
                corpus = self._built_in(corpus.version, corpus.passages, failure)
                hits = _best(corpus, question, limit)
        self.notes = (corpus.note,) if corpus.note else ()
        return hits

    def _corpus(self) -> _Corpus:
        version, wanted = self._store.version(), self._embedder.name if self._embedder else ""
        kept = _CORPORA.get(self._workspace_id)
        if kept is not None and (kept.version, kept.wanted) == (version, wanted) and not kept.stands_in_too_long:
            return kept
        passages = tuple(self._store.passages())
        if self._embedder is None:
            return self._keep(_indexed(self._workspace_id, version, passages))
        try:
            return self._keep(_indexed(self._workspace_id, version, passages, self._embedder))
        except EmbeddingFailed as failure:
            return self._built_in(version, passages, failure)

    def _built_in(self, version: str, passages: tuple[Passage, ...], failure: EmbeddingFailed) -> _Corpus:
        wanted = self._embedder.name if self._embedder else ""
        note = f"The embedding {wanted} failed: {failure}. The built-in one was used instead."
        return self._keep(replace(_indexed(self._workspace_id, version, passages), wanted=wanted, note=note,
                                  made_at=time.monotonic()))  # fmt: skip

    def _keep(self, corpus: _Corpus) -> _Corpus:
        _CORPORA[self._workspace_id] = corpus
        return corpus


def _indexed(
    workspace_id: str, version: str, passages: tuple[Passage, ...], embedder: Embedder | None = None
) -> _Corpus:
    texts = [f"{passage.title}. {passage.section}. {passage.section}. {passage.text}" for passage in passages]
    embedding: Vectors = embedder or Embedding(texts)
    index = PassageIndex(workspace_id, [passage.id for passage in passages], embedding.vectors(texts))
    return _Corpus(version, embedder.name if embedder else "", passages, Lexicon(texts), embedding, index)


def _best(corpus: _Corpus, question: str, limit: int) -> list[Hit]:
    if not corpus.passages:
        return []
    match = corpus.lexicon.match(question)
    kind = wanted(question)
    answering = [at for at, passage in enumerate(corpus.passages) if kind is None or kind.held_by(passage.text)]
    if not answering or match.coverage[answering].max() < ANSWERS:
        return []
    past = _ASKS_ABOUT_THE_PAST.search(question) is not None
    weighed = {
        position: score * _weight(corpus.passages[position], past)
        for position, score in _fused(corpus, question, match).items()
        if match.coverage[position] >= SHOWN and position in answering
    }
    best = sorted(weighed, key=lambda position: (-weighed[position], position))[:limit]
    return [Hit(corpus.passages[at], weighed[at], match.matched.get(at, ())) for at in best]


def _fused(corpus: _Corpus, question: str, match: Match) -> dict[int, float]:
    """Position of passage → score, 1 at the most."""
    positions = {passage.id: position for position, passage in enumerate(corpus.passages)}
    by_words = sorted(match.matched, key=lambda position: (-match.scores[position], position))
    nearest = corpus.index.nearest(corpus.embedding.vectors([question])[0], min(NEAREST, len(positions)))
    by_share = sorted(match.matched, key=lambda position: (-match.coverage[position], -match.scores[position]))
    rankings = (by_words, by_share, [positions[passage_id] for passage_id in nearest])
    scores: dict[int, float] = {}
    for ranked in rankings:
        for rank, position in enumerate(ranked, start=1):
            scores[position] = scores.get(position, 0.0) + (FUSION + 1) / (FUSION + rank) / len(rankings)
    return scores


def _weight(passage: Passage, about_the_past: bool) -> float:
    return 1.0 if (passage.status in PAST_STATUSES) == about_the_past else PAST_WEIGHT
