"""Whether a workspace is ready to be asked."""

from __future__ import annotations

from governance.errors import WorkspaceNotFound
from governance.principal import local_principal
from governance.settings import Settings
from tools.workspace import Workspace


def is_scored(name: str, settings: Settings | None = None) -> bool:
    """Whether the workspace exists and a model serves in it, be it switched off at the moment."""
    try:
        with Workspace.open(name, settings) as workspace:
            rows = workspace.query(
                local_principal(name), "SELECT count(*) FROM books.models.registry WHERE alias = 'champion'"
            ).rows
    except WorkspaceNotFound:
        return False
    return bool(rows[0][0])
