"""Conversations found again, named, and shared by link with one's workspace; every link and its opening is audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.conversations import Conversation, Conversations, Share
from governance.errors import NotThere, ToolRetry
from governance.permission import permit

if TYPE_CHECKING:
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE, SHARE = "chat:ask", "answers:share"
LONGEST_NAME = 120
_GONE = (
    "There is no such conversation here: the link is not whole, or whoever shared it took it back. Ask him for another."
)


def listed(workspace: Workspace, by: Principal, *, words: str = "") -> list[Conversation]:
    """The caller's conversations, the newest first; with words those that have every one of them.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="conversation:list", what="seeing one's conversations")
    return [each for each in Conversations(workspace.control).of(by.name) if each.says(words.split())]


def rename(workspace: Workspace, by: Principal, conversation_id: str, name: str) -> str:
    """Call a conversation of one's own by a name; return what it was called, empty for its first question.

    Raises
    ------
    NotThere, ToolRetry, ToolRefused
    """
    _own(workspace, by, conversation_id, "rename")
    if len(name.strip()) > LONGEST_NAME:
        raise ToolRetry(f"A name has {LONGEST_NAME} letters at the most.")
    before = Conversations(workspace.control).name(by.name, conversation_id, name.strip())
    workspace.control.audit(by.name, "conversation:rename", "done", {"conversation": conversation_id})
    return before


def share(workspace: Workspace, by: Principal, conversation_id: str) -> tuple[Share, str]:
    """Make a link that shows a conversation of one's own, up to its newest answer, to whoever signs in here.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SHARE, doing="conversation:share", what="sharing a conversation")
    _own(workspace, by, conversation_id, "share")
    newest = workspace.control.conversation(conversation_id, last=1)[-1]
    made, token = Conversations(workspace.control).share(by.name, conversation_id, newest.sequence)
    _audit(workspace, by, "share", made)
    return made, token


def revoke(workspace: Workspace, by: Principal, share_id: str, *, revoked: bool = True) -> Share:
    """Let a link of one's own open nothing any more, or again.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SHARE, doing="conversation:revoke", what="taking a link back")
    book = Conversations(workspace.control)
    if book.shared(share_id).owner != by.name:
        raise NotThere(f"There is no shared conversation '{share_id}'. Load the page anew to see which there are.")
    done = book.revoke(share_id, revoked=revoked)
    _audit(workspace, by, "revoke" if revoked else "restore", done)
    return done


def shares(workspace: Workspace, by: Principal) -> list[Share]:
    """The caller's links.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="conversation:list", what="seeing one's conversations")
    return Conversations(workspace.control).shares_of(by.name)


def opened(workspace: Workspace, by: Principal, token: str) -> tuple[Share, list[StoredReceipt]]:
    """What a link shows; what the reader may see of each answer is decided where it is made anew.

    Raises
    ------
    NotThere
        No link of this workspace has the token, or it was taken back: one answer for both.
    ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="conversation:open", what="reading a shared conversation")
    book = Conversations(workspace.control)
    found = book.opened_by(token)
    if found is None:
        workspace.control.audit(by.name, "conversation:open", "refused", {})
        raise NotThere(_GONE)
    _audit(workspace, by, "open", found)
    return found, book.receipts(found)


def _own(workspace: Workspace, by: Principal, conversation_id: str, doing: str) -> None:
    permit(workspace.control, by, SCOPE, doing=f"conversation:{doing}", what="one's conversations")
    told = workspace.control.conversation(conversation_id, last=1)
    if not told or told[-1].principal != by.name:
        raise NotThere("There is no such conversation of yours. The page Conversations lists them.")


def _audit(workspace: Workspace, by: Principal, doing: str, share: Share) -> None:
    details = {"share": share.share_id, "conversation": share.conversation_id, "owner": share.owner}
    workspace.control.audit(by.name, f"conversation:{doing}", "done", details)
