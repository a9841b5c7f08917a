"""The database that control data lie in: SQLite beside the books, or PostgreSQL by URL, shared by several servers.

What one writer at a time does on SQLite, an advisory lock of the workspace does on PostgreSQL: whoever reads and then
writes in one transaction (the audit chain, budgets, jobs, replies) needs no care of his own on either.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from governance.errors import ConfigurationError, ControlUnavailable, MunshiError, StorageFull, WorkspaceBusy

#: Of every session there: a commit is on disk before it is told, nobody waits for ever, moments are UTC.
_SESSION = "-c synchronous_commit=on -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
#: Rows that are copied at once.
_AT_ONCE = 500
_FULL = "The disk of the control data is full. Nothing was kept of this request; make room, then send it again."
_BUSY = "The control data are being written by others for too long. Ask again in a moment."
_AWAY = (
    "The database of the control data does not answer, so nobody can be let in and nothing be kept. What was "
    "acknowledged before is on its disk. Ask again in a moment; whoever runs this server sees to the database."
)
#: Primary result codes of SQLite, and states of PostgreSQL, → what they mean.
_SQLITE: Mapping[int, tuple[type[MunshiError], str]] = MappingProxyType(
    {
        5: (WorkspaceBusy, _BUSY),
        6: (WorkspaceBusy, _BUSY),
        10: (ControlUnavailable, _AWAY),
        13: (StorageFull, _FULL),
        14: (ControlUnavailable, _AWAY),
    }
)
_STATES: Mapping[str, tuple[type[MunshiError], str]] = MappingProxyType(
    {"53100": (StorageFull, _FULL), "55P03": (WorkspaceBusy, _BUSY), "40P01": (WorkspaceBusy, _BUSY)}
)
#: Classes of states: connection lost, out of resources, an operator intervened.
_AWAY_CLASSES = ("08", "53", "57")


def engine_of(url: str) -> sa.Engine:
    """Make what connects to the database; nothing connects yet.

    Raises
    ------
    ConfigurationError
        The driver of PostgreSQL is not installed.
    """
    if sa.make_url(url).get_backend_name() == "sqlite":
        engine = sa.create_engine(url)
        sa.event.listen(engine, "connect", _durable)
        return engine
    try:
        return sa.create_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=24, pool_timeout=10,
            connect_args={"connect_timeout": 5, "options": _SESSION},
        )  # fmt: skip
    except ModuleNotFoundError:
        raise ConfigurationError("PostgreSQL needs its driver: pip install 'munshi[postgres]'.") from None


def hold(connection: sa.Connection, name: str) -> None:
    """Keep every other writer of that name out until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    number = int.from_bytes(hashlib.sha256(f"munshi {name}".encode()).digest()[:8], signed=True)
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


@contextmanager
def translated() -> Iterator[None]:
    """Say in our own words what the database cannot do; a statement that is wrong stays an error nobody foresaw.

    Raises
    ------
    StorageFull, WorkspaceBusy, ControlUnavailable
    """
    try:
        yield
    except sa.exc.TimeoutError:
        raise WorkspaceBusy(_BUSY) from None
    except sa.exc.DBAPIError as error:
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant[0](meant[1]) from None


def _meaning(error: sa.exc.DBAPIError) -> tuple[type[MunshiError], str] | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (isinstance(error, sa.exc.OperationalError) and state is None):
        return ControlUnavailable, _AWAY
    return _STATES.get(state or "") or ((ControlUnavailable, _AWAY) if (state or "")[:2] in _AWAY_CLASSES else None)


def copy_rows(source: sa.Engine, target: sa.Engine, workspace: str) -> int:
    """Copy everything kept of a workspace from one database into another, sealed as it lies; return how many rows.

    Tables that the target lacks are made there.
    """
    tables, copied = _tables(source), 0
    with source.connect() as reading, target.begin() as writing:
        tables.create_all(writing)
        for table in tables.sorted_tables:
            if "workspace" not in table.c:
                continue
            found = reading.execute(sa.select(table).where(table.c.workspace == workspace)).mappings()
            for some in found.partitions(_AT_ONCE):
                writing.execute(table.insert(), [{name: _zoned(value) for name, value in row.items()} for row in some])
                copied += len(some)
    return copied


def forget_rows(engine: sa.Engine, workspace: str) -> None:
    """Take out everything that is kept of a workspace."""
    tables = _tables(engine)
    with engine.begin() as connection:
        for table in reversed(tables.sorted_tables):
            if "workspace" in table.c:
                connection.execute(table.delete().where(table.c.workspace == workspace))


def _tables(engine: sa.Engine) -> sa.MetaData:
    """The tables as they are, their types such as every database has."""
    found = sa.MetaData()
    sa.event.listen(found, "column_reflect", _as_generic)
    found.reflect(engine)
    return found


def _as_generic(_inspector: Any, _table: Any, column: dict[str, Any]) -> None:
    column["type"] = column["type"].as_generic()


def _zoned(value: Any) -> Any:
    """SQLite keeps moments without their zone: they are UTC."""
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo is None else value


def _durable(connection: Any, _: Any) -> None:
    """A commit is one write to the log, on disk before it returns; readers do not wait for it."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
