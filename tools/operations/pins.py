"""Pinning answers: each person's own, and those that he shares with his workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import NotThere, ToolRetry
from governance.permission import permit
from governance.pins import Pin, Pins

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE, SHARE = "chat:ask", "answers:share"
#: Pins of one person.
MOST = 40


def add(workspace: Workspace, by: Principal, receipt_id: str, *, shared: bool = False) -> Pin:
    """Pin an answer that the caller was given; the same question with the same calls is pinned once.

    Raises
    ------
    ReceiptNotFound
    ToolRetry
        It was another caller's or is none, it called no tool, or the caller has too many.
    ToolRefused
    """
    permit(workspace.control, by, SHARE if shared else SCOPE, doing="pin:add", what="pinning an answer")
    receipt = workspace.control.receipt(receipt_id)
    if receipt.principal != by.name:
        raise ToolRetry(f"Answer {receipt_id} was given to another caller: who was given it pins it.")
    plan = [{"tool": call["tool"], "args": call["args"]} for call in receipt.content["plan"]]
    if receipt.status != "answered" or not plan:
        raise ToolRetry("Only an answer that rests on the books can be pinned: this one called no tool.")
    pins, question = Pins(workspace.control), receipt.content["question"]
    mine = [each for each in pins.seen_by(by.name) if each.owner == by.name]
    held = next((each for each in mine if each.question == question and list(each.plan) == plan), None)
    if held is not None:
        return held
    if len(mine) >= MOST:
        raise ToolRetry(f"You have {MOST} pinned answers, which is the most. Unpin one first.")
    clock = workspace.data_clock(by).isoformat()
    made = pins.add(by.name, receipt_id, question, plan, clock, shared=shared)
    _audit(workspace, by, "add", made)
    return made


def remove(workspace: Workspace, by: Principal, pin_id: str) -> Pin:
    """Unpin an answer of one's own.

    Raises
    ------
    NotThere, ToolRefused
    """
    pin = _own(workspace, by, pin_id, "remove")
    Pins(workspace.control).remove(pin_id)
    _audit(workspace, by, "remove", pin)
    return pin


def share(workspace: Workspace, by: Principal, pin_id: str, *, shared: bool) -> Pin:
    """Show a pin of one's own to everybody of the workspace, each under his own rights, or to nobody else again.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SHARE, doing="pin:share", what="sharing a pinned answer")
    _own(workspace, by, pin_id, "share")
    pin = Pins(workspace.control).share(pin_id, shared=shared)
    _audit(workspace, by, "share" if shared else "unshare", pin)
    return pin


def listed(workspace: Workspace, by: Principal) -> list[Pin]:
    """The caller's pins and those shared with him.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="pin:list", what="seeing pinned answers")
    return Pins(workspace.control).seen_by(by.name)


def seen(workspace: Workspace, by: Principal, pin_id: str) -> Pin:
    """One of those pins.

    Raises
    ------
    NotThere
        There is none such, or it is another's alone: one answer for both.
    ToolRefused
    """
    found = next((each for each in listed(workspace, by) if each.pin_id == pin_id), None)
    if found is None:
        raise NotThere(f"There is no pinned answer '{pin_id}'. Load the page anew to see which there are.")
    return found


def _own(workspace: Workspace, by: Principal, pin_id: str, doing: str) -> Pin:
    permit(workspace.control, by, SCOPE, doing=f"pin:{doing}", what="pinned answers")
    pin = seen(workspace, by, pin_id)
    if pin.owner != by.name:
        raise ToolRetry("This answer was pinned by somebody else, who alone can unpin it.")
    return pin


def _audit(workspace: Workspace, by: Principal, doing: str, pin: Pin) -> None:
    details = {"pin": pin.pin_id, "receipt": pin.receipt_id, "shared": pin.shared}
    workspace.control.audit(by.name, f"pin:{doing}", "done", details)
