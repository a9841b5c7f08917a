"""An answer of somebody else, for a reader: made again under the reader's own rights, never quoted past them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.answer import Answer
from assistant.by_hand import told_of
from assistant.calls import Call, books_of, perform
from assistant.composing import gathered, unique
from assistant.planner.plan import Call as Planned
from assistant.privacy import Veil
from assistant.receipts import recorded_result
from assistant.replay import changed
from governance.errors import MunshiError, ToolRefused
from tools.registry import tool

if TYPE_CHECKING:
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.workspace import Workspace

#: What stands in the place of a text that rests on no result: a refusal or an apology is its asker's.
_NOTHING = "This question found no answer."
_OTHERWISE = "The figures are those that you may see: whoever asked may see others."


def shared_answer(workspace: Workspace, reader: Principal, receipt: StoredReceipt) -> Answer:
    """Make an answer again for a reader, on the books it was made from.

    The text stands where every result is the reader's too; else it is written anew of what he may see.

    Returns
    -------
    Answer
        Refused or failed, with the reason, where he may not see it or it cannot be made any more.
    """
    question = receipt.content["question"]
    if receipt.status != "answered" or not receipt.content["plan"]:
        return Answer(receipt_id="", question=question, text=_NOTHING, status="abstained")
    try:
        calls, same = _again(workspace, reader, receipt)
    except ToolRefused as refusal:
        return Answer(receipt_id="", question=question, text=str(refusal), status="refused")
    except MunshiError as error:
        return Answer(receipt_id="", question=question, text=str(error), status="failed")
    return _told(workspace, reader, receipt, calls, same=same)


def _again(workspace: Workspace, reader: Principal, receipt: StoredReceipt) -> tuple[list[Call], bool]:
    calls, same = [], True
    for call in receipt.content["plan"]:
        with books_of(workspace, reader, call["snapshot"]) as then:
            made = perform(then, reader, tool(call["tool"]), call["args"])
        calls.append(made)
        same = same and not any(changed(call, recorded_result(made.seen)))
    return calls, same


def _told(
    workspace: Workspace, reader: Principal, receipt: StoredReceipt, calls: list[Call], *, same: bool
) -> Answer:  # fmt: skip
    vocabulary = workspace.vocabulary_of(reader)
    anew = [told_of(Planned(call.tool, call.args), call.seen, vocabulary) for call in calls]
    text = receipt.content["text"] if same else "\n\n".join(anew)
    veil = Veil(workspace.keys)
    for call in calls:
        veil.learn(call.hidden)
    told: dict[str, Any] = {"question": receipt.content["question"], "text": text}
    if reader.may("pii:read"):
        told = {name: veil.reveal(each) for name, each in told.items()}
    warnings = [*([] if same else [_OTHERWISE]), *(said for call in calls for said in call.result.warnings)]
    return Answer(
        receipt_id="", status="answered", steps=tuple(call.step for call in calls), warnings=tuple(unique(warnings)),
        **told, **gathered(calls),
    )  # fmt: skip
