"""What a job was given and what it made, in sealed pieces in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import StorageFull

if TYPE_CHECKING:
    from governance.keys import WorkspaceKeys

FOLDER, UNUSED = "batch", "unused"
#: Bytes of an upload that are sealed, scored and counted together.
PIECE_BYTES = 4 << 20


class Pieces:
    """The files of one job: ``given`` as uploaded, ``made`` one for each scored, ``unused`` the columns nothing reads.

    Parameters
    ----------
    workspace_folder
        Where the workspace lies.
    """

    def __init__(self, workspace_folder: Path, job_id: str, keys: WorkspaceKeys) -> None:
        self.folder = workspace_folder / FOLDER / job_id
        self._keys = keys
        self._job = job_id

    def write(self, kind: str, number: int, content: bytes, *, durable: bool = True) -> None:
        """Keep a piece, whole or not at all; on disk when it returns, or once `settle` has.

        Raises
        ------
        StorageFull
            The disk has no room for it.
        """
        path = self._path(kind, number)
        draft = path.with_suffix(".draft")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(self._keys.seal_bytes(content, about=self._about(kind, number)))
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            raise StorageFull(f"A piece of job {self._job} cannot be kept: {error.strerror}.") from error

    def settle(self, kind: str) -> None:
        """Return when all pieces of a kind are on disk: at the end of an upload, most of them long are."""
        for path in self.folder.glob(f"{kind}-*.sealed"):
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def read(self, kind: str, number: int) -> bytes:
        """Open one piece."""
        return self._keys.unseal_bytes(self._path(kind, number).read_bytes(), about=self._about(kind, number))

    def all(self, kind: str) -> Iterator[bytes]:
        """Open the pieces one after the other."""
        for number in range(self.count(kind)):
            yield self.read(kind, number)

    def count(self, kind: str) -> int:
        """How many there are."""
        return len(list(self.folder.glob(f"{kind}-*.sealed")))

    def keep_unused(self, names: Sequence[str]) -> None:
        """Keep the names of columns that nothing reads: a client's own words, so sealed as his rows are."""
        if names:
            self.write(UNUSED, 0, json.dumps(list(names)).encode())

    def unused(self) -> list[str]:
        """The names of columns that nothing reads."""
        names: list[str] = json.loads(self.read(UNUSED, 0)) if self.count(UNUSED) else []
        return names

    def remove(self) -> None:
        """Take everything away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self, kind: str) -> None:
        """Take the pieces of one kind away."""
        for path in self.folder.glob(f"{kind}-*"):
            path.unlink(missing_ok=True)

    def _path(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number:06d}.sealed"

    def _about(self, kind: str, number: int) -> str:
        return f"{self._job}/{kind}/{number}"
