"""What is kept: conversations, receipts and their replay, the models that serve, the audit log's chain."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from api.tool_calls import digest, unless_held
from assistant.replay import Replay, visible_to
from governance.errors import BooksCorrupt, NotThere
from tools.model_state import serving_models

if TYPE_CHECKING:
    from governance.control import StoredReceipt

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
TURNS = 200


class Turn(BaseModel):
    """A question and its answer; personal data stand as tokens."""

    receipt_id: str
    created_at: dt.datetime
    status: str
    question: str
    interpretation: str
    text: str


class Conversation(BaseModel):
    """The caller's own turns of a conversation, oldest first."""

    conversation_id: str
    turns: list[Turn]


class Receipt(Turn):
    """Enough to run an answer again: plan, SQL, snapshot, model versions, passages."""

    conversation_id: str
    mind: str
    snapshot: int | None
    plan: list[dict[str, Any]]
    sql: list[str]
    model_versions: dict[str, str]
    passages: list[str]
    warnings: list[str]


class ReplayAsked(BaseModel):
    """On which books to run it again: those it was made from, or today's."""

    model_config = ConfigDict(extra="forbid")

    today: bool = False


class ServingModel(BaseModel):
    """A model that serves."""

    model_config = ConfigDict(protected_namespaces=())

    model: str
    version: str
    trained_as_of: dt.date


class ModelList(BaseModel):
    """The models that serve; `POST /tools/model_card` tells all of one."""

    models: list[ServingModel]


class AuditVerified(BaseModel):
    """Whether every entry of the audit log links to the one before it."""

    intact: bool
    entries: int | None = None
    detail: str = ""


def conversation(conversation_id: Id, caller: Asking) -> Response:
    """The caller's own turns of one conversation."""
    found = caller.service.workspace.control.conversation(conversation_id, last=TURNS)
    mine = [_turn(each) for each in found if each.principal == caller.principal.name]
    if not mine:
        raise NotThere(f"You have no conversation '{conversation_id}'. An answer tells its own: `conversation_id`.")
    return as_json(Conversation(conversation_id=conversation_id, turns=[Turn(**each) for each in mine]))


def receipt(receipt_id: Id, caller: Asking) -> Response:
    """One receipt: one's own, or anybody's with the permission to see personal data."""
    workspace = caller.service.workspace
    found = workspace.control.receipt(receipt_id)
    visible_to(found, workspace, caller.principal, doing="receipt")
    kept = {name: found.content[name] for name in
            ("mind", "snapshot", "plan", "sql", "model_versions", "passages", "warnings")}  # fmt: skip
    return as_json(Receipt(**_turn(found), conversation_id=found.conversation_id, **kept))


def replay(receipt_id: Id, asked: ReplayAsked, caller: Asking) -> Response:
    """Run an answer again and compare."""
    found = caller.service.munshi_of(caller.principal).replay(receipt_id, today=asked.today)
    caller.service.audit(caller.principal, "replay", "done", receipt=receipt_id, same=found.same)
    return as_json(found)


def models(caller: Asking, request: Request) -> Response:
    """The models that serve, each with its version."""
    workspace, principal = caller.service.workspace, caller.principal
    listed = [
        ServingModel(model=model, version=version, trained_as_of=trained)
        for model, version, trained in serving_models(workspace, principal)
    ]
    answer = ModelList(models=listed)
    return unless_held(request, answer, digest(answer.model_dump_json(), workspace.lake.publish_id()))


def verify_audit(caller: Asking) -> Response:
    """Walk the whole chain."""
    try:
        entries = caller.service.workspace.control.verify_audit()
    except BooksCorrupt as broken:
        return as_json(AuditVerified(intact=False, detail=str(broken)))
    return as_json(AuditVerified(intact=True, entries=entries))


def _turn(found: StoredReceipt) -> dict[str, Any]:
    return {"receipt_id": found.receipt_id, "created_at": found.created_at, "status": found.status,
            **{name: found.content[name] for name in ("question", "interpretation", "text")}}  # fmt: skip


RECORD_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/conversations/{conversation_id}", "chat:ask", conversation, "One's own turns of a conversation",
             answer=Conversation, statuses=(404,)),
    Endpoint("GET", "/receipts/{receipt_id}", "chat:ask", receipt, "How an answer came about",
             answer=Receipt, statuses=(404,)),
    Endpoint("POST", "/receipts/{receipt_id}/replay", "chat:ask", replay, "Run an answer again and compare",
             answer=Replay, example={"today": False}, statuses=(404,)),
    Endpoint("GET", "/models", "models:read", models, "The models that serve", answer=ModelList,
             responses={304: {"description": "You hold it already"}}),
    Endpoint("GET", "/audit/verify", "audit:read", verify_audit, "Whether the audit log is intact",
             answer=AuditVerified),
)  # fmt: skip
