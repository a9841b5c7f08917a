"""The proof of an erasure: every file under the home is opened with the keys and searched byte by byte."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import MunshiError
from governance.sealed import opened_rows
from tools.batch.pieces import FOLDER
from tools.layers import FILE as LAYERS
from tools.operations.backups import MANIFEST
from tools.operations.privacy.kept_data import CACHES, job_contents, names

if TYPE_CHECKING:
    from analytics.traces import Identifiers
    from tools.workspace import Workspace

#: Why a fitted model is not searched for a person, and what of him may be in it.
OUT_OF_SCOPE = (
    "Fitted models and their cards: sums over many customers, which name none of them; they were searched for his "
    "identifiers like everything else. They are not fitted anew: the law asks for the erasure of personal data, and "
    "none can be read off them. The next training learns without him.",
    "Counts and totals told in answers that do not name him.",
    "What processes hold in memory until they see the new books, at their next question.",
    "Files outside the home: sources he came from, backups kept elsewhere. Erase there too, or he comes back with the "
    "next intake.",
)


@dataclass
class Proof:
    """What was searched, and where anything was found; it names nobody.

    Attributes
    ----------
    identifiers
        Kind → how many were searched for.
    looked_up
        Of these, how many are so short that they were looked for as whole cells and entries alone.
    files, bytes
        Searched as they lie.
    found
        Places that name the person.
    unopened
        Files that could not be opened: nothing is proved of them.
    """

    identifiers: dict[str, int]
    looked_up: int
    files: int = 0
    bytes: int = 0
    data_files: int = 0
    catalog_tables: int = 0
    rows: int = 0
    decrypted_bytes: int = 0
    sealed_rows: int = 0
    sealed_files: int = 0
    audit_entries: int = 0
    found: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)
    out_of_scope: tuple[str, ...] = OUT_OF_SCOPE

    @property
    def clean(self) -> bool:
        """Whether everything was opened, and nothing found."""
        return not self.found and not self.unopened

    def told(self) -> dict[str, Any]:
        """The proof as it is kept and shown."""
        return asdict(self) | {"clean": self.clean, "out_of_scope": list(self.out_of_scope)}


def prove(workspace: Workspace, known: Identifiers) -> Proof:
    """Search everything under the home for a person's identifiers.

    Raises
    ------
    BooksCorrupt
        The audit log does not verify, or control data hold bytes nobody declared.
    """
    proof = Proof(known.counts, len(known.short))
    _as_they_lie(workspace, known, proof)
    _lake(workspace, known, proof)
    _sealed_rows(workspace, known, proof)
    _sealed_files(workspace, known, proof)
    proof.audit_entries = workspace.control.verify_audit()
    return proof


def _as_they_lie(workspace: Workspace, known: Identifiers, proof: Proof) -> None:
    """Every file, its name and its bytes as on disk: whoever reads the disk without keys sees these."""
    home = workspace.settings.home.absolute()
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        place = path.relative_to(home).as_posix()
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # gone since the folder was listed: a draft, a lock
            continue
        proof.files += 1
        proof.bytes += len(content)
        if known.in_bytes(place.encode()) or known.in_bytes(content):
            proof.found.append(place)
        if _is_backup_of(path, workspace):
            proof.found.append(f"{place}: a backup made before the erasure. Delete it, and make a new one")


def _is_backup_of(path: Path, workspace: Workspace) -> bool:
    """Whether a file is a backup of the workspace with another catalog than the one that lies there."""
    if path.suffix != ".tar" or not tarfile.is_tarfile(path):
        return False
    import hashlib
    import json

    with tarfile.open(path) as archive:
        if MANIFEST not in archive.getnames():
            return False
        manifest = json.loads(archive.extractfile(MANIFEST).read())  # type: ignore[union-attr]
    catalog = hashlib.sha256(workspace.lake.catalog.read_bytes()).hexdigest()
    inside = workspace.lake.catalog.relative_to(workspace.folder).as_posix()
    return bool(manifest["workspace"] == workspace.name and manifest["sha256"].get(inside) != catalog)


def _lake(workspace: Workspace, known: Identifiers, proof: Proof) -> None:
    from analytics.lake_search import search

    with workspace.lake.inspecting() as connection:
        done = search(connection, workspace.lake.data, known)
    proof.data_files, proof.catalog_tables = done.data_files, done.catalog_tables
    proof.rows, proof.decrypted_bytes = done.rows, proof.decrypted_bytes + done.bytes
    proof.found += done.found
    proof.unopened += done.unopened


def _sealed_rows(workspace: Workspace, known: Identifiers, proof: Proof) -> None:
    for row in opened_rows(workspace.control):
        proof.sealed_rows += 1
        proof.decrypted_bytes += len(row.text.encode())
        if names(row, known):
            proof.found.append(f"control data: {row.table.name}")


def _sealed_files(workspace: Workspace, known: Identifiers, proof: Proof) -> None:
    for path in sorted(workspace.folder.rglob("*.sealed")):
        if path.parent.parent.name == FOLDER:  # opened job by job, below
            continue
        _search(path.relative_to(workspace.folder).as_posix(), partial(_opened, workspace, path), known, proof)
    for folder in sorted((workspace.folder / FOLDER).glob("b_*")):
        _search(f"{FOLDER}/{folder.name}", partial(job_contents, workspace, folder), known, proof)


def _opened(workspace: Workspace, path: Path) -> Iterator[bytes]:
    if path.name != LAYERS and not path.match(CACHES):
        raise OSError("nobody declared how it is opened")
    yield workspace.keys.unseal(path.read_bytes(), about=path.name).encode()


def _search(place: str, opening: Callable[[], Iterator[bytes]], known: Identifiers, proof: Proof) -> None:
    try:
        for content in opening():
            proof.sealed_files += 1
            proof.decrypted_bytes += len(content)
            if known.in_bytes(content):
                proof.found.append(place)
    except (MunshiError, OSError) as closed:
        proof.unopened.append(f"{place}: {closed}")
