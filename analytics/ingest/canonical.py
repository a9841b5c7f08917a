"""Columns into canonical tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics.schema import Table, arrow_schema


def canonical(table: Table, columns: Mapping[str, Any], rows: int) -> pa.Table:
    """Return ``table`` in its own schema.

    Parameters
    ----------
    columns
        Column name → Arrow array, or one value for every row. Columns left out are null.
    rows
        Number of rows.
    """
    schema = arrow_schema(table)
    strangers = set(columns) - set(schema.names)
    if strangers:
        raise KeyError(f"{table.qualified} has no column {', '.join(sorted(strangers))}")
    arrays = [_array(columns.get(field.name), field.type, rows) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def look_up(keys: Any, known: Any, values: Any) -> Any:
    """Return for each of ``keys`` the entry of ``values`` where ``known`` holds it, null where nowhere."""
    return values.take(pc.index_in(keys, value_set=known))


def _array(value: Any, target: Any, rows: int) -> Any:
    if isinstance(value, pa.Array):
        return value.cast(target)
    return pa.repeat(pa.scalar(value, target), rows)
