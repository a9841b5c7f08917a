"""What people thought of answers, and the questions that found none."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from api.records import Id
from assistant import unanswered as gathered
from assistant.feedback import LONGEST_CORRECTION, give_feedback


class FeedbackAsked(BaseModel):
    """A thumb, and what would have answered: a question in words, or a SELECT."""

    model_config = ConfigDict(extra="forbid")

    up: bool
    correction: str = Field(default="", max_length=LONGEST_CORRECTION)


class FeedbackTold(BaseModel):
    """What was kept; ``state`` is that of the correction."""

    feedback_id: str
    receipt_id: str
    up: bool
    correction: str
    state: str


class SuggestionTold(BaseModel):
    """A word that was not understood, and one of the vocabulary it resembles."""

    word: str
    like: str
    names: str
    likeness: float


class UnansweredTold(BaseModel):
    """Questions that are alike and found no answer; personal data stand as tokens."""

    typical: str
    count: int
    askers: int
    last_asked: dt.datetime
    wordings: list[str]
    words: list[str]
    suggestions: list[SuggestionTold]


class UnansweredList(BaseModel):
    """The groups, the most frequent first."""

    groups: list[UnansweredTold]
    total: int


def feedback(receipt_id: Id, asked: FeedbackAsked, caller: Asking) -> Response:
    """Keep what the caller thinks of an answer, in place of what he thought before."""
    kept = give_feedback(
        caller.service.workspace, caller.principal, receipt_id, up=asked.up, correction=asked.correction
    )
    return as_json(FeedbackTold.model_validate(kept, from_attributes=True))


def unanswered(caller: Asking, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Response:
    """The questions that found no answer, gathered by likeness."""
    found = gathered.unanswered(caller.service.workspace, caller.principal)
    told = [UnansweredTold.model_validate(each, from_attributes=True) for each in found[:limit]]
    return as_json(UnansweredList(groups=told, total=len(found)))


LEARNING_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/receipts/{receipt_id}/feedback", "chat:ask", feedback, "Say what an answer was worth",
             answer=FeedbackTold, example={"up": False, "correction": "NPA ratio by city"}, statuses=(404,)),
    Endpoint("GET", "/unanswered", gathered.SCOPE, unanswered, "The questions that found no answer",
             answer=UnansweredList),
)  # fmt: skip
