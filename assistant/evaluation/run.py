"""Asking golden questions and judging the answers: what `munshi eval` and the benchmarks share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.evaluation.golden import Golden, Rows
from assistant.evaluation.judge import Judged, judge

if TYPE_CHECKING:
    from assistant.munshi import Munshi


def ask_all(munshi: Munshi, questions: Iterable[Golden]) -> list[Judged]:
    """Ask each question in a conversation of its own, what follows on it in the same; judge every answer.

    Parameters
    ----------
    munshi
        Who is asked.
    questions
        Their names filled.
    """
    query = query_of(munshi)
    judged = []
    for question in questions:
        conversation: str | None = None
        for golden in (question, *question.then):
            answer = munshi.ask(golden.ask, conversation_id=conversation)
            conversation = answer.conversation_id
            judged.append(judge(golden, answer, query))
    return judged


def query_of(munshi: Munshi) -> Callable[[str], Rows]:
    """Return what runs a gold's SELECT on the books of ``munshi``."""

    def query(sql: str) -> Sequence[tuple[Any, ...]]:
        return munshi.workspace.query(munshi.principal, sql).rows

    return query
