"""Pinned answers as the page lists them, and what it does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.operations import pins, worklist
from tools.result import Column, Table, ToolResult
from ui.pages.operation import Done, Undo

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

COLUMNS = (
    Column(name="pin_id", label="Pin"), Column(name="question", label="Question"), Column(name="whose", label="Whose"),
    Column(name="owner", label="Owner"),
)  # fmt: skip


def pin_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """The caller's pins and those shared with him."""
    staff = worklist.staff(workspace)
    rows = tuple(
        (each.pin_id, each.question,
         ("everybody's" if each.shared else "mine") if each.owner == principal.name else "shared",
         staff.get(each.owner, each.owner))
        for each in pins.listed(workspace, principal)
    )  # fmt: skip
    return ToolResult(title="Pinned", table=Table(columns=COLUMNS, rows=rows))


def add(workspace: Workspace, by: Principal, receipt_id: str, shared: bool = False) -> Done:
    """Pin an answer."""
    made = pins.add(workspace, by, receipt_id, shared=shared)
    return Done("It is pinned: the page Pinned makes it anew on the newest books.",
                Undo("pins.remove", {"pin_id": made.pin_id}))  # fmt: skip


def remove(workspace: Workspace, by: Principal, pin_id: str) -> Done:
    """Unpin an answer."""
    gone = pins.remove(workspace, by, pin_id)
    undo = Undo("pins.add", {"receipt_id": gone.receipt_id, "shared": gone.shared})
    return Done(f"“{gone.question}” is no longer pinned.", undo)


def share(workspace: Workspace, by: Principal, pin_id: str) -> Done:
    """Show it to everybody of the workspace."""
    pin = pins.share(workspace, by, pin_id, shared=True)
    return Done(f"Everybody of {workspace.name} sees “{pin.question}”, each under his own rights.",
                Undo("pins.keep", {"pin_id": pin_id}))  # fmt: skip


def keep(workspace: Workspace, by: Principal, pin_id: str) -> Done:
    """Show it to nobody else."""
    pin = pins.share(workspace, by, pin_id, shared=False)
    return Done(f"“{pin.question}” is yours alone again.", Undo("pins.share", {"pin_id": pin_id}))
