"""An answer made again from its receipt: the same calls on the same books, seen as the caller sees them now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from assistant.answer import Answer
from assistant.calls import books_of, perform
from assistant.composing import gathered, unique
from assistant.privacy import Veil
from assistant.receipts import recorded_result
from assistant.replay import changed, visible_to
from governance.errors import MunshiError, ToolRetry
from tools.registry import tool

if TYPE_CHECKING:
    from assistant.answer import Status
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.result import ToolResult
    from tools.workspace import Workspace


@dataclass(frozen=True)
class Again:
    """An answer, made again.

    Attributes
    ----------
    results
        What its calls gave, with every fact and definition.
    snapshot
        The books they read.
    changes
        What is not as it was; empty where every figure and row is the same.
    """

    answer: Answer
    results: tuple[ToolResult, ...]
    snapshot: int | None
    changes: tuple[str, ...]


def answer_again(workspace: Workspace, principal: Principal, receipt_id: str, *, doing: str) -> Again:
    """Make an answer again on the books it was made from.

    Parameters
    ----------
    doing
        What for, for the audit log where it is refused.

    Raises
    ------
    ReceiptNotFound
    ToolRefused
        The answer was given to another caller, or this one may no longer see what it rests on.
    ToolRetry
        It was no answer: there is nothing to make again.
    """
    receipt = workspace.control.receipt(receipt_id)
    visible_to(receipt, workspace, principal, doing=doing)
    if receipt.status != "answered":
        raise ToolRetry(f"{receipt_id} is {receipt.status}: there is no answer to take along. Ask it another way.")
    kept, calls, changes = receipt.content, [], []
    veil = Veil(workspace.keys)
    for call in kept["plan"]:
        with books_of(workspace, principal, call["snapshot"]) as then:
            made = perform(then, principal, tool(call["tool"]), call["args"])
        veil.learn(made.hidden)
        calls.append(made)
        changes += list(changed(call, recorded_result(made.seen)))
    told: dict[str, Any] = {name: kept[name] for name in ("question", "interpretation", "text")}
    if principal.may("pii:read"):
        told = {name: veil.reveal(text) for name, text in told.items()}
    answer = Answer(
        receipt_id=receipt_id, status="answered", mind=kept["mind"], conversation_id=receipt.conversation_id,
        warnings=tuple(unique(kept["warnings"])), steps=tuple(call.step for call in calls), **told, **gathered(calls),
    )  # fmt: skip
    return Again(answer, tuple(call.result for call in calls), kept["snapshot"], tuple(changes))


def conversation_again(workspace: Workspace, principal: Principal, conversation_id: str) -> list[Answer]:
    """A caller's own conversation, each of its newest answers made again; one that cannot be made any more says why."""
    receipts = workspace.control.conversation(conversation_id)
    return [_again(workspace, principal, receipt) for receipt in receipts if receipt.principal == principal.name]


def _again(workspace: Workspace, principal: Principal, receipt: StoredReceipt) -> Answer:
    base: dict[str, Any] = {"receipt_id": receipt.receipt_id, "conversation_id": receipt.conversation_id}
    told: dict[str, Any] = {"question": receipt.content["question"], "text": receipt.content["text"]}
    if receipt.status != "answered":
        return Answer(**base, **told, status=cast("Status", receipt.status))
    try:
        return answer_again(workspace, principal, receipt.receipt_id, doing="conversation").answer
    except MunshiError as error:
        return Answer(**base, **{**told, "text": f"This answer cannot be made again: {error}"}, status="failed")
