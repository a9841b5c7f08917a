"""`/reviews` and `/letters`: adverse decisions wait for a person; a letter on one is drafted, and never sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import reviews

CaseId = Annotated[str, Path(pattern=r"^v_[0-9a-f]{12}$")]
CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
Limit = Annotated[int, Query(ge=1, le=10_000, description="how many cases at the most")]


class Case(BaseModel):
    """A borrower of whom something adverse was decided: by a rule, or by the band he is in."""

    case_id: str
    customer_id: str
    as_of: str
    version: str
    cause: Literal["decline", "refer", "band"]
    probability_of_default: float
    score: int
    band: str
    model_band: str
    decision: str | None
    rule: str | None
    rule_text: str | None
    rules_version: int | None
    exposure: str
    currency: str | None
    reasons: list[dict[str, Any]]
    said: str | None


class CaseList(BaseModel):
    """Cases that wait, the riskiest first."""

    cases: list[Case]


class DecisionAsked(BaseModel):
    """Uphold the adverse decision, or approve against it; and why."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["uphold", "approve"]
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class Decided(BaseModel):
    """What a person decided, with the case as it stood; ``decided_at`` in seconds since 1970."""

    case_id: str
    outcome: Literal["uphold", "approve"]
    decided_by: str
    decided_at: float
    reason: str
    case: Case


class DecidedList(BaseModel):
    """Cases that were decided, the newest last."""

    decisions: list[Decided]


class Letter(BaseModel):
    """A draft, in Markdown; ``reviewed`` tells whether a person upheld the decision."""

    case_id: str
    customer_id: str
    reviewed: bool
    reasons: list[str]
    text: str


def list_cases(caller: Asking, limit: Limit = 100) -> Response:
    """Cases that wait for a person."""
    found = reviews.queue(caller.service.workspace, caller.principal, limit=limit)
    return as_json(CaseList(cases=[Case(**each) for each in found]))


def list_decided(caller: Asking, limit: Limit = 100) -> Response:
    """Cases that a person decided."""
    found = reviews.queue(caller.service.workspace, caller.principal, decided=True, limit=limit)
    return as_json(DecidedList(decisions=[Decided(**each) for each in found]))


def decide_case(case_id: CaseId, asked: DecisionAsked, caller: Asking) -> Response:
    """Decide a case that waits."""
    workspace, by = caller.service.workspace, caller.principal
    return as_json(Decided(**reviews.decide(workspace, by, case_id, asked.outcome, reason=asked.reason)))


def draft_letter(customer_id: CustomerId, caller: Asking) -> Response:
    """Draft a letter on an adverse decision; nothing is sent."""
    return as_json(Letter(**reviews.letter(caller.service.workspace, caller.principal, customer_id)))


REVIEW_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/reviews", reviews.SCOPE, list_cases, "Cases that wait for a person", answer=CaseList),
    Endpoint("GET", "/reviews/decided", reviews.SCOPE, list_decided, "Cases that a person decided", answer=DecidedList),
    Endpoint("POST", "/reviews/{case_id}", reviews.SCOPE, decide_case, "Decide a case", answer=Decided,
             example={"outcome": "uphold", "reason": "income was checked against the employer"}, statuses=(404,)),
    Endpoint("POST", "/letters/{customer_id}", reviews.SCOPE, draft_letter, "Draft a letter on an adverse decision",
             answer=Letter, statuses=(404,)),
)  # fmt: skip
