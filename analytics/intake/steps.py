"""The steps of deriving that an intake is handed: how a row is enriched, how recurring payments are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.schema import TRANSACTIONS

if TYPE_CHECKING:
    import ibis

#: The types Ibis gives the columns.
TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "timestamp(6)",
    "DECIMAL(18,2)": "decimal(18, 2)",
    "DOUBLE": "float64",
    "BOOLEAN": "boolean",
}
#: A name and an expression → its rows, computed once.
Keep = Callable[[str, "ibis.Table"], "ibis.Table"]


@dataclass(frozen=True)
class Steps:
    """What is done to postings between cleaning and the books.

    Attributes
    ----------
    enrich
        Raw postings and corrections → the same rows with what their narrations tell; row by row, so that it may run
        on new rows alone.
    recurring
        Transactions of whole customers, and what computes a step once → the marks of recurring rows, and the payments:
        `analytics.pipeline.recurring.recurring`.
    """

    enrich: Callable[[ibis.Table, ibis.Table], ibis.Table]
    recurring: Callable[[ibis.Table, Keep], tuple[ibis.Table, ibis.Table]] | None = None


def as_told(postings: ibis.Table, corrections: ibis.Table) -> ibis.Table:  # noqa: ARG001  nothing is guessed
    """Return the postings with no more than their source tells."""
    return postings


#: Takes what the source tells and guesses nothing.
AS_TOLD = Steps(as_told)


def transactions(enriched: ibis.Table) -> ibis.Table:
    """Return enriched postings as rows of `analytics.schema.TRANSACTIONS`, not yet beside other rows."""
    import ibis

    derived: dict[str, Any] = {
        "transaction_id": enriched.posting_id,
        "posted_at": _in_order(enriched),
        "value_date": enriched.value_date.fill_null(enriched.posted_at.date()),
        "known_at": enriched.known_at.fill_null(enriched.posted_at),
        "direction": ibis.ifelse(enriched.amount > 0, "credit", "debit"),
        "recurring_kind": ibis.null(),
        "is_own_transfer": ibis.literal(False),
        "reversal_of": ibis.null(),
    }
    told = {name: _filled(enriched[name]) for name in enriched.columns if name not in derived}
    columns = {column.name: (told | derived).get(column.name, ibis.null()) for column in TRANSACTIONS.columns}
    return enriched.select(
        **{column.name: columns[column.name].cast(TYPES[column.type]) for column in TRANSACTIONS.columns}
    )


def _filled(column: Any) -> Any:
    """Return NULL for an empty text: unknown is written in one way."""
    return column.nullif("") if column.type().is_string() else column


def _in_order(rows: ibis.Table) -> Any:
    """Return the posting time; where the source tells the day alone, its place in the file in microseconds."""
    import ibis

    midnight = rows.posted_at == rows.posted_at.truncate("D")
    return ibis.ifelse(midnight, rows.posted_at + rows.ordinal.as_interval("us"), rows.posted_at)
