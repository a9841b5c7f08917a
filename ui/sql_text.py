"""SQL laid out for reading."""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot.errors import SqlglotError


@lru_cache(maxsize=512)
def pretty(statement: str) -> str:
    """The same statement on several lines; as it is where it cannot be parsed."""
    try:
        return sqlglot.parse_one(statement, read="duckdb").sql("duckdb", pretty=True)
    except SqlglotError:
        return statement.strip()
