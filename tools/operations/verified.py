"""Verified questions: proposed out of an answer or by hand, approved and retired by who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.errors import ToolRetry
from governance.permission import permit
from governance.verified import VerifiedQuestion, VerifiedQuestions
from tools.registry import tool

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "questions:approve"


def propose(workspace: Workspace, by: Principal, question: str, plan: Sequence[Mapping[str, Any]]) -> VerifiedQuestion:
    """Keep a question with the calls that answer it; ``question`` must hold no personal data.

    Raises
    ------
    ToolRetry
        There is no call, no such tool, or its arguments are wrong.
    ToolRefused
        Who proposes may not ask questions.
    """
    permit(workspace.control, by, "chat:ask", doing="verified:propose", what="proposing a verified question")
    if not plan or not question.strip():
        raise ToolRetry('A verified question needs words, and a plan of at least one call: {"tool": …, "args": {…}}.')
    checked = [_checked(call) for call in plan]
    clock = workspace.data_clock(by).isoformat()
    with workspace.control.together():
        kept = VerifiedQuestions(workspace.control).propose(question.strip(), checked, clock, by.name)
        _audit(workspace, by, "propose", kept)
    return kept


def propose_answer(workspace: Workspace, by: Principal, receipt_id: str) -> VerifiedQuestion:
    """Keep the question of an answer with the plan that answered it.

    Raises
    ------
    ReceiptNotFound
        There is no such answer.
    ToolRetry
        It was another caller's, no answer, or leant on what was said before it.
    """
    receipt = workspace.control.receipt(receipt_id)
    if receipt.principal != by.name:
        raise ToolRetry(f"Answer {receipt_id} was given to another caller: who was given it proposes it.")
    if receipt.status != "answered" or receipt.sequence != 1:
        raise ToolRetry(
            f"Answer {receipt_id} cannot be proposed: only an answer to the first question of a conversation can, "
            "for a later one may lean on what was said before it."
        )
    return propose(workspace, by, receipt.content["question"], receipt.content["plan"])


def approve(workspace: Workspace, by: Principal, question_id: str) -> VerifiedQuestion:
    """Let a question answer by its plan from now on.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="verified:approve", what="approving a verified question")
    with workspace.control.together():
        kept = VerifiedQuestions(workspace.control).decide(question_id, "approved", by.name)
        _audit(workspace, by, "approve", kept)
    return kept


def retire(workspace: Workspace, by: Principal, question_id: str) -> VerifiedQuestion:
    """Let a question answer by its plan no more; it stays in the list.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="verified:retire", what="retiring a verified question")
    with workspace.control.together():
        kept = VerifiedQuestions(workspace.control).decide(question_id, "retired", by.name)
        _audit(workspace, by, "retire", kept)
    return kept


def listed(workspace: Workspace, by: Principal) -> list[VerifiedQuestion]:
    """Every verified question.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, "chat:ask", doing="verified:list", what="listing verified questions")
    return VerifiedQuestions(workspace.control).all()


def _checked(call: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(call, Mapping) or not isinstance(call.get("args", {}), Mapping):
        raise ToolRetry('Each call of a plan is an object: {"tool": …, "args": {…}}.')
    named = tool(str(call.get("tool", "")))
    args = dict(call.get("args", {}))
    try:
        named.arguments.model_validate(args)
    except ValidationError as error:
        raise ToolRetry(f"{named.name} does not take these arguments: {error.errors()[0]['msg']}.") from None
    return {"tool": named.name, "args": args}


def _audit(workspace: Workspace, by: Principal, doing: str, kept: VerifiedQuestion) -> None:
    details = {"question": kept.question_id, "tools": [call["tool"] for call in kept.plan]}
    workspace.control.audit(by.name, f"verified:{doing}", "done", details)
