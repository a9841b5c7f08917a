"""Consents: given and withdrawn, each with its time and the notice that was shown; never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from governance.errors import ToolRetry
from governance.privacy.consents import changed, checked, in_force
from governance.privacy.declared import purpose as declared
from governance.privacy.declared import purposes
from tools.operations.privacy.people import known, moment, permitted, told

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

Said = Literal["given", "withdrawn"]
DAY = 86_400.0


def record(
    workspace: Workspace, by: Principal, customer_id: str, purpose: str, said: Said, *,
    notice: str = "", days: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write down that a customer gave or withdrew his consent; what rests on it leaves him out from now on.

    Parameters
    ----------
    notice
        Version of the notice he was shown; a consent takes one.
    days
        After how many days it expires; None for not at all.

    Raises
    ------
    ToolRetry
        There is no such purpose, it rests on something else, or the notice is missing.
    """
    ledger = permitted(workspace, by, "consent", "keeping consents")
    named = checked(declared(purpose))
    known(workspace, by, customer_id)
    if said == "given" and not notice.strip():
        raise ToolRetry("Say which notice the customer was shown: --notice VERSION. Without one nobody can show what "
                        "he agreed to.")  # fmt: skip
    if days is not None and (said == "withdrawn" or days <= 0):
        raise ToolRetry("A consent that is given may expire after more than 0 days; one that is withdrawn does not.")
    expires = None if days is None else ledger.clock() + days * DAY
    content = {"notice": notice.strip() or None, "expires_at": expires}
    changed(workspace.folder)  # also where this process ends between the two, nobody goes on with what was
    with workspace.control.together():
        made = ledger.add(said, by.name, content, customer_id=customer_id, purpose=named.name)
        details = {"purpose": purpose, "record": made.record_id}
        workspace.control.audit(by.name, f"privacy:consent-{said}", "done", details)
    changed(workspace.folder)
    return _shown(told(made))


def of(workspace: Workspace, by: Principal, customer_id: str) -> dict[str, Any]:
    """What a customer said of each purpose, and what stands.

    Raises
    ------
    NotThere
        There is no such customer, and no consent of one.
    """
    ledger = permitted(workspace, by, "consents", "seeing consents")
    rows = ledger.of(customer_id, "given", "withdrawn")
    if not rows:
        known(workspace, by, customer_id)
    now = ledger.clock()
    last = {row.purpose: row for row in rows}
    standing = [
        {"purpose": name, "label": each.label, "basis": each.basis, "withdrawable": each.withdrawable,
         "state": _state(last[name], now) if name in last else "never asked"}
        for name, each in purposes().items()
    ]  # fmt: skip
    return {"customer_id": customer_id, "purposes": standing, "history": [_shown(told(row)) for row in rows]}


def _state(row: Any, now: float) -> str:
    if row.kind == "withdrawn":
        return "withdrawn"
    return "given" if in_force(row, now) else "expired"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    expires = row.pop("expires_at", None)
    return row | {"expires": None if expires is None else moment(expires)}
