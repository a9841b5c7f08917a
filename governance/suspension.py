"""A workspace that is suspended answers nobody: a mark in its folder says so, to every process at once."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from governance.errors import WorkspaceSuspended

MARK = "suspended.json"


def suspend(folder: Path, *, by: str, reason: str) -> None:
    """Leave the mark, whole or not at all."""
    draft = folder / f"{MARK}.draft"
    draft.write_text(json.dumps({"by": by, "reason": reason, "at": dt.datetime.now(dt.UTC).isoformat()}))
    draft.chmod(0o600)
    draft.replace(folder / MARK)


def resume(folder: Path) -> None:
    """Take the mark away."""
    (folder / MARK).unlink(missing_ok=True)


def is_suspended(folder: Path) -> bool:
    """Whether the mark is there."""
    return os.path.exists(os.path.join(folder, MARK))  # noqa: PTH110, PTH118  asked of every request


def refuse_suspended(folder: Path) -> None:
    """Pass where the workspace is not suspended.

    Raises
    ------
    WorkspaceSuspended
        It is; the message says since when and what opens it again, and keeps the reason to who administers it.
    """
    if is_suspended(folder):
        since = _since(folder)
        raise WorkspaceSuspended(
            f"Workspace {folder.name} is suspended{since}: nothing of it is answered or changed. "
            f"Who administers it opens it again: `munshi tenants resume {folder.name}`."
        )


def _since(folder: Path) -> str:
    try:
        return f" since {json.loads((folder / MARK).read_text())['at'][:10]}"
    except (OSError, ValueError, KeyError):  # resumed this moment, or a mark made by hand: it holds all the same
        return ""
