"""One writer at a time: a lock that names its holder and falls when its process does."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from governance.errors import WorkspaceBusy, WorkspaceNotFound


@contextmanager
def writer_lock(path: Path, holder: str) -> Iterator[None]:
    """Hold the writer's lock of a workspace.

    Raises
    ------
    WorkspaceBusy
        Another process holds it; the message says which and what it does.
    """
    if not path.parent.is_dir():
        raise WorkspaceNotFound(f"There is no workspace at {path.parent}.")
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkspaceBusy(_busy(path)) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "doing": holder}))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)


def _busy(path: Path) -> str:
    try:
        found = json.loads(path.read_text())
        who = f"process {found['pid']} ({found['doing']})"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return (
        f"{path.parent.name} is being written by {who}. Wait until it is done, or end it: "
        "what was published before stays readable either way."
    )
