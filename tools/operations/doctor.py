"""Is everything in order: one small check each, a finding or health."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass

from governance.errors import MunshiError
from governance.principal import local_principal
from governance.settings import Settings, load_settings
from tools.workspace import Workspace, workspace_names

#: Free space below which a build may not fit.
LOW_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """What one check said: ``finding`` is None where all is well."""

    check: str
    subject: str
    finding: str | None


def _python(_settings: Settings) -> str | None:
    return None if sys.version_info >= (3, 11) else f"Python {sys.version.split()[0]} is too old; 3.11 or newer."


def _disk(settings: Settings) -> str | None:
    place = next(path for path in (settings.home.absolute(), *settings.home.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    return None if free >= LOW_DISK_BYTES else f"Only {free / 1024**3:.1f} GiB free at {settings.home}."


def _key_file(settings: Settings) -> str | None:
    if settings.master_key is not None:
        return None
    if not settings.key_file.exists():
        names = workspace_names(settings)
        lost = f" The workspaces {', '.join(names)} cannot be read without it." if names else ""
        return f"There is no master key yet; the first workspace makes it.{lost}"
    mode = stat.S_IMODE(settings.key_file.stat().st_mode)
    return None if mode & 0o077 == 0 else f"{settings.key_file} can be read by others (mode {mode:o}): chmod 600."


def _model(settings: Settings) -> str | None:
    if settings.model == "embedded":
        return None
    return f"Questions go to {settings.model}, outside the embedded mind."


def _opens(workspace: Workspace) -> str | None:
    workspace.meta(local_principal(workspace.name))
    return None


def _filled(workspace: Workspace) -> str | None:
    clock = workspace.meta(local_principal(workspace.name)).get("data_clock")
    return None if clock else "The books are empty: `munshi ingest` fills them."


def _scored(workspace: Workspace) -> str | None:
    rows = workspace.query(local_principal(workspace.name), "SELECT count(*) FROM books.scores.latest").rows
    return None if rows[0][0] else "Nobody is scored: `munshi build` trains and scores."


def _audit(workspace: Workspace) -> str | None:
    workspace.control.verify_audit()
    return None


MACHINE: dict[str, Callable[[Settings], str | None]] = {
    "python": _python, "disk": _disk, "master key": _key_file, "mind": _model,
}  # fmt: skip
BOOKS: dict[str, Callable[[Workspace], str | None]] = {
    "opens": _opens, "has data": _filled, "is scored": _scored, "audit chain": _audit,
}  # fmt: skip


def examine(settings: Settings | None = None) -> list[Finding]:
    """Run every check on the machine and on each workspace."""
    settings = settings or load_settings()
    findings = [Finding(name, "machine", check(settings)) for name, check in MACHINE.items()]
    for name in workspace_names(settings):
        for label, check in BOOKS.items():
            findings.append(Finding(label, name, _examined(name, settings, check)))
    return findings


def _examined(name: str, settings: Settings, check: Callable[[Workspace], str | None]) -> str | None:
    try:
        with Workspace.open(name, settings) as workspace:
            return check(workspace)
    except MunshiError as error:
        return str(error)
