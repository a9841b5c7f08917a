"""Twenty conversations held at the same time, whatever door they come through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

COUNT = 20
#: Size of the list → follow-ups; each conversation has a size of its own, so no two answers are alike.
TURNS = ("Who are my top {size} risky borrowers?", "why the first one?", "Top {size} borrowers by expected loss",
         "tell me about the second one")  # fmt: skip


def cell(answer: dict[str, Any], row: int, column: str) -> Any:
    names = [each["name"] for each in answer["table"]["columns"]]
    return answer["table"]["rows"][row][names.index(column)]


def converse(ask: Callable[[str, str], dict[str, Any]], size: int, together: threading.Barrier) -> None:
    """One conversation, each turn begun at the same time as everybody's."""
    conversation = f"apart-{size}"
    answers = []
    for turn in TURNS:
        together.wait(timeout=300)
        answers.append(ask(turn.format(size=size), conversation))
    listed, why, losses, profile = answers
    assert {answer["conversation_id"] for answer in answers} == {conversation}
    assert [answer["status"] for answer in answers] == ["answered"] * 4
    assert [len(each["table"]["rows"]) for each in (listed, losses)] == [size, size]
    assert why["steps"][0]["args"]["customer_id"] == cell(listed, 0, "customer_id")
    assert profile["steps"][0]["args"]["customer_id"] == cell(losses, 1, "customer_id")


def all_at_once(ask: Callable[[str, str], dict[str, Any]]) -> None:
    together = threading.Barrier(COUNT)
    with ThreadPoolExecutor(COUNT) as pool:
        running = [pool.submit(converse, ask, size, together) for size in range(2, COUNT + 2)]
        for each in running:
            each.result(timeout=600)
