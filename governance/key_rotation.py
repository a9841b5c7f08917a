"""A new master key in the old one's place, while everything goes on.

Data keys are wrapped anew, not data. The new key lies beside the old one until every workspace is wrapped by it, then
takes its place by a rename; whoever opens a workspace meanwhile tries both. A rotation that broke off goes on where it
was when it is called again. The old key is kept under another name: backups made before open with it alone.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import ConfigurationError, KeyUnusable
from governance.keys import KEY_BYTES, WorkspaceKeys, master_key, open_workspace_keys, parsed, write_workspace_keys

if TYPE_CHECKING:
    from governance.settings import Settings

NEXT, OLD = ".next", ".old-"


def unlock(path: Path, settings: Settings, *, older: bool = False) -> WorkspaceKeys:
    """Unwrap a workspace's data key with the master key, or with the one that is about to take its place.

    Parameters
    ----------
    older
        Try the keys that had that place before, too: for backups.

    Raises
    ------
    KeyUnusable
        None of them opens it, or the file is missing or damaged.
    """
    try:
        return open_workspace_keys(path, master_key(settings))
    except KeyUnusable:
        for master in _others(settings, older=older):
            try:
                return open_workspace_keys(path, master)
            except KeyUnusable:
                continue
        return open_workspace_keys(path, master_key(settings))  # read anew: the new key may just have taken its place


def rotate(settings: Settings, *, forget_old: bool = False) -> tuple[list[str], Path | None]:
    """Wrap every workspace's data key by a new master key; return their names, and where the old key is kept.

    Raises
    ------
    ConfigurationError
        The master key stands in the environment, where it cannot be changed from here.
    KeyUnusable
        A workspace opens with neither key: nothing of it was changed, and the old key stays in place.
    """
    if settings.master_key is not None:
        raise ConfigurationError(
            "The master key stands in MUNSHI_MASTER_KEY. Keep it in a file (MUNSHI_KEY_FILE) to rotate it: what is in "
            "the environment of other processes cannot be changed."
        )
    path = settings.key_file
    master_key(settings)
    coming = _coming(path)
    places = sorted(settings.workspaces.glob("*/key.json"))
    for place in places:
        _wrap(place, coming, settings)
    kept = None if forget_old else path.with_name(f"{path.name}{OLD}{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}")
    if kept is not None:
        os.link(path, kept)
    path.with_name(path.name + NEXT).replace(path)
    return [place.parent.name for place in places], kept


def _coming(path: Path) -> bytes:
    """The key that is to come: that of a rotation that broke off, else a new one, on disk before it is used."""
    place = path.with_name(path.name + NEXT)
    if not place.exists():
        draft = place.with_name(place.name + ".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    return parsed(place.read_text("ascii", errors="replace"), str(place))


def _wrap(path: Path, coming: bytes, settings: Settings) -> None:
    """Wrap one data key by the coming key, in one rename; readable at every moment."""
    try:
        keys = unlock(path, settings)
    except KeyUnusable as error:
        raise KeyUnusable(
            f"{path.parent.name}: {error} The rotation waits for it; destroy it, or bring its key."
        ) from None
    draft = path.with_name(path.name + ".draft")
    write_workspace_keys(draft, keys, coming)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)


def _others(settings: Settings, *, older: bool) -> Iterator[bytes]:
    if settings.master_key is not None:
        return
    path = settings.key_file
    places = [path.with_name(path.name + NEXT)]
    places += sorted(path.parent.glob(f"{path.name}{OLD}*"), reverse=True) if older else []
    for place in places:
        try:
            yield parsed(place.read_text("ascii", errors="replace"), str(place))
        except FileNotFoundError:
            continue
