"""From the engine's column types to ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tools.result import Column

ColumnType = Literal["text", "integer", "decimal", "float", "date", "datetime", "boolean", "list"]

#: How a DuckDB type begins → ours; the first that fits.
TYPES: tuple[tuple[str, ColumnType], ...] = (
    ("DECIMAL", "decimal"), ("DOUBLE", "float"), ("FLOAT", "float"), ("REAL", "float"), ("TIMESTAMP", "datetime"),
    ("DATETIME", "datetime"), ("DATE", "date"), ("BOOL", "boolean"), ("LIST", "list"), ("ARRAY", "list"),
    ("NUMBER", "float"), ("HUGEINT", "integer"), ("UHUGEINT", "integer"), ("BIGINT", "integer"), ("UBIGINT", "integer"),
    ("INTEGER", "integer"), ("UINTEGER", "integer"), ("SMALLINT", "integer"), ("TINYINT", "integer"),
)  # fmt: skip


def column_type(engine_type: str) -> ColumnType:
    """Our type for a DuckDB type name."""
    name = engine_type.upper()
    if name.endswith("]"):
        return "list"
    return next((ours for prefix, ours in TYPES if name.startswith(prefix)), "text")


def label(name: str) -> str:
    """A column's name as a person reads it."""
    return name.replace("_", " ").strip().capitalize()


def columns_of(described: Sequence[tuple[str, str]]) -> tuple[Column, ...]:
    """Columns for (name, engine type) pairs."""
    return tuple(Column(name=name, label=label(name), type=column_type(kind)) for name, kind in described)
