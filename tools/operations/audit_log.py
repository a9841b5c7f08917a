"""The audit log, searched: who did what, what was refused, and whether the chain is whole."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from governance.errors import BooksCorrupt
from governance.permission import permit

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "audit:read"
#: Entries returned at the most, the newest.
MOST = 500


def search(
    workspace: Workspace, by: Principal, *, actor: str = "", action: str = "", outcome: str = "", since: str = "",
    words: str = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """The newest entries that fit, the newest first; texts fit where they occur in what is sought, in any case.

    Parameters
    ----------
    since
        First day, ISO.
    words
        Text within the details.
    """
    permit(workspace.control, by, SCOPE, doing="audit:search", what="searching the audit log")
    sought = {"actor": actor, "action": action, "outcome": outcome, "details": words}
    entries = workspace.control.audit_entries()
    names = _names(workspace)
    found = [
        {**each, "who": names.get(each["actor"], each["actor"]), "details": _plain(each["details"])}
        for each in reversed(entries)
        if each["at"] >= since and all(_fits(text, each[name], names) for name, text in sought.items())
    ]
    return found[:MOST]


def access(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The access report: for each who acted, how often he did what, how often he was refused, and when last."""
    permit(workspace.control, by, SCOPE, doing="audit:access", what="the access report")
    names = _names(workspace)
    entries = workspace.control.audit_entries()
    done = Counter((each["actor"], each["action"].split(":")[0]) for each in entries)
    refused = Counter((each["actor"], each["action"].split(":")[0]) for each in entries if each["outcome"] == "refused")
    last = {(each["actor"], each["action"].split(":")[0]): each["at"] for each in entries}
    return [
        {"who": names.get(actor, actor), "what": what, "times": times, "refused": refused[actor, what],
         "last": last[actor, what]}
        for (actor, what), times in done.most_common()
    ]  # fmt: skip


def chain(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """Whether every entry links to the one before it."""
    permit(workspace.control, by, SCOPE, doing="audit:verify", what="verifying the audit log")
    try:
        return {"intact": True, "entries": workspace.control.verify_audit(), "why": ""}
    except BooksCorrupt as broken:
        return {"intact": False, "entries": len(workspace.control.audit_entries()), "why": str(broken)}


def _names(workspace: Workspace) -> dict[str, str]:
    """Users' ids → their names; keys and the machine itself are named by what they are."""
    from governance.identity.store import Identity

    return {user.user_id: user.name for user in Identity(workspace.control).users.list()}


def _fits(text: str, value: str, names: dict[str, str]) -> bool:
    return not text or text.casefold() in f"{value} {names.get(value, '')}".casefold()


def _plain(details: str) -> str:
    told = json.loads(details)
    return ", ".join(f"{name} {value}" for name, value in told.items()) if isinstance(told, dict) else details
