"""One client's books, knowledge and control data, opened together: the composition of the engines."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from analytics.warehouse import Lake, Reader, ReaderSpec, Rows
from governance.errors import ConfigurationError, ToolRetry, WorkspaceExists, WorkspaceNotFound, did_you_mean
from governance.key_rotation import unlock
from governance.keys import WorkspaceKeys, create_workspace_keys, master_key
from governance.principal import Principal
from governance.settings import Settings, control_url, load_settings
from governance.suspension import refuse_suspended
from governance.tracing import SQL, span
from knowledge.compile import view_sql
from knowledge.vocabulary import View, Vocabulary, load_vocabulary, with_values
from tools.arguments import literal
from tools.newest import Newest, keep_newest

if TYPE_CHECKING:
    from analytics.models.protocol import Scorer
    from governance.control import ControlStore
    from governance.look.store import Themes
    from governance.privacy.consents import Withheld
    from knowledge.retrieve import Retriever
    from tools.layers import Layers
    from tools.result import ToolResult
    from tools.sql_worker import SqlWorker

T = TypeVar("T")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
#: Kept at a time: readers, one for each sight of the books, what was remembered of them, and tools' results that pages
#: share; the oldest go first.
MOST_READERS, MOST_REMEMBERED, MOST_RESULTS = 24, 4_096, 1_024


def workspace_names(settings: Settings) -> list[str]:
    """Names of the workspaces that exist."""
    found = settings.workspaces.glob("*/key.json") if settings.workspaces.is_dir() else ()
    return sorted(path.parent.name for path in found)


def workspace_folder(name: str, settings: Settings) -> Path:
    """Return where a workspace of that name lies, or would.

    Raises
    ------
    ConfigurationError
        It is no name for a workspace.
    """
    if not NAME.fullmatch(name):
        raise ConfigurationError(
            f"'{name}' cannot name a workspace: lower-case letters, digits, '-' and '_', a letter first, at most 63."
        )
    return settings.workspaces / name


def existing_folder(name: str, settings: Settings) -> Path:
    """Return the folder of a workspace, whether or not it opens.

    Raises
    ------
    WorkspaceNotFound
        There is none; the message lists what exists.
    """
    folder = workspace_folder(name, settings)
    if not folder.is_dir():
        known = workspace_names(settings)
        hint = did_you_mean(name, known) if known else " There is none yet: `munshi demo` makes the sandbox."
        raise WorkspaceNotFound(f"There is no workspace '{name}' in {settings.home}.{hint}")
    return folder


class Workspace:
    """One tenant's world.

    Parameters
    ----------
    name
        Name of the workspace.
    settings
        What the operator set.
    keys
        The workspace's keys.
    snapshot
        Look at the books as of this snapshot; None for the newest published.
    """

    def __init__(self, name: str, settings: Settings, keys: WorkspaceKeys, *, snapshot: int | None = None) -> None:
        self.name = name
        self.settings = settings
        self.keys = keys
        self.folder = workspace_folder(name, settings)
        self.lake = Lake(self.folder, keys.books, memory=settings.writer_memory, threads=settings.threads,
                         published=self._after_publish)  # fmt: skip
        self._pinned = snapshot
        self._readers: dict[str, Reader] = {}
        self._workers: dict[str, SqlWorker] = {}
        self._remembered: dict[str, Any] = {}
        self._models: dict[tuple[str, str], Any] = {}
        self.results: Newest[ToolResult] = Newest(MOST_RESULTS)
        self._warm = False
        self._withheld: Withheld | None = None
        self._opening, self._remembering = threading.Lock(), threading.Lock()
        self._computing: dict[str, threading.RLock] = {}

    @classmethod
    def open(
        cls, name: str = "demo", settings: Settings | None = None, *, even_suspended: bool = False
    ) -> Workspace:  # fmt: skip
        """Open a workspace that exists.

        Raises
        ------
        WorkspaceNotFound, KeyUnusable, WorkspaceSuspended
        """
        settings = settings or load_settings()
        folder = existing_folder(name, settings)
        if not even_suspended:
            refuse_suspended(folder)
        return cls(name, settings, unlock(folder / "key.json", settings))

    @classmethod
    def create(cls, name: str, settings: Settings | None = None) -> Workspace:
        """Make a workspace with a data key of its own and empty books.

        Raises
        ------
        WorkspaceExists
            There is one of that name.
        """
        settings = settings or load_settings()
        folder = workspace_folder(name, settings)
        if (folder / "key.json").exists():
            raise WorkspaceExists(f"There is a workspace '{name}' already. Use it, or destroy it first.")
        master = master_key(settings, create=True)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        workspace = cls(name, settings, create_workspace_keys(folder / "key.json", master))
        workspace.lake.create()
        return workspace

    def pseudonym(self, text: str) -> str:
        """Return an id made of an account number that gives it to nobody without the workspace's key."""
        return self.keys.token("account", text).removeprefix("ACCOUNT_")

    def at(self, snapshot: int) -> Workspace:
        """The same workspace, its books as of ``snapshot``."""
        return Workspace(self.name, self.settings, self.keys, snapshot=snapshot)

    @cached_property
    def layers(self) -> Layers:
        """The semantic layers of a database of one's own; none where the workspace holds the house's books."""
        from tools.layers import Layers

        return Layers(self.lake.catalog.parent, self.keys)

    @property
    def vocabulary(self) -> Vocabulary:
        """The governed vocabulary: of the workspace's own layer, else the house's."""
        return self.layers.vocabulary(self._pinned) or load_vocabulary()

    @cached_property
    def control(self) -> ControlStore:
        """Receipts and audit."""
        from governance.acts import control_of

        return control_of(self.folder, self.keys, control_url(self.settings))

    @cached_property
    def themes(self) -> Themes:
        """The client's own face."""
        from governance.look.store import Themes

        return Themes(self.control)

    def retriever(self, principal: Principal) -> Retriever:
        """Search over the knowledge passages kept in the books that the principal may read."""
        from knowledge.retrieve import Retriever
        from tools.embeddings import embedder_of
        from tools.passages import LakePassages

        store = LakePassages(self, principal)
        return Retriever(f"{self.folder}|{store.sight}", store, embedder_of(self, principal))

    def view_names(self, principal: Principal) -> tuple[str, ...]:
        """The semantic views the principal may name."""
        return tuple(view.name for view in self._views(principal))

    def _views(self, principal: Principal) -> list[View]:
        return [view for view in self.vocabulary.views.values() if not view.scope or principal.may(view.scope)]

    def remember(self, principal: Principal, what: str, compute: Callable[[], T]) -> T:
        """What ``compute`` returned for this caller's sight of the books; computed anew after a publish."""
        key = self._place(principal, self.reader(principal).published, what)
        with self._remembering:
            if key in self._remembered:
                held: T = self._recalled(key)
                return held
            alone = self._computing.setdefault(key, threading.RLock())
        try:
            with alone:  # of those who come together one computes, and the others are given what he found
                return self._found(key, compute)
        finally:
            with self._remembering:
                self._computing.pop(key, None)

    def _found(self, key: str, compute: Callable[[], T]) -> T:
        with self._remembering:
            if key in self._remembered:
                held: T = self._recalled(key)
                return held
        found = compute()
        with self._remembering:
            self._remembered[key] = found
            keep_newest(self._remembered, MOST_REMEMBERED)
        return found

    def _recalled(self, key: str) -> Any:
        """What is remembered there, now the last to be forgotten."""
        held = self._remembered[key] = self._remembered.pop(key)
        return held

    def _place(self, principal: Principal, published: str, what: str) -> str:
        return f"{_sight(principal)}@{published}:{self.withheld().version}:{what}"

    def vocabulary_of(self, principal: Principal) -> Vocabulary:
        """The vocabulary with the values that occur in what the caller may see."""
        from tools.occurring import occurring_values

        return self.remember(
            principal, "vocabulary", lambda: with_values(self.vocabulary, occurring_values(self, principal))
        )

    def values(self, principal: Principal, view: str, column: str) -> tuple[str, ...]:
        """The values that occur in a text column of a view, sorted."""
        sql = f'SELECT DISTINCT "{column}" FROM semantic."{view}" WHERE "{column}" IS NOT NULL ORDER BY 1'
        return self.remember(
            principal, f"{view}.{column}", lambda: tuple(str(row[0]) for row in self.query(principal, sql).rows)
        )

    def reader_spec(self, principal: Principal) -> ReaderSpec:
        """What opens a reader for ``principal``: its views mask and partition beneath every tool."""
        show = principal.may("pii:read")
        withheld = self.withheld().customers
        views = {
            view.name: view_sql(view, show_personal=show, partitions=principal.partitions, withheld=withheld)
            for view in self._views(principal)
        }
        settings = self.settings
        return ReaderSpec(self.folder, self.keys.books, views, self._pinned, memory=settings.reader_memory,
                          threads=settings.threads, withheld=dict(withheld))  # fmt: skip

    def withheld(self) -> Withheld:
        """Who is left out of each purpose that rests on consent; read again when a consent changed or expired."""
        from governance.privacy.consents import Withheld, mark_of, withheld

        mark = mark_of(self.folder)
        held = self._withheld
        if held is None or held.mark != mark or time.time() >= held.until:
            held = Withheld()
            if mark:
                from governance.privacy.records import PrivacyLedger

                held = withheld(PrivacyLedger(self.control), mark)
            self._withheld = held
        return held

    def reader(self, principal: Principal) -> Reader:
        """A reader of the newest published books for ``principal``, kept until the next publish.

        Raises
        ------
        WorkspaceSuspended
        """
        refuse_suspended(self.folder)
        wanted = f"{_sight(principal)}:{self.withheld().version}"
        with self._opening:
            held = self._readers.get(wanted)
            if held is None or held.published != self.lake.publish_id():
                held = self.reader_spec(principal).open()
                if self._warm and not principal.partitions:  # copies for one city, or one customer, are not worth it
                    held.warm()
            self._readers.pop(wanted, None)
            self._readers[wanted] = held
            keep_newest(self._readers, MOST_READERS)  # one still in use closes when its user lets go of it
            return held

    def warm(self, principal: Principal) -> None:
        """Keep small tables in memory from now on: for a process that answers more than one question."""
        held = self.reader(principal)
        self._warm = True
        held.warm()

    def worker(self, principal: Principal) -> SqlWorker:
        """The killable process that runs free SQL for ``principal``."""
        from tools.sql_worker import SqlWorker

        wanted = f"{_sight(principal)}@{self.lake.publish_id()}:{self.withheld().version}"
        with self._opening:
            if wanted not in self._workers:
                for stale in self._workers.values():
                    stale.close()
                self._workers = {wanted: SqlWorker(self.reader_spec(principal))}
            return self._workers[wanted]

    def stored_model(self, principal: Principal, model: str, version: str) -> Scorer:
        """A fitted model out of the registry, kept once read.

        Raises
        ------
        ToolRetry
            The registry holds no such version.
        """
        from analytics.models.serving import scorer

        return self.stored(principal, model, version, scorer)

    def stored(self, principal: Principal, model: str, version: str, read: Callable[[bytes], T]) -> T:
        """A fitted model of whatever kind out of the registry, kept once read.

        Parameters
        ----------
        read
            Makes the model of its bytes.

        Raises
        ------
        ToolRetry
            The registry holds no such version.
        """
        if (model, version) not in self._models:
            which = f"model = {literal(model)} AND version = {literal(version)}"
            sql = f"SELECT payload FROM books.models.registry WHERE {which}"
            found = self.query(principal, sql).rows
            if not found:
                raise ToolRetry(f"The registry of {self.name} holds no version '{version}' of {model}.")
            self._models[model, version] = read(found[0][0])
        held: T = self._models[model, version]
        return held

    def query(self, principal: Principal, sql: str) -> Rows:
        """Run a statement that Munshi itself compiled, within the time limit."""
        with span(SQL, db_system_name="duckdb") as told:
            found = self.reader(principal).query(sql, seconds=self.settings.statement_seconds)
            told.tell(db_response_returned__rows=len(found.rows))
        return found

    def meta(self, principal: Principal) -> Mapping[str, str]:
        """Facts about the books: currency, data clock, source, schema version."""
        sql = "SELECT key, value FROM books.meta.workspace"
        return self.remember(principal, "meta", lambda: dict(self.query(principal, sql).rows))

    def data_clock(self, principal: Principal) -> dt.date:
        """The newest accepted posting date.

        Raises
        ------
        ToolRetry
            The books hold no transactions yet.
        """
        found = self.meta(principal).get("data_clock")
        if found is None:
            raise ToolRetry(f"The books of {self.name} are empty. Ingest a source first: `munshi ingest`.")
        return dt.date.fromisoformat(found)

    def _after_publish(self) -> None:
        """Hold the alert rules, where there are any, against what was just published."""
        from tools.alerts.checking import after_publish

        after_publish(self)

    def close(self) -> None:
        """Let go of readers, workers and connections."""
        for reader in self._readers.values():
            reader.close()
        for worker in self._workers.values():
            worker.close()
        self._readers.clear()
        self._workers.clear()
        if "control" in self.__dict__:
            self.control.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


def _sight(principal: Principal) -> str:
    partitions = sorted((column, tuple(values)) for column, values in principal.partitions.items())
    return f"{principal.may('pii:read')}:{principal.may('scores:read')}:{partitions}"
