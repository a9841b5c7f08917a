"""The connection that Ibis speaks through: DuckDB by default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis


def ibis_backend(connection: Any) -> ibis.backends.BaseBackend:
    """Return an Ibis backend over an open DuckDB connection.

    Ibis sets the time zone, so this comes before a connection's configuration is locked.
    """
    import ibis

    return ibis.duckdb.from_connection(connection)


def passing_backend(*, threads: int = 2, memory: str = "3GB") -> ibis.backends.BaseBackend:
    """Return an Ibis backend of its own in memory, for looking at files; what does not fit is spilt encrypted."""
    from analytics.warehouse import passing_connection

    return ibis_backend(passing_connection(threads=threads, memory=memory))


@contextmanager
def steps_apart() -> Iterator[None]:
    """Compile each step as a query of its own: fused, a step's expressions stand in the next once for each use."""
    import ibis

    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = fused
