"""A folder that is watched: each file that has come to rest is taken in once, whatever becomes of the others."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from governance.errors import MunshiError, SourceError, WorkspaceNotFound
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.intake import ingest_file
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace

#: Files that say how others are read, and whose they are.
MAPPINGS, SIDECARS = ("mapping.yaml", "mapping.json"), (".mapping.yaml", ".mapping.json")
OWNERS = "owners.csv"
OWNER_COLUMNS = ("file", "account", "customer")
#: Endings and beginnings of files that are still being written, or are nobody's statement.
UNFINISHED, HIDDEN = (".part", ".tmp", ".crdownload", ".swp", "~"), (".", "~$")
Mark = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one file; ``reason`` is there where it was refused."""

    name: str
    outcome: Literal["taken in", "there already", "refused"]
    rows_added: int = 0
    rows_rejected: int = 0
    reason: str | None = None

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.outcome == "refused":
            return f"{self.name} was not taken in: {self.reason}"
        if self.outcome == "there already":
            return f"{self.name} is there already: nothing was changed."
        waiting = f"; {self.rows_rejected:,} rows wait in quarantine" if self.rows_rejected else ""
        return f"{self.name}: {self.rows_added:,} postings are new{waiting}."


@dataclass
class FolderWatch:
    """Looks at a folder again and again.

    What is in the books already is known by its content, so that a new watch does not take it in anew. What was refused
    is tried again when it, its mapping or the list of owners changes.
    """

    folder: Path
    workspace: str
    settings: Settings | None = None
    progress: Progress = silent
    _seen: dict[Path, Mark] = field(default_factory=dict)
    _done: dict[Path, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise SourceError(f"{self.folder} is not a folder. Name one that files are put into.")

    def look(self) -> Iterator[Outcome]:
        """Take in, in the order of their names, the files that have not changed since the last look."""
        now = {path: self._mark(path) for path in self._files()}
        settled = [path for path, mark in now.items() if self._seen.get(path) == mark and self._done.get(path) != mark]
        self._seen = now
        for path in settled:
            self._done[path] = now[path]
            yield self._taken_in(path)

    def _files(self) -> list[Path]:
        return sorted(
            path for path in self.folder.iterdir()
            if path.is_file() and path.name not in (*MAPPINGS, OWNERS) and not path.name.startswith(HIDDEN)
            and not path.name.endswith((*SIDECARS, *UNFINISHED))
        )  # fmt: skip

    def _mark(self, path: Path) -> Mark:
        """Return what changes when the file, or what says how it is read, does."""
        beside = [path, *self._mappings(path), self.folder / OWNERS]
        return tuple((found.st_size, found.st_mtime_ns) if (found := _stat(each)) else (0, 0) for each in beside)

    def _mappings(self, path: Path) -> list[Path]:
        return [path.with_name(path.name + ending) for ending in SIDECARS] + [self.folder / name for name in MAPPINGS]

    def _taken_in(self, path: Path) -> Outcome:
        from analytics.ingest.survey import survey

        try:
            if survey(path).file_id in self._known():
                return Outcome(path.name, "there already")
            owner = self._owners().get(path.name, {})
            report = ingest_file(
                path, self.workspace, account=owner.get("account"), customer=owner.get("customer"),
                mapping_file=self._mapping(path), settings=self.settings, progress=self.progress,
            )  # fmt: skip
        except (MunshiError, OSError) as error:
            return Outcome(path.name, "refused", reason=str(error))
        (file,) = report.files
        return Outcome(path.name, "taken in", report.derived.added, file.rows_rejected)

    def _mapping(self, path: Path) -> Path | None:
        """Return the file's own mapping; the folder's only where no layout fits by itself."""
        own, shared = self._mappings(path)[: len(SIDECARS)], self._mappings(path)[len(SIDECARS) :]
        found = next((each for each in own if each.is_file()), None)
        return found or (None if self._fits(path) else next((each for each in shared if each.is_file()), None))

    def _fits(self, path: Path) -> bool:
        from tools.operations.preview import preview_file

        try:
            return "reasons" not in preview_file(path, rows=1).guessed
        except SourceError:
            return False

    def _known(self) -> set[str]:
        try:
            with Workspace.open(self.workspace, self.settings) as workspace:
                rows = workspace.query(local_principal(self.workspace), "SELECT file_id FROM books.raw.files").rows
        except WorkspaceNotFound:
            return set()
        return {row[0] for row in rows}

    def _owners(self) -> Mapping[str, Mapping[str, str]]:
        """Read ``owners.csv``: file, account, customer.

        Raises
        ------
        SourceError
            It has other headings.
        """
        path = self.folder / OWNERS
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = tuple(name.strip().lower() for name in rows.fieldnames or ())
            if set(names) != set(OWNER_COLUMNS):
                raise SourceError(f"{OWNERS} has the headings {', '.join(names)}; expected {', '.join(OWNER_COLUMNS)}.")
            plain = [{str(key).strip().lower(): (value or "").strip() for key, value in row.items()} for row in rows]
        return {row["file"]: {key: value for key, value in row.items() if value} for row in plain}


def _stat(path: Path) -> Any:
    try:
        return path.stat()
    except OSError:  # it went between listing and looking
        return None
