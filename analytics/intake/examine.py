"""What the books think of postings that came as canonical tables: what does not add up, and what comes back.

Such sources write ``core`` themselves, so there are no raw postings to derive from; the same reconciling and the same
search for recurring payments run over ``core`` instead. What a source tells of a row stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analytics.intake.recurring_payments import keep_payments
from analytics.pipeline.reconcile import reconciled
from analytics.pipeline.recurring import recurring
from analytics.schema import FINDINGS

if TYPE_CHECKING:
    import ibis

    from analytics.intake.build_log import BuildLog
    from analytics.writer import Writer


def examine(writer: Writer, log: BuildLog, *, progress: Callable[[str, float], None]) -> None:
    """Write findings and recurring payments of every posting that did not come with a file.

    Parameters
    ----------
    writer
        Open books.
    log
        Where each step says what it did.
    progress
        Called with what is being done and the share that is behind.
    """
    rows = told_as_canonical(writer)
    postings = writer.count(rows)
    progress("Adding up the balances", 0.0)
    with log.step("reconcile", postings) as step:
        doubts = writer.keep("doubts", reconciled(rows, writer.table("core", "accounts")))
        writer.delete(FINDINGS.qualified, rows.select("account_id").distinct())
        step["rows_out"] = writer.insert(FINDINGS.qualified, doubts)
    progress("Looking for what comes back", 0.6)
    with log.step("recurring payments", postings) as step:
        _, payments = recurring(rows, writer.keep)
        step["rows_out"] = keep_payments(writer, rows, payments)


def told_as_canonical(writer: Writer) -> ibis.Table:
    """Return the postings of sources that bring canonical tables."""
    read = writer.table("raw", "files").select("source").distinct()
    return writer.table("core", "transactions").anti_join(read, "source")
