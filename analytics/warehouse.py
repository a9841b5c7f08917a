"""The books of one workspace: an encrypted DuckLake. The only importer of duckdb.

One writer works on a private copy of the catalog; its commit is published by renaming that copy over
``catalog.duckdb``. Readers attach the published catalog read-only and never wait. A kill at any point leaves the last
publish good.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb

from analytics import migrations
from analytics.books_errors import OPENING, check_version, translated
from analytics.schema import SCHEMA_VERSION
from analytics.writer import Rows as Rows
from analytics.writer import Writer as Writer
from analytics.writer_lock import Waiting, writer_lock
from governance.errors import BooksCorrupt, ToolRetry, WorkspaceExists, WorkspaceNotFound

if TYPE_CHECKING:
    import pyarrow as pa

EXTENSIONS = ("httpfs", "ducklake")
#: A table of the lake as views name it.
_NAMED = re.compile(r"\bbooks\.(\w+\.\w+)\b")


def _connect(spill: Path, memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_unsigned_extensions": "true",  # until those that are known to be signed are loaded, see `_signed`
        "memory_limit": memory,
        "threads": str(threads),
        "temp_directory": str(spill),
        "temp_file_encryption": "true",
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET enable_progress_bar=false")  # it would write to standard output
    for name in EXTENSIONS:
        connection.execute(f"LOAD '{_signed(name)}'")
    connection.execute("SET allow_unsigned_extensions=false")  # the engine does not let it be set to true again
    return connection


@cache
def _signed(name: str) -> Path:
    """Return the file of an extension, after the engine has found its signature good.

    The engine hashes the whole file for it, a quarter of a second for the two, whenever a connection loads it; the
    library is mapped into the process once, so it is looked at once.
    """
    file = Path(str(files(f"duckdb_extension_{name}"))) / "extensions" / f"v{duckdb.__version__}"
    file /= f"{name}.duckdb_extension"
    with duckdb.connect(":memory:", config={"allow_unsigned_extensions": "false"}) as connection:
        connection.execute(f"LOAD '{file}'")
    return file


def passing_connection(*, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """Return a connection to nothing but memory; what does not fit there is spilt, encrypted, until it is closed."""
    return _connect(Path(gettempdir()) / f"munshi-{uuid4().hex}", memory, threads)


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _attach(connection: duckdb.DuckDBPyConnection, catalog: Path, data: Path, key: str, *options: str) -> None:
    wanted = ", ".join(
        (f"DATA_PATH {_quoted(data)}", "OVERRIDE_DATA_PATH true", f"META_ENCRYPTION_KEY '{key}'", *options)
    )
    connection.execute(f"ATTACH {_quoted(f'ducklake:{catalog}')} AS books ({wanted})")


@dataclass(frozen=True)
class ReaderSpec:
    """Everything that opens a reader, in this process or another; pickles.

    Attributes
    ----------
    views
        Name → SELECT: the semantic views the reader sees.
    snapshot
        Books as of this snapshot; None for the newest published.
    withheld
        Purpose → customers its views leave out; they stand in ``hot.withheld``.
    """

    folder: Path
    key: str = field(repr=False)
    views: Mapping[str, str] = field(default_factory=dict)
    snapshot: int | None = None
    memory: str = "2GB"
    threads: int = 2
    withheld: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def open(self) -> Reader:
        """Open a reader that the engine itself holds to reading.

        Raises
        ------
        WorkspaceNotFound, KeyUnusable, BooksCorrupt, SchemaMismatch
        """
        lake = Lake(self.folder, self.key)
        if not lake.catalog.exists():
            raise WorkspaceNotFound(f"There are no books in {self.folder}: build the workspace first.")
        options = ["READ_ONLY", *([f"SNAPSHOT_VERSION {int(self.snapshot)}"] if self.snapshot is not None else [])]
        with translated(self.folder, OPENING):
            connection = _connect(lake.spill, self.memory, self.threads)
            published = lake.publish_id()
            _attach(connection, lake.catalog, lake.data, self.key, *options)
            version = _schema_version(connection)
        check_version(version)
        with translated(self.folder):
            connection.execute("CREATE SCHEMA semantic; CREATE SCHEMA hot")
            connection.execute("CREATE TABLE hot.withheld (purpose VARCHAR, customer_id VARCHAR)")
            for purpose, customers in self.withheld.items():
                listed = ", ".join(map(_quoted, sorted(customers)))
                connection.execute(f"INSERT INTO hot.withheld SELECT {_quoted(purpose)}, unnest([{listed}])")
            _show(connection, self.views)
            _lock_down(connection, lake.data)
            snapshot = self.snapshot if self.snapshot is not None else _snapshot(connection)
        return Reader(self.folder, connection, self.views, snapshot, published)


def _show(connection: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    for name, select in views.items():
        connection.execute(f'CREATE OR REPLACE VIEW semantic."{name}" AS {select}')


def _lock_down(connection: duckdb.DuckDBPyConnection, data: Path) -> None:
    connection.execute(f"SET allowed_directories=[{_quoted(f'{data}/')}]")
    for setting in ("enable_external_access=false", "max_temp_directory_size='4GB'", "lock_configuration=true"):
        connection.execute(f"SET {setting}")


def _schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("SELECT value FROM books.meta.workspace WHERE key = 'schema_version'").fetchone()
    if found is None:
        raise BooksCorrupt("The books carry no schema version. Restore them from a backup.")
    return int(found[0])


def _snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("SELECT id FROM books.current_snapshot()").fetchone()
    return int(found[0]) if found else 0


class Reader:
    """A locked-down connection to one snapshot of the books; one statement at a time."""

    def __init__(
        self,
        folder: Path,
        connection: duckdb.DuckDBPyConnection,
        views: Mapping[str, str],
        snapshot: int,
        published: str,
    ) -> None:
        self._folder = folder
        self._views = views
        self.connection = connection
        self.snapshot = snapshot
        self.published = published
        self._turn = threading.Lock()

    def query(self, sql: str, *, seconds: float | None = None) -> Rows:
        """Run one SELECT and return all its rows; interrupted after ``seconds``.

        Values stand in the statement as literals: binding a parameter makes the engine import pandas.

        Raises
        ------
        ToolRetry
            It ran longer than ``seconds``.
        """
        with self._asking(seconds):
            cursor = self.connection.execute(sql)
            columns = tuple((column[0], str(column[1])) for column in cursor.description or ())
            return Rows(columns, cursor.fetchall())

    def table(self, sql: str, *, seconds: float | None = None) -> pa.Table:
        """As `query`, the rows in columns."""
        with self._asking(seconds):
            return self.connection.execute(sql).to_arrow_table()

    @contextmanager
    def _asking(self, seconds: float | None) -> Iterator[None]:
        with self._turn, translated(self._folder):
            timer = None if seconds is None else threading.Timer(seconds, self.connection.interrupt)
            try:
                if timer is not None:
                    timer.daemon = True
                    timer.start()
                yield
            except duckdb.InterruptException:
                said = f"This took longer than {seconds:g} s and was stopped. Narrow it, or ask again."
                raise ToolRetry(said) from None
            finally:
                if timer is not None:
                    timer.cancel()

    def warm(self, *, most_rows: int = 500_000) -> None:
        """Copy the small tables behind the views into memory: each scan of the lake costs some 20 ms of opening files.

        The snapshot does not change while the reader lives, so the copies cannot grow stale.
        """
        copies = {}
        for table in sorted({name for select in self._views.values() for name in _NAMED.findall(select)}):
            if self.query(f"SELECT count(*) FROM books.{table}").rows[0][0] <= most_rows:
                copies[table] = f'hot."{table}"'
                self.query(f"CREATE TABLE IF NOT EXISTS {copies[table]} AS SELECT * FROM books.{table}")
        views = {
            name: _NAMED.sub(lambda found: copies.get(found[1], found[0]), select)
            for name, select in self._views.items()
        }
        with self._turn, translated(self._folder):
            _show(self.connection, views)

    def close(self) -> None:
        """Let go of the engine."""
        self.connection.close()


class Lake:
    """The books in a folder.

    Parameters
    ----------
    folder
        The workspace's folder.
    key
        Key of the catalog as hex; the catalog holds the keys of the data files.
    memory, threads
        Limits of the writer.
    published
        Called after each publish by this lake's writer, once its lock is free again.
    """

    def __init__(
        self, folder: Path, key: str, *, memory: str = "8GB", threads: int = 2,
        published: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        self.folder = folder
        self._key = key
        self._memory = memory
        self._threads = threads
        self._published = published
        self.catalog = folder / "lake" / "catalog.duckdb"
        self.data = folder / "lake" / "data"
        self.spill = folder / "spill"

    def publish_id(self) -> str:
        """Changes with each publish."""
        found = self.catalog.stat()
        return f"{found.st_ino}-{found.st_mtime_ns}"

    def create(self) -> None:
        """Make empty books of the current schema version.

        Raises
        ------
        WorkspaceExists
            There are books already.
        """
        if self.catalog.exists():
            raise WorkspaceExists(f"{self.folder.name} has books already. Destroy the workspace first, or use it.")
        self.data.mkdir(parents=True, exist_ok=True)
        with self._writing("create", encrypted=True) as writer:
            for statement in migrations.creation():
                writer.execute(statement)

    @contextmanager
    def writer(self, holder: str, *, waiting: Waiting | None = None) -> Iterator[Writer]:
        """Open the books for writing; commit and publish at the end, or leave them as they were.

        Parameters
        ----------
        holder
            What is being done, for the message another writer gets.
        waiting
            How long to wait for another writer, and whom to tell; without it a second writer is refused at once.

        Raises
        ------
        WorkspaceBusy, WorkspaceNotFound, KeyUnusable, BooksCorrupt, SchemaMismatch, StorageFull
        """
        if not self.catalog.exists():
            raise WorkspaceNotFound(f"There are no books in {self.folder}: build the workspace first.")
        with self._writing(holder, waiting=waiting) as writer:
            found = _schema_version(writer.connection)
            if found < SCHEMA_VERSION:
                for statement in migrations.steps(found):
                    writer.execute(statement)
            check_version(_schema_version(writer.connection))
            yield writer
        if self._published is not None:
            self._published()

    @contextmanager
    def erasing(self, holder: str) -> Iterator[Writer]:
        """Open the books for an erasure: at its end no earlier snapshot is left, nor a page that held one.

        What is published first names no file of before; these are deleted after it. A kill between the two leaves them
        scheduled: `clean_up` deletes them.
        """
        with self._writing(holder, forgetting=True) as writer:
            yield writer
        self.clean_up(holder)

    def clean_up(self, holder: str) -> None:
        """Delete the files that no snapshot names any more."""
        with self.writer(holder) as writer:
            writer.execute("CALL ducklake_cleanup_old_files('books', cleanup_all => true)")

    @contextmanager
    def inspecting(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the published catalog itself, as ``catalog``: file keys and all. For proofs alone."""
        with translated(self.folder, OPENING):
            connection = _connect(self.spill, self._memory, self._threads)
            try:
                attached = f"ATTACH {_quoted(self.catalog)} AS catalog (ENCRYPTION_KEY '{self._key}', READ_ONLY)"
                connection.execute(attached)
                yield connection
            finally:
                connection.close()

    @contextmanager
    def _writing(
        self, holder: str, *, encrypted: bool = False, waiting: Waiting | None = None, forgetting: bool = False
    ) -> Iterator[Writer]:
        draft = self.catalog.with_name("catalog.draft.duckdb")
        with writer_lock(self.folder / "writer.lock", holder, waiting), translated(self.folder):
            _discard(draft)
            if self.catalog.exists():
                shutil.copyfile(self.catalog, draft)
            connection = _connect(self.spill, self._memory, self._threads)
            try:
                with translated(self.folder, OPENING):
                    _attach(connection, draft, self.data, self._key, *(["ENCRYPTED"] if encrypted else []))
                connection.execute("CALL ducklake_delete_orphaned_files('books', cleanup_all => true)")
                if encrypted:
                    connection.execute("CALL books.set_option('parquet_compression', 'zstd')")
                connection.execute("BEGIN")
                yield Writer(connection)
                connection.execute("COMMIT")
                if forgetting:
                    connection.execute("CALL ducklake_expire_snapshots('books', older_than => now())")
                connection.execute("DETACH books")
                if forgetting:
                    self._written_anew(connection, draft)
                self._publish(draft)
            finally:
                connection.close()
                _discard(draft)

    def _written_anew(self, connection: duckdb.DuckDBPyConnection, draft: Path) -> None:
        """Copy the catalog row by row into a new file: in the old one, pages that were freed keep what they held."""
        fresh = draft.with_name("catalog.fresh.duckdb")
        _discard(fresh)
        for path, name in ((draft, "before"), (fresh, "fresh")):
            connection.execute(f"ATTACH {_quoted(path)} AS {name} (ENCRYPTION_KEY '{self._key}')")
        connection.execute("COPY FROM DATABASE before TO fresh")
        connection.execute("DETACH before")
        connection.execute("DETACH fresh")
        _discard(draft)
        fresh.replace(draft)

    def _publish(self, draft: Path) -> None:
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(self.catalog)


def _discard(draft: Path) -> None:
    for path in (draft, draft.with_name(draft.name + ".wal")):
        path.unlink(missing_ok=True)
