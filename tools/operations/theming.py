"""The client's own face: shown, set, taken back, put aside; each change is audited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.look.colours import SCHEMES
from governance.look.theme import Theme, read_theme
from governance.permission import permit

if TYPE_CHECKING:
    from governance.look.store import KeptTheme
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "look:manage"


def shown(workspace: Workspace) -> dict[str, Any]:
    """The theme that holds: what the client said, and every colour that follows."""
    return _told(workspace.themes.now())


def set_theme(workspace: Workspace, by: Principal, text: str, folder: Path | None = None) -> dict[str, Any]:
    """Let a theme hold from now on.

    Parameters
    ----------
    text
        YAML, as `governance.look.theme.Theme` has it.
    folder
        Where a logo that it names by its path lies.

    Raises
    ------
    ConfigurationError
        It is not written as themes are, its logo does more than show, or its colours cannot be read.
    ToolRefused
        The caller may not.
    """
    _permit(workspace, by, "set")
    return _kept(workspace, by, "set", read_theme(text, folder))


def reset(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """Let the house's own face hold."""
    _permit(workspace, by, "reset")
    return _kept(workspace, by, "reset", Theme())


def undo(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """Let the theme hold that held before."""
    _permit(workspace, by, "undo")
    return _kept(workspace, by, "undo", workspace.themes.before())


def _permit(workspace: Workspace, by: Principal, deed: str) -> None:
    permit(workspace.control, by, SCOPE, doing=f"theme:{deed}", what="changing the look of the workspace")


def _kept(workspace: Workspace, by: Principal, deed: str, theme: Theme) -> dict[str, Any]:
    with workspace.control.together():
        kept = workspace.themes.keep(theme, by.name)
        workspace.control.audit(by.name, f"theme:{deed}", "done", {"version": kept.version})
    return _told(kept)


def _told(kept: KeptTheme) -> dict[str, Any]:
    theme = kept.theme
    own = theme.model_dump(exclude_defaults=True, exclude={"logo"}, mode="json")
    return {
        "version": kept.version,
        "set_by": kept.set_by,
        "set_at": kept.set_at.isoformat() if kept.set_at else None,
        "theme": {**own, **({"logo": theme.picture.media} if theme.picture else {})},
        "colours": {scheme: dict(theme.colours.of(scheme)) for scheme in SCHEMES},
    }
