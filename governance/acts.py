"""Acts that are done elsewhere than in the control data: their intention is on disk before, how they ended after.

An act within the control data is one transaction with its entry (`ControlStore.together`). One that changes the books
or a file cannot be: so the audit log says first that it is begun, and afterwards how it ended. A process that is killed
between leaves the intention open; the next to open the workspace closes it as ``unknown``: no act is without an entry.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from governance.control import METADATA, ControlStore, entry_of
from governance.errors import MunshiError, StorageFull, WorkspaceBusy
from governance.keys import WorkspaceKeys

BEGUN, UNKNOWN = "begun", "unknown"
#: Folder, in the workspace's, of a file for each act under way; its lock falls with the process that acts.
FOLDER = "acts"

OPEN_ACTS = sa.Table(
    "open_acts",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("act", sa.String(16), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)


@dataclass
class Act:
    """An act under way.

    Attributes
    ----------
    outcome
        What the audit log will say of it.
    details
        What else, filled in as it goes; no personal data.
    parts
        Details of each, where it is told part by part.
    """

    outcome: str
    details: dict[str, Any]
    parts: list[Mapping[str, Any]] = field(default_factory=list)


@contextmanager
def acting(
    control: ControlStore, folder: Path, actor: str, action: str, details: Mapping[str, Any], *,
    outcome: str = "done", refusal: str = "refused",
) -> Iterator[Act]:  # fmt: skip
    """Do something that is audited before, as begun, and after: as ``outcome``, or as refused or failed.

    Parameters
    ----------
    folder
        The workspace's.
    outcome, refusal
        What it is called where it ends well, and where an error of Munshi's own ends it.
    """
    act_id = f"act_{secrets.token_hex(5)}"
    act = Act(outcome, dict(details))
    control.create(METADATA)
    with _under_way(folder / FOLDER, act_id):
        with control.together() as connection:
            connection.execute(OPEN_ACTS.insert().values(
                workspace=control.workspace, act=act_id, at=dt.datetime.now(dt.UTC).isoformat(), actor=actor,
                action=action, details=json.dumps(act.details, sort_keys=True, default=str),
            ))  # fmt: skip
            control.audit(actor, action, BEGUN, {**act.details, "act": act_id})
        try:
            yield act
        except BaseException as error:
            ended = refusal if isinstance(error, MunshiError) else "failed"
            _close(control, act_id, actor, action, ended, [{**act.details, "error": type(error).__name__}])
            raise
        _close(control, act_id, actor, action, act.outcome, act.parts or [act.details])


def control_of(folder: Path, keys: WorkspaceKeys, url: str | None) -> ControlStore:
    """Open a workspace's control data, and close what a process that died left open there."""
    control = ControlStore(url, folder.name, keys) if url else ControlStore.in_folder(folder, keys)
    with suppress(StorageFull, WorkspaceBusy):  # it stays open, and is closed when the workspace is opened next
        close_left_open(control, folder)
    return control


def close_left_open(control: ControlStore, folder: Path) -> int:
    """Say in the audit log of each act whose process died that nobody knows how it ended; return how many."""
    query = sa.select(OPEN_ACTS).where(OPEN_ACTS.c.workspace == control.workspace).order_by(OPEN_ACTS.c.at)
    with control.reading() as connection:
        found = connection.execute(query).all()
    left = [each for each in found if not _is_under_way(folder / FOLDER / each.act)]
    for each in left:
        _close(control, each.act, each.actor, each.action, UNKNOWN, [json.loads(each.details)])
        (folder / FOLDER / each.act).unlink(missing_ok=True)
    return len(left)


def _close(
    control: ControlStore, act_id: str, actor: str, action: str, outcome: str, parts: list[Mapping[str, Any]]
) -> None:  # fmt: skip
    """Write how an act ended and take its intention away, both or neither; whoever comes second does nothing."""
    mine = (OPEN_ACTS.c.workspace == control.workspace, OPEN_ACTS.c.act == act_id)
    with control.together() as connection:
        if connection.execute(OPEN_ACTS.delete().where(*mine)).rowcount == 1:
            control.audit_all([entry_of(actor, action, outcome, {**part, "act": act_id}) for part in parts])


@contextmanager
def _under_way(folder: Path, act_id: str) -> Iterator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / act_id
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _is_under_way(path: Path) -> bool:
    """Whether the process that acts lives; without its file it acts no more."""
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
