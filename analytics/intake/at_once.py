"""From raw postings to the books in one go, on any engine: the steps of `analytics.intake.derive`, each written out.

`derive` looks only at what new files touch, and speaks DuckDB's SQL between the steps; here everything is made again,
and `analytics.pipeline.books.StepWriter` is all that is asked for. What a step means stands in one function for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.intake.recurring_payments import storable
from analytics.intake.relating import marked
from analytics.intake.steps import Steps, transactions
from analytics.pipeline.clean import PLACE, copies, copy_findings, identified
from analytics.pipeline.reconcile import reconciled
from analytics.pipeline.relate import relations
from analytics.schema import FINDINGS, RECURRING_PAYMENTS, TRANSACTIONS

if TYPE_CHECKING:
    import ibis

    from analytics.pipeline.books import StepWriter
    from analytics.pipeline.enrich import Enrichment
    from analytics.pipeline.recurring import Recurrence


def derive_at_once(writer: StepWriter, steps: Steps) -> None:
    """Make ``core.transactions``, ``core.recurring_payments`` and ``quality.findings`` of ``raw.postings``.

    Parameters
    ----------
    writer
        Books with raw postings, accounts and corrections. Of the three tables nothing stays that was there.
    steps
        How rows are enriched, and recurring payments found.
    """
    raw = writer.keep("identified", identified(writer.table("raw", "postings")))
    left_out = writer.keep("left_out", copies(raw, writer.keep))
    cleaned = writer.keep("cleaned", raw.anti_join(left_out, list(PLACE)))
    rows = cleaned if steps.enrichment is None else _enriched(writer, cleaned, steps.enrichment)
    coming = writer.keep("coming", transactions(rows))
    marks = writer.keep("marks", relations(coming, writer.keep))
    repeating = None if steps.recurrence is None else _repeating(writer, coming, steps.recurrence)
    writer.replace(TRANSACTIONS.qualified, marked(coming, marks, repeating), sort_by=TRANSACTIONS.sort_by)
    doubts = reconciled(cleaned.rename(transaction_id="posting_id"), writer.table("core", "accounts"))
    found = copy_findings(raw, left_out).union(doubts)
    writer.replace(FINDINGS.qualified, found, sort_by=FINDINGS.sort_by)


def _enriched(writer: StepWriter, cleaned: ibis.Table, enrichment: Enrichment) -> ibis.Table:
    """Read the narrations, look the distinct names up in the driver, say what the postings were for."""
    said = writer.keep("said", enrichment.read(cleaned))
    parties = writer.hold("parties", enrichment.look_up(writer.arrow(enrichment.keys(said))))
    return enrichment.finish(said, parties, writer.table("quality", "corrections"))


def _repeating(writer: StepWriter, rows: ibis.Table, recurrence: Recurrence) -> ibis.Table:
    """Write the payments that come back; return the marks of their rows."""
    banded = writer.keep("recurring_rows", recurrence.banded(rows))
    found = writer.keep("recurring_found", recurrence.found(banded))
    payments = storable(recurrence.payments(rows, banded, found))
    columns = [column.name for column in RECURRING_PAYMENTS.columns]
    writer.replace(RECURRING_PAYMENTS.qualified, payments.select(columns), sort_by=RECURRING_PAYMENTS.sort_by)
    return writer.keep("repeating", recurrence.marks(banded, found))
