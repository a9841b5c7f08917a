"""The questions that found no answer, gathered by likeness, with the words that stood in the way.

Nothing of its own is kept: a receipt of an answer that abstained holds its question, personal data as tokens, sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.courtesies import COURTESIES
from assistant.planner.text import phrase
from assistant.stuck import Judge, Suggestion, judge_of
from governance.permission import permit

if TYPE_CHECKING:
    import datetime as dt

    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "unanswered:read"
#: Receipts looked at, the newest.
MOST_RECEIPTS = 2_000
#: Cosine distance beyond which two questions are not about the same.
APART = 0.62


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
    permit(workspace.control, by, SCOPE, doing="unanswered", what="seeing unanswered questions")
    receipts = [each for each in workspace.control.receipts("abstained", last=last) if not _asks_who(each)]
    if not receipts:
        return []
    judge = judge_of(workspace)
    asked: dict[tuple[str, ...], list[StoredReceipt]] = {}
    for receipt in receipts:
        asked.setdefault(_words(receipt.content["question"]), []).append(receipt)
    stuck = {
        words: found for words, found in asked.items() if judge.reading(found[0].content["question"]).words is not None
    }
    told = [_told(judge, [stuck[words] for words in alike]) for alike in _clusters(list(stuck))]
    return sorted(told, key=lambda each: (-each.count, each.typical))


def _asks_who(receipt: StoredReceipt) -> bool:
    """Whether the answer only asked back which of several customers of one name was meant."""
    return bool(receipt.content["interpretation"] == receipt.content["question"])


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


def _told(judge: Judge, alike: Sequence[Sequence[StoredReceipt]]) -> Unanswered:
    receipts = [receipt for found in alike for receipt in found]
    wordings = Counter(receipt.content["question"] for receipt in receipts)
    words = Counter(word for text, count in wordings.items() for word in (judge.reading(text).words or ()) * count)
    typical = _typical(wordings)
    others = tuple(
        text for text, _ in sorted(wordings.items(), key=lambda pair: (-pair[1], pair[0])) if text != typical
    )
    frequent = tuple(word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0])))
    return Unanswered(
        typical, len(receipts), len({receipt.principal for receipt in receipts}),
        max(receipt.created_at for receipt in receipts), others, frequent,
        tuple(found for word in frequent for found in judge.suggestions(word)),
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
