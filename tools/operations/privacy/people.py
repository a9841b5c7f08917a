"""Who may do this, and of whom."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.permission import permit
from governance.privacy.records import PrivacyLedger
from tools.arguments import literal
from tools.customer_profile import unknown_customer

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.privacy.records import Record
    from tools.workspace import Workspace

SCOPE = "privacy:manage"


def permitted(workspace: Workspace, by: Principal, doing: str, what: str) -> PrivacyLedger:
    """Let the caller pass, and return the ledger.

    Raises
    ------
    ToolRefused
        He lacks `SCOPE`, or sees a part of the rows only: what concerns a person concerns all his rows. Audited.
    """
    permit(workspace.control, by, SCOPE, doing=f"privacy:{doing}", what=what)
    if by.partitions:
        workspace.control.audit(by.name, f"privacy:{doing}", "refused", {"why": "partitions"})
        raise ToolRefused(f"{what} takes sight of every row; you see those of a part of the customers.")
    if workspace.vocabulary.database:
        raise ToolRetry(f"{workspace.name} holds a copy of a database of your own, without customers as Munshi knows "
                        "them: erase and export there, then bring it anew.")  # fmt: skip
    return PrivacyLedger(workspace.control)


def known(workspace: Workspace, by: Principal, customer_id: str) -> None:
    """Pass where there is such a customer.

    Raises
    ------
    NotThere
        There is none; the message names the nearest.
    """
    if not workspace.query(by, f"SELECT 1 FROM books.core.customers WHERE customer_id = {literal(customer_id)}").rows:
        raise NotThere(unknown_customer(workspace, by, customer_id))


def given_reason(reason: str) -> str:
    """Return a reason.

    Raises
    ------
    ToolRetry
        It is empty.
    """
    if not reason.strip():
        raise ToolRetry("Say why: --reason. It is kept with the record.")
    return reason.strip()


def told(record: Record) -> dict[str, Any]:
    """A record as it is shown."""
    return {"record_id": record.record_id, "kind": record.kind, "customer_id": record.customer_id,
            "purpose": record.purpose, "at": moment(record.at), "by": record.by, **record.content}  # fmt: skip


def moment(seconds: float) -> str:
    """A moment as text, UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")
