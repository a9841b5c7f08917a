"""Legal holds: who is under one is neither erased nor forgotten by retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry
from tools.operations.privacy.people import given_reason, known, permitted, told

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace


def hold(workspace: Workspace, by: Principal, customer_id: str, *, reason: str) -> dict[str, Any]:
    """Put a customer's data under a legal hold.

    Raises
    ------
    ToolRetry
        No reason was given, or he is under one.
    """
    ledger = permitted(workspace, by, "hold", "putting data under a legal hold")
    why = given_reason(reason)
    known(workspace, by, customer_id)
    found = ledger.hold(customer_id)
    if found:
        raise ToolRetry(f"{customer_id} is under a legal hold already: {found.content['reason']}")
    with workspace.control.together():
        made = ledger.add("hold", by.name, {"reason": why}, customer_id=customer_id)
        workspace.control.audit(by.name, "privacy:hold", "done", {"record": made.record_id})
    return told(made)


def release(workspace: Workspace, by: Principal, customer_id: str, *, reason: str) -> dict[str, Any]:
    """Release a customer's data from the hold.

    Raises
    ------
    ToolRetry
        No reason was given, or he is under none.
    """
    ledger = permitted(workspace, by, "release", "releasing data from a legal hold")
    why = given_reason(reason)
    if not ledger.hold(customer_id):
        raise ToolRetry(f"{customer_id} is under no legal hold. `munshi privacy holds` shows who is.")
    with workspace.control.together():
        made = ledger.add("release", by.name, {"reason": why}, customer_id=customer_id)
        workspace.control.audit(by.name, "privacy:release", "done", {"record": made.record_id})
    return told(made)


def listed(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Everybody who is under a legal hold."""
    ledger = permitted(workspace, by, "holds", "seeing legal holds")
    return [told(row) for row in ledger.held().values()]
