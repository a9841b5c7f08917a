"""Rows kept while a file is read, so that what is asked of them next does not compute them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    import ibis


#: How the tables are called: once all files are in the books, they are let go.
PREFIX = "read_"


def kept(expression: ibis.Table, backend: Any) -> Any:
    """Keep rows in a temporary table."""
    from analytics.engine import steps_apart

    with steps_apart():
        return backend.create_table(f"{PREFIX}{uuid4().hex}", expression, temp=True)
