"""The connection that Ibis speaks through: DuckDB by default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis


def ibis_backend(connection: Any) -> ibis.backends.BaseBackend:
    """Return an Ibis backend over an open DuckDB connection.

    Ibis sets the time zone, so this comes before a connection's configuration is locked.
    """
    import ibis

    return ibis.duckdb.from_connection(connection)
