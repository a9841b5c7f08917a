"""Whether a workspace is ready to be asked."""

from __future__ import annotations

from governance.errors import WorkspaceNotFound
from governance.principal import local_principal
from governance.settings import Settings
from tools.workspace import Workspace


def is_scored(name: str, settings: Settings | None = None) -> bool:
    """Whether the workspace exists and somebody in it is scored."""
    try:
        with Workspace.open(name, settings) as workspace:
            rows = workspace.query(local_principal(name), "SELECT count(*) FROM books.scores.latest").rows
    except WorkspaceNotFound:
        return False
    return bool(rows[0][0])
