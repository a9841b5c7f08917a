"""Control data: receipts and the audit log, in SQLAlchemy tables beside the books.

SQLite by default, one file per workspace; PostgreSQL by URL serves all workspaces from the same tables. Text that may
say something about a customer is sealed with the workspace's key before it comes here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from governance.control_database import engine_of, hold, translated
from governance.errors import BooksCorrupt, ReceiptNotFound
from governance.group_commit import GroupCommit
from governance.keys import WorkspaceKeys

METADATA = sa.MetaData()

RECEIPTS = sa.Table(
    "receipts",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("receipt_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("principal", sa.String(64), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

FIRST_LINK = "0" * 64
Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """The machine's clock, UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class AuditEntry:
    """What is to be remembered; ``details`` is JSON."""

    actor: str
    action: str
    outcome: str
    details: str


def entry_of(actor: str, action: str, outcome: str, details: Mapping[str, Any]) -> AuditEntry:
    """What is to be remembered, its details as JSON."""
    return AuditEntry(actor, action, outcome, json.dumps(details, sort_keys=True, default=str))


@dataclass(frozen=True)
class StoredReceipt:
    """One receipt, opened."""

    receipt_id: str
    conversation_id: str
    sequence: int
    created_at: dt.datetime
    principal: str
    status: str
    content: Mapping[str, Any]


class ControlStore:
    """Receipts and audit of one workspace.

    Parameters
    ----------
    url
        SQLAlchemy URL.
    workspace
        Name of the workspace; every row carries it.
    keys
        Seal and unseal the content of receipts.
    clock
        The moment that is written down, UTC; what orders entries is their number.
    """

    def __init__(self, url: str, workspace: str, keys: WorkspaceKeys, clock: Clock = now) -> None:
        self.engine = engine_of(url)
        self.workspace = workspace
        self.keys = keys
        self._clock = clock
        self._group = GroupCommit(self._append)
        self.create(METADATA)

    @classmethod
    def in_folder(cls, folder: Path, keys: WorkspaceKeys) -> ControlStore:
        """The default store: ``control.sqlite`` in the workspace's folder."""
        return cls(f"sqlite:///{folder / 'control.sqlite'}", folder.name, keys)

    def create(self, tables: sa.MetaData) -> None:
        """Make the tables that are not there yet; of two processes that begin together, one does."""
        with self.reading() as connection:
            there = set(sa.inspect(connection).get_table_names())
        if not set(tables.tables) <= there:
            with translated(), self.engine.connect() as connection:
                hold(connection, "every workspace's tables")
                tables.create_all(connection)
                connection.commit()

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for statements that change nothing.

        Raises
        ------
        ControlUnavailable, WorkspaceBusy, StorageFull
        """
        with translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction, committed at the end; it holds the workspace's writer's lock from its start.

        Raises
        ------
        ControlUnavailable, WorkspaceBusy, StorageFull
        """
        with translated(), self.engine.connect() as connection:
            hold(connection, self.workspace)
            yield connection
            connection.commit()

    @property
    def shared(self) -> bool:
        """Whether several servers, on several machines, may keep their control data here."""
        return self.engine.dialect.name != "sqlite"

    @contextmanager
    def drawing(self) -> Iterator[sa.Connection]:
        """A transaction of single statements that need no other writer kept out; what it did may be lost in a crash.

        Raises
        ------
        ControlUnavailable, WorkspaceBusy, StorageFull
        """
        with translated(), self.engine.connect() as connection:
            if self.shared:
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection
            connection.commit()

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.workspace == self.workspace

    def keep_receipt(
        self, receipt_id: str, conversation_id: str, principal: str, status: str, content: Mapping[str, Any]
    ) -> None:
        """Seal and keep the record of one answer."""
        sealed = self.keys.seal(json.dumps(content, default=str), about=receipt_id)
        with self.writing() as connection:
            count = sa.select(sa.func.count()).select_from(RECEIPTS)
            earlier = connection.execute(
                count.where(self._mine(RECEIPTS), RECEIPTS.c.conversation_id == conversation_id)
            ).scalar_one()
            connection.execute(
                RECEIPTS.insert().values(
                    workspace=self.workspace,
                    receipt_id=receipt_id,
                    conversation_id=conversation_id,
                    sequence=earlier + 1,
                    created_at=self._clock(),
                    principal=principal,
                    status=status,
                    sealed=sealed,
                )
            )

    def receipt(self, receipt_id: str) -> StoredReceipt:
        """Open one receipt.

        Raises
        ------
        ReceiptNotFound
            There is none of that id in this workspace.
        """
        query = sa.select(RECEIPTS).where(self._mine(RECEIPTS), RECEIPTS.c.receipt_id == receipt_id)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise ReceiptNotFound(
                f"There is no receipt '{receipt_id}' in workspace {self.workspace}. "
                "The id stands under each answer; `--workspace` names another workspace."
            )
        return self._opened(row)

    def conversation(self, conversation_id: str, *, last: int = 20) -> list[StoredReceipt]:
        """The newest receipts of a conversation, oldest first."""
        query = (
            sa.select(RECEIPTS)
            .where(self._mine(RECEIPTS), RECEIPTS.c.conversation_id == conversation_id)
            .order_by(RECEIPTS.c.sequence.desc())
            .limit(last)
        )
        with self.reading() as connection:
            return [self._opened(row) for row in reversed(connection.execute(query).all())]

    def receipts(self, status: str, *, last: int) -> list[StoredReceipt]:
        """The newest receipts of answers of one status, oldest first."""
        query = (
            sa.select(RECEIPTS)
            .where(self._mine(RECEIPTS), RECEIPTS.c.status == status)
            .order_by(RECEIPTS.c.created_at.desc(), RECEIPTS.c.receipt_id)
            .limit(last)
        )
        with self.reading() as connection:
            return [self._opened(row) for row in reversed(connection.execute(query).all())]

    def _opened(self, row: Any) -> StoredReceipt:
        content = json.loads(self.keys.unseal(row.sealed, about=row.receipt_id))
        at = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=dt.UTC)  # SQLite keeps no zone
        return StoredReceipt(row.receipt_id, row.conversation_id, row.sequence, at, row.principal, row.status, content)

    def audit(self, actor: str, action: str, outcome: str, details: Mapping[str, Any]) -> None:
        """Append one entry and return when it is on disk; entries that come at the same time share a transaction.

        ``details`` must hold no personal data: names of tools, columns, counts.
        """
        self._group.add(entry_of(actor, action, outcome, details))

    def audit_all(self, entries: Sequence[AuditEntry]) -> None:
        """Append entries that came together and return when all of them are on disk."""
        self._group.add_all(entries)

    def _append(self, entries: Sequence[AuditEntry]) -> None:
        with self.writing() as connection:
            self.audit_within(connection, entries)

    def audit_within(self, connection: sa.Connection, entries: Sequence[AuditEntry]) -> None:
        """Append entries in order, each linked to the one before, in the transaction of what they are about.

        Parameters
        ----------
        connection
            One that `writing` gave.
        """
        newest = sa.select(AUDIT.c.sequence, AUDIT.c.digest).where(self._mine(AUDIT))
        last = connection.execute(newest.order_by(AUDIT.c.sequence.desc()).limit(1)).one_or_none()
        sequence, previous = (last.sequence, last.digest) if last else (0, FIRST_LINK)
        rows = []
        for entry in entries:
            sequence += 1
            row = {
                "workspace": self.workspace,
                "sequence": sequence,
                "at": self._clock().isoformat(),
                "actor": entry.actor,
                "action": entry.action,
                "outcome": entry.outcome,
                "details": entry.details,
                "previous": previous,
            }
            previous = _digest(row)
            rows.append({**row, "digest": previous})
        connection.execute(AUDIT.insert(), rows)

    def audit_entries(self) -> list[dict[str, Any]]:
        """All entries, oldest first."""
        query = sa.select(AUDIT).where(self._mine(AUDIT)).order_by(AUDIT.c.sequence)
        with self.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def verify_audit(self) -> int:
        """Check the chain; return how many entries it has.

        Raises
        ------
        BooksCorrupt
            An entry was changed, removed or put in.
        """
        previous = FIRST_LINK
        entries = self.audit_entries()
        for position, entry in enumerate(entries, start=1):
            digest = entry.pop("digest")
            if entry["sequence"] != position or entry["previous"] != previous or _digest(entry) != digest:
                raise BooksCorrupt(f"The audit log of {self.workspace} is broken at entry {position}.")
            previous = digest
        return len(entries)


def _digest(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
