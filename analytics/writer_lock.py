"""One writer at a time: a lock that names its holder and falls when its process does."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from governance.errors import WorkspaceBusy, WorkspaceNotFound

#: Seconds between two tries.
PAUSE = 0.2


@dataclass(frozen=True)
class Waiting:
    """How a second writer waits for the first.

    Attributes
    ----------
    seconds
        How long at the most.
    tell
        Called once with who is waited for.
    """

    seconds: float
    tell: Callable[[str], None]


@contextmanager
def writer_lock(path: Path, holder: str, waiting: Waiting | None = None) -> Iterator[None]:
    """Hold the writer's lock of a workspace.

    Raises
    ------
    WorkspaceBusy
        Another process holds it, and still did after the wait; the message says which and what it does.
    """
    if not path.parent.is_dir():
        raise WorkspaceNotFound(f"There is no workspace at {path.parent}.")
    with path.open("a+") as file:
        if not _locked(file) and not (waiting and _locked_in_time(file, path, waiting)):
            raise WorkspaceBusy(_busy(path))
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "doing": holder}))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_in_time(file: IO[str], path: Path, waiting: Waiting) -> bool:
    waiting.tell(f"Waiting for {_holder(path)}, which writes {path.parent.name}.")
    until = time.monotonic() + waiting.seconds
    while time.monotonic() < until:
        time.sleep(PAUSE)
        if _locked(file):
            return True
    return False


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text())
        return f"process {found['pid']} ({found['doing']})"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _busy(path: Path) -> str:
    return (
        f"{path.parent.name} is being written by {_holder(path)}. Wait until it is done, or end it: "
        "what was published before stays readable either way."
    )
