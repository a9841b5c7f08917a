"""What the books doubt, as rows of `analytics.schema.FINDINGS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.schema import FINDINGS

if TYPE_CHECKING:
    import ibis

#: The types Ibis gives the columns.
TYPES = {"VARCHAR": "string", "DATE": "date", "BIGINT": "int64", "DECIMAL(18,2)": "decimal(18, 2)"}


def findings(rows: ibis.Table, kind: Any, sentence: Any, **columns: Any) -> ibis.Table:
    """Return rows as findings.

    Parameters
    ----------
    rows
        What is doubted, a finding for each row.
    kind, sentence
        Text, or a text column; without personal data.
    columns
        Values that stand elsewhere than in a column of the finding's own name; what neither has is NULL.
    """
    import ibis

    given = {"kind": kind, "sentence": sentence, **columns}
    found = {name: rows[name] for name in rows.columns} | {
        name: ibis.literal(value) if isinstance(value, str) else value for name, value in given.items()
    }
    return rows.select(
        **{column.name: found.get(column.name, ibis.null()).cast(TYPES[column.type]) for column in FINDINGS.columns}
    )
