"""The record of an answer: enough to run it again, and no personal data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.model_view import model_view

if TYPE_CHECKING:
    from assistant.calls import Call
    from tools.result import Table, ToolResult

#: Rows of a table whose digests are kept one by one, so that a replay can say which changed.
DIGESTED_ROWS = 500


def receipt_content(
    *, question: str, interpretation: str, text: str, mind: str, calls: Sequence[Call], warnings: Sequence[str]
) -> dict[str, Any]:
    """Return what a receipt keeps; every text given must hold tokens, not personal data."""
    return {
        "question": question,
        "interpretation": interpretation,
        "text": text,
        "mind": mind,
        "snapshot": calls[-1].snapshot if calls else None,
        "plan": [recorded_call(call) for call in calls],
        "sql": [sql for call in calls for sql in call.seen.sql],
        "model_versions": {name: version for call in calls for name, version in call.seen.model_versions.items()},
        "passages": [source.id for call in calls for source in call.seen.sources],
        "warnings": list(warnings),
    }


def recorded_call(call: Call) -> dict[str, Any]:
    """One tool call with what came back, as figures and digests."""
    return {
        "tool": call.tool,
        "args": dict(call.args),
        "snapshot": call.snapshot,
        "content": model_view(call.seen),
        **recorded_result(call.seen),
    }


def recorded_result(result: ToolResult) -> dict[str, Any]:
    """Figures, digests of tables, versions and passages: what a replay compares."""
    tables = [table for table in (result.table, *result.tables) if table is not None]
    return {
        "facts": {name: _plain(fact.value) for name, fact in result.facts.items()},
        "tables": [recorded_table(table) for table in tables],
        "model_versions": dict(result.model_versions),
        "passages": [source.id for source in result.sources],
    }


def recorded_table(table: Table) -> dict[str, Any]:
    """A table's size and digests."""
    names = [column.name for column in table.columns]
    digests = [row_digest(row) for row in table.rows]
    return {
        "title": table.title,
        "columns": names,
        "rows": len(digests),
        "digest": row_digest([*names, *digests]),
        "row_digests": digests if len(digests) <= DIGESTED_ROWS else [],
    }


def row_digest(row: Iterable[Any]) -> str:
    """A digest of a row's cells; floats to twelve digits, since the order an engine adds in may change the last."""
    text = "\x1f".join(f"{cell:.12g}" if isinstance(cell, float) else str(cell) for cell in row)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _plain(value: Any) -> Any:
    """A fact as JSON gives it back, so that a stored one equals a fresh one."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return value if value is None or isinstance(value, bool | int | str) else str(value)
