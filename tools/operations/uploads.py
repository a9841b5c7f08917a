"""Files that a person brings in: looked at first, taken in when he says so; until then held in memory alone."""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from governance.acts import acting
from governance.errors import ModelError, MunshiError, NotThere, SourceError, ToolRefused
from governance.permission import permit
from tools.operations.progress import Progress, part, silent

if TYPE_CHECKING:
    from analytics.intake import IntakeReport
    from governance.principal import Principal
    from tools.operations.preview import Preview
    from tools.workspace import Workspace

SCOPE = "postings:write"
MOST_BYTES = 32 << 20
#: Files held at a time, and seconds that one is held.
MOST_HELD, HELD = 8, 3_600.0


@dataclass(frozen=True)
class Told:
    """What a person says of a file that it does not say itself; empty for what it does."""

    source: str = ""
    account: str = ""
    customer: str = ""
    currency: str = ""

    def options(self) -> dict[str, str | None]:
        """The same as reading takes it."""
        return {name: value or None for name, value in vars(self).items()}


@dataclass
class Upload:
    """A file, and how far taking it in is.

    Attributes
    ----------
    state
        ``held`` until it is taken in, then ``running``, then ``done`` or ``failed``.
    doing, share
        What is being done, and how much of all is behind.
    said
        What came of it.
    """

    name: str
    content: bytes
    owner: str
    at: float
    told: Told = field(default_factory=Told)
    state: str = "held"
    doing: str = ""
    share: float = 0.0
    said: str = ""


class Uploads:
    """The files that people brought to one process, until they are taken in or forgotten."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: dict[str, Upload] = {}
        self._holding = threading.Lock()

    def keep(self, workspace: Workspace, by: Principal, name: str, content: bytes) -> str:
        """Hold a file; return what it is asked for by.

        Raises
        ------
        SourceError
            It is empty or too large.
        ToolRefused
            The caller may not bring files in.
        """
        _permit(workspace, by, "upload")
        if not content or len(content) > MOST_BYTES:
            raise SourceError(f"{PurePath(name).name} has {len(content):,} bytes; a file has 1 to {MOST_BYTES:,}.")
        token = secrets.token_urlsafe(16)
        with self._holding:
            self._forget()
            self._held[token] = Upload(PurePath(name).name[:120] or "file", content, by.name, self._clock())
        return token

    def one(self, by: Principal, token: str) -> Upload:
        """A file that the caller brought.

        Raises
        ------
        NotThere
            There is none, or not any more.
        """
        with self._holding:
            self._forget()
            found = self._held.get(token)
        if found is None or found.owner != by.name:
            raise NotThere("This file is not held any more. Bring it in again.")
        return found

    def preview(self, workspace: Workspace, by: Principal, token: str, told: Told) -> Preview:
        """Say what a file would bring; nothing is written.

        Raises
        ------
        SourceError
            It cannot be read.
        """
        from tools.operations.preview import preview_file

        _permit(workspace, by, "preview")
        upload = self.one(by, token)
        upload.told = told
        with _on_disk(upload) as path:
            return preview_file(path, **told.options())  # type: ignore[arg-type]

    def begin(self, workspace: Workspace, by: Principal, token: str) -> Upload:
        """Take a file in, in a thread of its own; what becomes of it stands in what is returned."""
        _permit(workspace, by, "take-in")
        upload = self.one(by, token)
        if upload.state in ("running", "done"):
            return upload
        upload.state, upload.doing, upload.share = "running", "Reading the file", 0.0
        threading.Thread(target=self._run, args=(workspace, by, upload), name="munshi-upload", daemon=True).start()
        return upload

    def _run(self, workspace: Workspace, by: Principal, upload: Upload) -> None:
        def progress(doing: str, share: float) -> None:
            upload.doing, upload.share = doing, share

        about = {"bytes": len(upload.content)}
        try:
            with acting(workspace.control, workspace.folder, by.name, "data:take-in", about, refusal="failed"):
                report = take_in(workspace, upload, progress)
            upload.said, upload.state = _said(upload, report), "done"
        except MunshiError as error:
            upload.said, upload.state = str(error), "failed"
        except Exception as error:  # noqa: BLE001  told where the person looks, and counted in the audit log
            upload.said = (
                f"Something broke inside Munshi ({type(error).__name__}); nothing of the file is in the books."
            )
            upload.state = "failed"
        upload.content = b""

    def _forget(self) -> None:
        """Let go of what is too old, and of the oldest of too many; what is being taken in stays."""
        now = self._clock()
        for token, each in list(self._held.items()):
            spare = len(self._held) >= MOST_HELD
            if each.state != "running" and (now - each.at > HELD or spare):
                del self._held[token]


def take_in(workspace: Workspace, upload: Upload, progress: Progress = silent) -> IntakeReport:
    """Bring a file into the books and score what it brought; columns that were guessed are those of the preview."""
    from tools.operations.fill import score_workspace
    from tools.operations.intake import ingest_file
    from tools.operations.preview import preview_file

    told: dict[str, Any] = upload.told.options()
    with _on_disk(upload) as path:
        mapping = path.parent / "mapping.json"
        guessed = "reasons" in preview_file(path, **told).guessed
        if guessed:
            preview_file(path, save_mapping=mapping, **told)
        report = ingest_file(path, workspace.name, mapping_file=mapping if guessed else None,
                             settings=workspace.settings, progress=part(progress, 0.0, 0.6), **told)  # fmt: skip
    if report.changed:
        try:
            score_workspace(workspace.name, settings=workspace.settings, progress=part(progress, 0.6, 1.0))
        except ModelError as nothing_yet:
            progress(str(nothing_yet), 1.0)
    return report


@contextmanager
def _on_disk(upload: Upload) -> Iterator[Path]:
    """The file in a folder of its own that nobody else reads, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="munshi-") as scratch:
        path = Path(scratch) / upload.name
        path.write_bytes(upload.content)
        yield path


def _said(upload: Upload, report: IntakeReport) -> str:
    file = report.files[0]
    waiting = f" {file.rows_rejected:,} rows wait in quarantine." if file.rows_rejected else ""
    return f"{upload.name}: {report.derived.added:,} postings are new in the books.{waiting}"


def _permit(workspace: Workspace, by: Principal, deed: str) -> None:
    doing = f"data:{deed}"
    permit(workspace.control, by, SCOPE, doing=doing, what="bringing files in")
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused("Who sees some rows only brings no files in: they may hold rows of everybody.")
