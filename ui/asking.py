"""From a question to its answer for the screen: whatever goes wrong on the way becomes an answer that says so."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from assistant.answer import Answer, Status, Step
from governance.errors import MunshiError, ToolRefused

QUESTION_LIMIT = 2_000

_log = logging.getLogger(__name__)


class Chat(Protocol):
    """Who answers: `assistant.munshi.Munshi`, or a fake in a test."""

    def stream(self, question: str, conversation_id: str | None = None) -> Iterator[Step | Answer]:
        """Yield each step as it is done, then the answer."""

    def conversation(self, conversation_id: str) -> Sequence[Answer]:
        """The caller's answers of a conversation, each made again."""

    def as_of(self, receipt_id: str, month: dt.date) -> Answer:
        """Run an answer's calls again as of another month."""

    def run_sql(self, sql: str, conversation_id: str | None = None) -> Answer:
        """Run a statement within the guard."""


def answering(chat: Chat, question: str, conversation_id: str) -> Iterator[Step | Answer]:
    """Yield the chat's steps and its answer; an error becomes an answer with its status."""
    yield from _told(question, lambda: chat.stream(question, conversation_id))


def settled(question: str, make: Callable[[], Answer]) -> Answer:
    """The answer that is made at once; an error becomes an answer with its status."""
    return next(item for item in _told(question, lambda: iter([make()])) if isinstance(item, Answer))


def _told(question: str, items: Callable[[], Iterator[Step | Answer]]) -> Iterator[Step | Answer]:
    try:
        yield from items()
    except ToolRefused as refusal:
        yield _without_result(question, str(refusal), "refused")
    except MunshiError as error:
        yield _without_result(question, str(error), "failed")
    except Exception:  # noqa: BLE001
        yield fault(question, "Answering")


def fault(question: str, doing: str) -> Answer:
    """The answer that stands for an error nobody foresaw; called where it is handled, it logs the error under a number.

    Parameters
    ----------
    question
        What was asked.
    doing
        What failed, for the log.
    """
    incident = f"e_{secrets.token_hex(4)}"
    _log.exception("%s failed, incident %s", doing, incident)
    return _without_result(
        question,
        f"Something broke inside Munshi while answering; it is noted in the server's log as {incident}. "
        "Ask again, or ask it differently; if it happens again, hand that number to whoever runs this server.",
        "failed",
    )


def _without_result(question: str, text: str, status: Status) -> Answer:
    return Answer(receipt_id="", question=question, text=text, status=status)
