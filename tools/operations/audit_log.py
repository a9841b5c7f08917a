"""The audit log, searched and taken along: who did what, what was refused, and whether the chain is whole."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from governance.acts import BEGUN
from governance.errors import ToolRetry
from governance.permission import permit

if TYPE_CHECKING:
    import sqlalchemy as sa

    from governance.audit_chain import Known
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "audit:read"
#: Entries returned at the most, the newest.
MOST = 500


@dataclass(frozen=True)
class Sought:
    """Which entries; texts fit where they occur in what is sought, in any case.

    Attributes
    ----------
    since, until
        First and last day, or moment, ISO; a moment without a zone is UTC.
    words
        Text within the details.
    """

    actor: str = ""
    action: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    words: str = ""


@dataclass(frozen=True)
class Found:
    """Entries as they are recorded, the newest first, and how many fit in all."""

    total: int
    entries: list[dict[str, Any]]


def search(
    workspace: Workspace, by: Principal, *, actor: str = "", action: str = "", outcome: str = "", since: str = "",
    words: str = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """The newest entries that fit, as `find` gives them, beside each the name of who acted."""
    found = find(workspace, by, Sought(actor, action, outcome, since, words=words))
    names = _names(workspace)
    return [
        {**each, "who": names.get(each["actor"], each["actor"]), "details": _plain(each["details"])}
        for each in found.entries
    ]


def find(workspace: Workspace, by: Principal, sought: Sought, *, most: int = MOST) -> Found:
    """The newest entries that fit, the newest first.

    Raises
    ------
    ToolRetry
        A day or moment is none.
    """
    permit(workspace.control, by, SCOPE, doing="audit:search", what="searching the audit log")
    return Found(*workspace.control.audit_found(*_conditions(workspace, sought), last=most))


def export(workspace: Workspace, by: Principal, sought: Sought) -> list[dict[str, Any]]:
    """All entries that fit, as they are recorded, the oldest first; that they were taken along is audited.

    Raises
    ------
    ToolRetry
        A day or moment is none.
    """
    permit(workspace.control, by, SCOPE, doing="audit:export", what="exporting the audit log")
    total, entries = workspace.control.audit_found(*_conditions(workspace, sought), last=None)
    narrowed = sorted(name for name, value in asdict(sought).items() if value)
    workspace.control.audit(by.name, "audit:export", "done", {"entries": total, "narrowed_by": narrowed})
    return entries[::-1]


def access(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The access report: for each who acted, how often he did what, how often he was refused, and when last."""
    permit(workspace.control, by, SCOPE, doing="audit:access", what="the access report")
    names = _names(workspace)
    entries = [each for each in workspace.control.audit_entries() if each["outcome"] != BEGUN]
    done = Counter((each["actor"], each["action"].split(":")[0]) for each in entries)
    refused = Counter((each["actor"], each["action"].split(":")[0]) for each in entries if each["outcome"] == "refused")
    last = {(each["actor"], each["action"].split(":")[0]): each["at"] for each in entries}
    return [
        {"who": names.get(actor, actor), "what": what, "times": times, "refused": refused[actor, what],
         "last": last[actor, what]}
        for (actor, what), times in done.most_common()
    ]  # fmt: skip


def chain(workspace: Workspace, by: Principal, known: Known | None = None) -> dict[str, Any]:
    """Whether every entry links to the one before it, and to what was known of the log earlier; where it breaks."""
    permit(workspace.control, by, SCOPE, doing="audit:verify", what="verifying the audit log")
    found = workspace.control.audit_chain(known)
    first = found.breaks[0] if found.breaks else None
    why = f"The audit log of {workspace.name} is broken at entry {first.entry}: {first.says}." if first else ""
    return {"intact": first is None, "entries": found.entries, "last": found.last, "why": why,
            "breaks": [asdict(each) for each in found.breaks]}  # fmt: skip


def _names(workspace: Workspace) -> dict[str, str]:
    """Users' ids → their names; keys and the machine itself are named by what they are."""
    from governance.identity.store import Identity

    return {user.user_id: user.name for user in Identity(workspace.control).users.list()}


def _conditions(workspace: Workspace, sought: Sought) -> list[sa.ColumnElement[bool]]:
    import sqlalchemy as sa

    from governance.control import AUDIT

    texts = ((AUDIT.c.action, sought.action), (AUDIT.c.outcome, sought.outcome), (AUDIT.c.details, sought.words))
    fits: list[sa.ColumnElement[bool]] = [column.icontains(text, autoescape=True) for column, text in texts if text]
    if sought.actor:
        named = [user for user, name in _names(workspace).items() if sought.actor.casefold() in name.casefold()]
        fits.append(sa.or_(AUDIT.c.actor.icontains(sought.actor, autoescape=True), AUDIT.c.actor.in_(named)))
    if sought.since:
        fits.append(AUDIT.c.at >= _moment(sought.since, "since"))
    if sought.until:
        fits.append(AUDIT.c.at < _moment(sought.until, "until", end=True))
    return fits


def _moment(text: str, what: str, *, end: bool = False) -> str:
    """A day or moment as moments are recorded; where it is an end, the first one after it."""
    try:
        moment = dt.datetime.fromisoformat(text)
        if end:
            moment += dt.timedelta(days=1) if len(text) <= len("2026-06-30") else dt.timedelta(microseconds=1)
        return moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC).isoformat()
    except (ValueError, OverflowError):
        raise ToolRetry(f"{what}: '{text}' is neither a day (2026-06-30) nor a moment (2026-06-30T14:00).") from None


def _plain(details: str) -> str:
    told = json.loads(details)
    return ", ".join(f"{name} {value}" for name, value in told.items()) if isinstance(told, dict) else details
