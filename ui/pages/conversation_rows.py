"""Conversations and their links as pages list them, and what pages do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.operations import conversations
from tools.result import Fact, ToolResult
from ui.language import say
from ui.pages.kept.tables import count, listing, moment, words
from ui.pages.operation import Done, Undo

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Conversations listed at a time.
LISTED = 200


def conversation_rows(workspace: Workspace, principal: Principal, *, text: str = "") -> ToolResult:
    """The caller's conversations, the newest first; with words those that have every one of them."""
    found = conversations.listed(workspace, principal, words=text)
    rows = [
        {"conversation": each.name, "questions": len(each.questions), "last": each.last_at,
         "conversation_id": each.conversation_id, "opens": f"#/ask?c={each.conversation_id}"}
        for each in found[:LISTED]
    ]  # fmt: skip
    columns = (
        words("conversation", "Conversation"),
        count("questions", "Questions"),
        moment("last", "Last (UTC)"),
        words("conversation_id", "Conversation"),
        words("opens", "Opens"),
    )
    return listing("Conversations", columns, rows, {"found": len(found)})


def share_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """The caller's links."""
    names = {each.conversation_id: each.name for each in conversations.listed(workspace, principal)}
    rows = [
        {"conversation": names.get(each.conversation_id, "–"), "state": "revoked" if each.revoked_at else "open",
         "made": each.created_at, "share_id": each.share_id}
        for each in conversations.shares(workspace, principal)
    ]  # fmt: skip
    columns = (
        words("conversation", "Conversation"),
        words("state", "State"),
        moment("made", "Shared (UTC)"),
        words("share_id", "Link"),
    )
    return listing("Links", columns, rows)


def shared_rows(workspace: Workspace, principal: Principal, *, token: str = "") -> ToolResult:
    """What a link opens: who shared it, and how many answers it shows."""
    share, receipts = conversations.opened(workspace, principal, token)
    facts = {"owner": Fact(value=share.owner), "answers": Fact(value=len(receipts), unit="count")}
    return ToolResult(title="Shared", facts=facts)


def rename(workspace: Workspace, by: Principal, conversation_id: str, name: str = "") -> Done:
    """Call a conversation by a name."""
    before = conversations.rename(workspace, by, conversation_id, name)
    said = f"It is called “{name.strip()}”." if name.strip() else "It is called by its first question."
    return Done(said, Undo("conversations.rename", {"conversation_id": conversation_id, "name": before}))


def share(workspace: Workspace, by: Principal, conversation_id: str) -> Done:
    """Make a link, shown this once."""
    made, token = conversations.share(workspace, by, conversation_id)
    said = say("Shared by this link, which is shown this once")
    return Done(said, Undo("conversations.revoke", {"share_id": made.share_id}), shown=f"#/shared/{token}")


def revoke(workspace: Workspace, by: Principal, share_id: str) -> Done:
    """Take a link back."""
    conversations.revoke(workspace, by, share_id)
    return Done("The link opens nothing any more.", Undo("conversations.restore", {"share_id": share_id}))


def restore(workspace: Workspace, by: Principal, share_id: str) -> Done:
    """Let a link open again."""
    conversations.revoke(workspace, by, share_id, revoked=False)
    return Done("The link opens again.", Undo("conversations.revoke", {"share_id": share_id}))
