"""What the books say of themselves and of what waits, for one caller: the whole books' state, or none of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from governance.acts import Act, acting
from governance.errors import ToolRefused
from governance.permission import permit
from tools.operations import quarantine
from tools.operations.quality import quality_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.principal import Principal
    from tools.workspace import Workspace

READ, WRITE = "books:read", "postings:write"
_LINEAGE = """
SELECT 1 AS place, 'files' AS stage, count(*) AS "rows", max(last_day) AS newest FROM books.raw.files
UNION ALL SELECT 2, 'postings', count(*), max(posted_at)::DATE FROM books.raw.postings
UNION ALL SELECT 3, 'transactions', count(*), max(posted_at)::DATE FROM books.core.transactions
UNION ALL SELECT 4, 'loan_status', count(*), max(as_of) FROM books.core.loan_status
UNION ALL SELECT 5, 'customer_monthly', count(*), max(as_of) FROM books.features.customer_monthly
UNION ALL SELECT 6, 'scores', count(*), max(as_of) FROM books.scores.history
ORDER BY place
"""


def state(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """The quality report of the whole books.

    Raises
    ------
    ToolRefused
        The caller may not, or sees some rows only.
    """
    _whole(workspace, by, READ, "data:state", "the state of the data")
    found: dict[str, Any] = workspace.remember(by, "data state", lambda: quality_of(workspace))
    return found


def lineage(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """From files to scores: what each step holds, and its newest day."""
    _whole(workspace, by, READ, "data:lineage", "the lineage of the data")
    return workspace.query(by, _LINEAGE).dicts()


def waiting(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """The rows in quarantine that were not settled, without their content."""
    _whole(workspace, by, WRITE, "quarantine:list", "the quarantine")
    return quarantine.quarantined_of(workspace)


def mend(workspace: Workspace, by: Principal, file_id: str, line: int, changes: Mapping[str, str]) -> int:
    """Change cells of a row and take it in; return how many postings came of it."""
    _whole(workspace, by, WRITE, "quarantine:mend", "mending rows in quarantine")
    with _done(workspace, by, "quarantine:mend", file=file_id, line=line):
        report = quarantine.mend(workspace.name, file_id, line, changes, settings=workspace.settings)
    return 0 if report is None else report.derived.added


def ignore(workspace: Workspace, by: Principal, file_id: str, line: int, reason: str) -> None:
    """Leave a row out, unless it is put back."""
    _whole(workspace, by, WRITE, "quarantine:ignore", "leaving rows out")
    with _done(workspace, by, "quarantine:ignore", file=file_id, line=line, reason=reason):
        quarantine.settle_quarantine(workspace.name, file_id, line, settings=workspace.settings)


def put_back(workspace: Workspace, by: Principal, file_id: str, line: int) -> None:
    """Let a row wait again; what a mended one brought leaves the books."""
    _whole(workspace, by, WRITE, "quarantine:put-back", "putting rows back")
    with _done(workspace, by, "quarantine:put-back", file=file_id, line=line):
        quarantine.put_back(workspace.name, file_id, line, settings=workspace.settings)


def replay(workspace: Workspace, by: Principal) -> int:
    """Read every waiting row again; return how many postings came of it."""
    _whole(workspace, by, WRITE, "quarantine:replay", "reading the quarantine again")
    with _done(workspace, by, "quarantine:replay"):
        report = quarantine.replay(workspace.name, settings=workspace.settings)
    return 0 if report is None else report.derived.added


def _done(workspace: Workspace, by: Principal, doing: str, **details: object) -> AbstractContextManager[Act]:
    return acting(workspace.control, workspace.folder, by.name, doing, details)


def _whole(workspace: Workspace, by: Principal, scope: str, doing: str, what: str) -> None:
    permit(workspace.control, by, scope, doing=doing, what=what)
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused(f"{what} is of every row, and you see some of them only.")
