"""Categories that people correct: a merchant's, from the next intake on; each can be taken back."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from governance.acts import acting
from governance.errors import NotThere, ToolRefused, ToolRetry, did_you_mean
from governance.permission import permit
from tools.arguments import literal

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "postings:write"
#: Merchants listed, those with the most postings.
MOST = 200
_LISTED = (
    "SELECT * EXCLUDE (scope, merchant) FROM books.quality.corrections WHERE scope = 'merchant' ORDER BY made_at DESC"
)
_MERCHANTS = f"""
SELECT merchant, mode(category) AS category, mode(subcategory) AS subcategory, count(*) AS postings,
       count(*) FILTER (WHERE starts_with(category_rule, 'correction:')) AS corrected
FROM books.core.transactions WHERE coalesce(merchant, '') <> '' GROUP BY merchant
ORDER BY postings DESC, merchant LIMIT {MOST}
"""


def merchants(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The merchants with the most postings, each with the category that most of them have."""
    _permit(workspace, by, "list")
    return workspace.query(by, _MERCHANTS).dicts()


def listed(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The corrections that hold, the newest first."""
    _permit(workspace, by, "list")
    return workspace.query(by, _LISTED).dicts()


def correct(workspace: Workspace, by: Principal, merchant: str, category: str, subcategory: str = "") -> dict[str, Any]:
    """Let a merchant's postings have a category from the next intake on; what was there before it is replaced.

    Raises
    ------
    ToolRetry
        No posting is of that merchant, or there is no such category.
    """
    _permit(workspace, by, "correct")
    names = workspace.query(by, f"SELECT 1 FROM books.core.transactions WHERE merchant = {literal(merchant)} LIMIT 1")
    if not names.rows:
        raise NotThere(f"No posting is of a merchant '{merchant}'.")
    known = workspace.values(by, "transactions", "category")
    if category not in known:
        raise ToolRetry(f"There is no category '{category}'.{did_you_mean(category, known)}")
    made = {
        "correction_id": secrets.token_hex(6),
        "matches": merchant,
        "category": category,
        "subcategory": subcategory,
    }
    moment = dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    values = ", ".join(literal(each) for each in (
        made["correction_id"], "merchant", merchant, "", category, subcategory, by.role, moment,
    ))  # fmt: skip
    about = {"correction": made["correction_id"]}
    with (
        acting(workspace.control, workspace.folder, by.name, "category:correct", about),
        workspace.lake.writer("correcting a category") as writer,
    ):
        writer.execute(f"INSERT INTO books.quality.corrections VALUES ({values})")  # nosec B608
    return made


def withdraw(workspace: Workspace, by: Principal, correction_id: str) -> dict[str, Any]:
    """Take a correction back; postings that came in under it keep what they were given until they are derived again.

    Raises
    ------
    NotThere
        There is no such correction.
    """
    _permit(workspace, by, "withdraw")
    found = {each["correction_id"]: each for each in listed(workspace, by)}
    if correction_id not in found:
        raise NotThere(f"There is no correction '{correction_id}'.{did_you_mean(correction_id, found)}")
    where = f"correction_id = {literal(correction_id)}"
    with (
        acting(workspace.control, workspace.folder, by.name, "category:withdraw", {"correction": correction_id}),
        workspace.lake.writer("taking a correction back") as writer,
    ):
        writer.execute(f"DELETE FROM books.quality.corrections WHERE {where}")  # nosec B608
    return found[correction_id]


def _permit(workspace: Workspace, by: Principal, deed: str) -> None:
    doing = f"category:{deed}"
    permit(workspace.control, by, SCOPE, doing=doing, what="correcting categories")
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused("Who sees some rows only corrects no categories: they are of every row.")
