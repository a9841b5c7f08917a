"""The questions that found no answer, gathered by likeness, with the words that stood in the way.

Nothing of its own is kept: a receipt of an answer that abstained holds its question, personal data as tokens, sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.planner.conversation import Turn
from assistant.planner.text import phrase
from assistant.planner.understand import NotUnderstood, Understood
from assistant.verified import COURTESIES
from governance.permission import permit
from governance.principal import local_principal

if TYPE_CHECKING:
    import datetime as dt

    from assistant.planner.mind import PlannerMind
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from knowledge.vocabulary import Dimension, Metric, Vocabulary
    from tools.workspace import Workspace

SCOPE = "unanswered:read"
#: Receipts looked at, the newest.
MOST_RECEIPTS = 2_000
#: Cosine distance beyond which two questions are not about the same.
APART = 0.62
#: Likeness from which a word of the vocabulary is suggested, and how many are.
ALIKE, SUGGESTED = 0.45, 3


@dataclass(frozen=True)
class Suggestion:
    """A word that was not understood, and one of the vocabulary it resembles.

    Attributes
    ----------
    names
        Metric or dimension that the word of the vocabulary stands for.
    likeness
        0 to 1.
    """

    word: str
    like: str
    names: str
    likeness: float


@dataclass(frozen=True)
class Unanswered:
    """Questions that are alike and found no answer.

    Attributes
    ----------
    typical
        The wording nearest to all others.
    count
        How often they were asked.
    askers
        By how many people.
    words
        What nothing accounted for, the most frequent first.
    """

    typical: str
    count: int
    askers: int
    last_asked: dt.datetime
    wordings: tuple[str, ...]
    words: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


def unanswered(workspace: Workspace, by: Principal, last: int = MOST_RECEIPTS) -> list[Unanswered]:
    """The questions that found no answer and would find none today, the most frequent first.

    Parameters
    ----------
    last
        Answers looked at, the newest that abstained.

    Raises
    ------
    ToolRefused
    """
    from assistant.minds import embedded_mind

    permit(workspace.control, by, SCOPE, doing="unanswered", what="seeing unanswered questions")
    receipts = [each for each in workspace.control.receipts("abstained", last=last) if not _asks_who(each)]
    if not receipts:
        return []
    planner: Any = embedded_mind(workspace, local_principal(workspace.name)).model
    mind: PlannerMind = planner.mind
    asked: dict[tuple[str, ...], list[StoredReceipt]] = {}
    for receipt in receipts:
        asked.setdefault(_words(receipt.content["question"]), []).append(receipt)
    stuck = {words: found for words, found in asked.items() if _stuck(mind, found[0].content["question"]) is not None}
    names = {written: each.label for written, each in named(workspace.vocabulary).items()}
    told = [_told(mind, names, [stuck[words] for words in alike]) for alike in _clusters(list(stuck))]
    return sorted(told, key=lambda each: (-each.count, each.typical))


def _asks_who(receipt: StoredReceipt) -> bool:
    """Whether the answer only asked back which of several customers of one name was meant."""
    return bool(receipt.content["interpretation"] == receipt.content["question"])


def _stuck(mind: PlannerMind, question: str) -> tuple[str, ...] | None:
    """Return the words that nothing accounts for; None where the question is understood by now, for other than text."""
    read = mind.read([Turn(question)])
    if isinstance(read, NotUnderstood):
        return read.words
    return () if isinstance(read, Understood) and all(each.intent == "knowledge" for each in read.frames) else None


def _words(question: str) -> tuple[str, ...]:
    return tuple(word for word in phrase(question) if word not in COURTESIES) or (question,)


def _clusters(asked: Sequence[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """Gather questions whose words are alike: average linkage, so the order they came in does not matter."""
    if len(asked) < 2:
        yield from ([each] for each in asked)
        return
    from sklearn.cluster import AgglomerativeClustering

    from knowledge.embedding import Embedding

    ordered = sorted(asked)
    texts = [" ".join(words) for words in ordered]
    distances = 1 - (vectors := Embedding(texts).vectors(texts)) @ vectors.T
    model = AgglomerativeClustering(
        n_clusters=None, distance_threshold=APART, metric="precomputed", linkage="average"
    ).fit(distances.clip(0))
    for label in sorted(set(model.labels_)):
        yield [words for words, own in zip(ordered, model.labels_, strict=True) if own == label]


def _told(mind: PlannerMind, names: Mapping[str, str], alike: Sequence[Sequence[StoredReceipt]]) -> Unanswered:
    receipts = [receipt for found in alike for receipt in found]
    wordings = Counter(receipt.content["question"] for receipt in receipts)
    words = Counter(word for text, count in wordings.items() for word in (_stuck(mind, text) or ()) * count)
    typical = _typical(wordings)
    others = tuple(
        text for text, _ in sorted(wordings.items(), key=lambda pair: (-pair[1], pair[0])) if text != typical
    )
    frequent = tuple(word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0])))
    return Unanswered(
        typical, len(receipts), len({receipt.principal for receipt in receipts}),
        max(receipt.created_at for receipt in receipts), others, frequent,
        tuple(found for word in frequent for found in _suggested(word, names)),
    )  # fmt: skip


def _typical(wordings: Mapping[str, int]) -> str:
    """The wording that shares most of its words with all others, as often as they were asked."""
    parts = {text: set(_words(text)) for text in wordings}

    def shared(text: str) -> float:
        return sum(
            count * len(parts[text] & parts[other]) / len(parts[text] | parts[other])
            for other, count in wordings.items()
        )

    return min(wordings, key=lambda text: (-shared(text), -wordings[text], len(text), text))


def named(vocabulary: Vocabulary) -> dict[str, Metric | Dimension]:
    """Word or phrase of the vocabulary → what it stands for."""
    declared: list[Metric | Dimension] = [*vocabulary.metrics.values(), *vocabulary.dimensions.values()]
    return {written.lower(): each for each in declared for written in (each.label, *each.synonyms)}


def _suggested(word: str, names: Mapping[str, str]) -> list[Suggestion]:
    """The words of the vocabulary that look most like one: by edits, and by the groups of letters they share."""
    from rapidfuzz import fuzz

    from knowledge.embedding import Embedding

    written = list(names)
    vectors = Embedding(written).vectors([word, *written])
    by_letters = vectors[1:] @ vectors[0]
    likeness = {
        text: max(fuzz.ratio(word.lower(), text) / 100, float(near))
        for text, near in zip(written, by_letters, strict=True)
    }
    best = sorted((text for text in written if likeness[text] >= ALIKE), key=lambda text: (-likeness[text], text))
    kept: dict[str, Suggestion] = {}
    for text in best:
        kept.setdefault(names[text], Suggestion(word, text, names[text], round(likeness[text], 3)))
    return list(kept.values())[:SUGGESTED]
