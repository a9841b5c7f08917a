"""SQL laid out for reading."""

from __future__ import annotations

import sqlglot
from sqlglot.errors import SqlglotError


def pretty(statement: str) -> str:
    """The same statement on several lines; as it is where it cannot be parsed."""
    try:
        return sqlglot.parse_one(statement, read="duckdb").sql("duckdb", pretty=True)
    except SqlglotError:
        return statement.strip()
