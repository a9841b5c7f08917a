"""Tenants: one workspace each, with a data key of its own; made, suspended, resumed, handed out, destroyed."""

from __future__ import annotations

import json
import secrets
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance import suspension
from governance.acts import Act, acting
from governance.errors import KeyUnusable, MunshiError, ToolRetry
from governance.principal import local_principal
from governance.settings import Settings, load_settings
from tools.operations.backups import back_up
from tools.operations.backups import destroy as erase
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace, existing_folder, workspace_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: A Parquet file whose footer is encrypted ends so, one that is not with the other.
SEALED, OPEN = b"PARE", b"PAR1"


def create(name: str, settings: Settings | None = None) -> dict[str, Any]:
    """Make a tenant with empty books and a data key of its own.

    Raises
    ------
    WorkspaceExists, ConfigurationError
    """
    with Workspace.create(name, settings) as workspace:
        workspace.control.audit(local_principal(name).name, "tenant:create", "ok", {})
    return {"tenant": name, "state": "active"}


def listed(settings: Settings | None = None) -> list[dict[str, Any]]:
    """Every tenant: whether it answers, what it holds, how large it is."""
    settings = settings or load_settings()
    return [_described(name, settings) for name in workspace_names(settings)]


def suspend(name: str, *, reason: str, settings: Settings | None = None) -> dict[str, Any]:
    """Let a tenant answer nobody from now on, in every process; its data stay as they are.

    Raises
    ------
    ToolRetry
        No reason was given, or it is suspended already.
    """
    if not reason.strip():
        raise ToolRetry("Say why it is suspended: --reason.")
    with Workspace.open(name, settings, even_suspended=True) as workspace:
        if suspension.is_suspended(workspace.folder):
            raise ToolRetry(f"{name} is suspended already. `munshi tenants resume {name}` opens it again.")
        with _acting(workspace, "suspend"):
            suspension.suspend(workspace.folder, by=local_principal(name).name, reason=reason.strip())
    return {"tenant": name, "state": "suspended"}


def resume(name: str, settings: Settings | None = None) -> dict[str, Any]:
    """Let a suspended tenant answer again."""
    with Workspace.open(name, settings, even_suspended=True) as workspace:
        if not suspension.is_suspended(workspace.folder):
            raise ToolRetry(f"{name} is not suspended.")
        with _acting(workspace, "resume"):
            suspension.resume(workspace.folder)
    return {"tenant": name, "state": "active"}


def export(name: str, target: Path, *, settings: Settings | None = None, progress: Progress = silent) -> dict[str, Any]:
    """Hand a tenant out as one file, encrypted as it lies, suspended or not."""
    with Workspace.open(name, settings, even_suspended=True) as workspace, _acting(workspace, "export") as act:
        back_up(name, target, settings=settings, progress=progress)
        act.details["bytes"] = target.stat().st_size
    return {"tenant": name, "file": str(target), "bytes": act.details["bytes"]}


def destroy(name: str, *, confirmed: str, settings: Settings | None = None) -> dict[str, Any]:
    """Destroy a tenant's data key, show that what is left opens no more, then take the files away.

    Parameters
    ----------
    confirmed
        The tenant's name, as whoever destroys it typed it.

    Raises
    ------
    ToolRetry
        Another name was typed; nothing was changed.
    WorkspaceBusy
        It is being written.
    """
    settings = settings or load_settings()
    folder = existing_folder(name, settings)
    if confirmed != name:
        raise ToolRetry(f"You typed '{confirmed}', not '{name}'. Nothing was changed.")
    proof: dict[str, Any] = {}
    erase(name, settings=settings, between=lambda: proof.update(unreadable(folder, settings)))
    return {"tenant": name, "destroyed": True, "proof": proof, "left": folder.exists()}


def unreadable(folder: Path, settings: Settings) -> dict[str, Any]:
    """Try to open what is left of a workspace whose data key is gone; return what was tried and what each said.

    Raises
    ------
    KeyUnusable
        Something opened, or lies there in the clear.
    """
    from analytics.warehouse import ReaderSpec

    tried: dict[str, Callable[[], object]] = {
        "the workspace": lambda: Workspace.open(folder.name, settings, even_suspended=True),
        "the books, with another key": lambda: ReaderSpec(folder, secrets.token_hex(32)).open(),
    }
    said = {}
    for what, opening in tried.items():
        try:
            opening()
        except MunshiError as refused:
            said[what] = str(refused)
        else:
            raise KeyUnusable(f"{what} of {folder.name} still opens: nothing was taken away.")
    clear = [path.name for path in _parquet(folder) if not _is_sealed(path)]
    if clear:
        raise KeyUnusable(f"{len(clear)} files of {folder.name} are not encrypted, {clear[0]} first.")
    return {"refused": said, "encrypted_files": sum(1 for _ in _parquet(folder))}


def _parquet(folder: Path) -> Iterator[Path]:
    return (folder / "lake").rglob("*.parquet")


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4)
    return start == SEALED


def _described(name: str, settings: Settings) -> dict[str, Any]:
    folder = existing_folder(name, settings)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    told: dict[str, Any] = {"tenant": name, "state": "active", "bytes": size, "source": None, "data_clock": None}
    if suspension.is_suspended(folder):
        mark = json.loads((folder / suspension.MARK).read_text())
        return told | {"state": "suspended", "since": mark["at"], "reason": mark["reason"]}
    try:
        with Workspace.open(name, settings) as workspace:
            meta = workspace.meta(local_principal(name))
    except MunshiError as refused:
        return told | {"state": "unusable", "reason": str(refused)}
    return told | {"source": meta.get("source"), "data_clock": meta.get("data_clock")}


def _acting(workspace: Workspace, doing: str) -> AbstractContextManager[Act]:
    who = local_principal(workspace.name).name
    return acting(workspace.control, workspace.folder, who, f"tenant:{doing}", {}, outcome="ok")
