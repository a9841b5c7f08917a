"""Backup and restore of a workspace, and its end.

A backup is a tar of the workspace's own files, encrypted as they lie, with a manifest of their SHA-256. It opens
only with the master key, which is not in it.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.warehouse import ReaderSpec
from analytics.writer_lock import writer_lock
from governance.errors import ConfigurationError, SourceError, WorkspaceExists
from governance.key_rotation import unlock
from governance.keys import master_key, write_workspace_keys
from governance.settings import Settings, control_url, load_settings
from tools.operations.origin import digest
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace, existing_folder, workspace_folder

if TYPE_CHECKING:
    from sqlalchemy import Engine

MANIFEST = "manifest.json"
CONTROL = "control.sqlite"


def back_up(name: str, target: Path, *, settings: Settings | None = None, progress: Progress = silent) -> Path:
    """Write the workspace to ``target``; readers go on, a writer is refused meanwhile.

    Raises
    ------
    WorkspaceExists
        ``target`` exists already; it is left alone.
    ConfigurationError
        The folder to write to does not exist.
    """
    if not target.absolute().parent.is_dir():
        raise ConfigurationError(f"There is no folder {target.absolute().parent} to write {target.name} to.")
    if target.exists():
        raise WorkspaceExists(f"{target} exists already. Give a new file name; nothing was overwritten.")
    with (
        Workspace.open(name, settings, even_suspended=True) as workspace,
        writer_lock(workspace.folder / "writer.lock", "backing up"),
        tempfile.TemporaryDirectory(dir=workspace.folder.parent, prefix=".backup-") as scratch,
    ):
        parts = dict(_parts(workspace, Path(scratch)))
        draft = target.with_name(target.name + ".part")
        try:
            _write(draft, name, parts, progress)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return target


def _parts(workspace: Workspace, scratch: Path) -> Iterator[tuple[str, Path]]:
    folder = workspace.folder
    yield "key.json", folder / "key.json"
    if control_url(workspace.settings):
        from governance.control_database import copy_rows

        with _opened(f"sqlite:///{scratch / CONTROL}") as copy:
            copy_rows(workspace.control.engine, copy, workspace.name)
        yield CONTROL, scratch / CONTROL
    elif (folder / CONTROL).exists():
        with closing(sqlite3.connect(folder / CONTROL)) as live, closing(sqlite3.connect(scratch / CONTROL)) as copy:
            live.backup(copy)
        yield CONTROL, scratch / CONTROL
    for path in sorted((folder / "lake").rglob("*")):
        if path.is_file() and "draft" not in path.name:
            yield path.relative_to(folder).as_posix(), path


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    from governance.control_database import engine_of

    engine = engine_of(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _write(draft: Path, name: str, parts: dict[str, Path], progress: Progress) -> None:
    digests = {}
    with tarfile.open(draft, "w") as archive:
        for position, (inside, path) in enumerate(parts.items()):
            progress(f"Backing up {name}", position / len(parts))
            archive.add(path, inside)
            digests[inside] = digest(path)
        manifest = json.dumps({"munshi_backup": 1, "workspace": name, "sha256": digests}).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))


def restore(source: Path, *, settings: Settings | None = None, progress: Progress = silent) -> str:
    """Bring a backed-up workspace back; return its name.

    Raises
    ------
    SourceError
        The file is no backup, or damaged; nothing was changed.
    WorkspaceExists
        A workspace of that name is there; it is left alone.
    KeyUnusable
        The master key is not the one the backup was made under.
    """
    settings = settings or load_settings()
    settings.workspaces.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.workspaces, prefix=".restore-") as scratch:
        folder = Path(scratch) / "workspace"
        folder.mkdir(mode=0o700)
        progress("Unpacking", 0.0)
        name = _unpack(source, folder)
        target = workspace_folder(name, settings)
        if target.exists():
            raise WorkspaceExists(f"There is a workspace '{name}' already. Destroy it first; nothing was changed.")
        progress("Checking that it opens", 0.8)
        keys = unlock(folder / "key.json", settings, older=True)
        write_workspace_keys(folder / "key.json", keys, master_key(settings))
        ReaderSpec(folder, keys.books).open().close()
        shutil.rmtree(folder / "spill", ignore_errors=True)
        _restore_control(folder, name, settings)
        folder.rename(target)
    return name


def _restore_control(folder: Path, name: str, settings: Settings) -> None:
    """Put the control data where this server keeps them, in the place of what was left of a workspace of that name."""
    url = control_url(settings)
    if url is None or not (folder / CONTROL).exists():
        return
    from governance.control import ControlStore
    from governance.control_database import copy_rows, forget_rows

    with _opened(f"sqlite:///{folder / CONTROL}") as source, _opened(url) as target:
        ControlStore(url, name, unlock(folder / "key.json", settings)).close()
        forget_rows(target, name)
        copy_rows(source, target, name)
    for each in folder.glob(f"{CONTROL}*"):
        each.unlink()


def _unpack(source: Path, folder: Path) -> str:
    try:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text())
        digests, name = dict(manifest["sha256"]), str(manifest["workspace"])
        damaged = [inside for inside, told in digests.items() if digest(folder / inside) != told]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{source} is not a whole Munshi backup ({error}). Nothing was changed.") from None
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    damaged += sorted(there - {*digests, MANIFEST})
    if damaged:
        raise SourceError(f"{source} is damaged: {', '.join(damaged[:3])} changed since. Nothing was changed.")
    (folder / MANIFEST).unlink()
    return name


def destroy(
    name: str, *, settings: Settings | None = None, between: Callable[[], object] = lambda: None
) -> None:  # fmt: skip
    """Erase a workspace: its data key first, so that what is left of the files can never be read.

    Takes no key: what cannot be opened any more, or was half destroyed, goes too.

    Parameters
    ----------
    between
        Called when the key is gone and the files are still there.
    """
    settings = settings or load_settings()
    folder, url = existing_folder(name, settings), control_url(settings)
    with writer_lock(folder / "writer.lock", "destroying"):
        _overwritten(folder / "key.json")
        between()
        if url:
            from governance.control_database import forget_rows

            with _opened(url) as engine:
                forget_rows(engine, name)
        shutil.rmtree(folder)


def _overwritten(path: Path) -> None:
    """Write over a wrapped key, then take it away: a file that is only unlinked may be brought back."""
    if path.exists():
        with path.open("r+b") as file:
            file.write(b"0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
