"""From raw postings to ``core.transactions`` and what is doubted: everything, or only what new files touch.

Which rows are new to the books is a difference of two sets: the raw rows that stay now, and those that stayed before
(all but the ones with a finding that they are a copy). The rows that came are enriched; rows beside them are related
again; a row of the books changes only where a relation of it did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.intake.recurring_payments import keep_payments
from analytics.intake.steps import Steps, transactions
from analytics.intake.summaries import SUMMARY_MISMATCH, reconcile_summaries
from analytics.pipeline import clean, relate
from analytics.pipeline.clean import PLACE
from analytics.pipeline.reconcile import MISSING_DAYS, reconciled
from analytics.schema import FINDINGS, TRANSACTIONS

if TYPE_CHECKING:
    import ibis

    from analytics.intake.build_log import BuildLog
    from analytics.writer import Writer

#: Days around new rows in which copies are looked for, rows are related again, balances are added up again.
COPY_DAYS = 10 * clean.REACH_DAYS
RELATED_DAYS = relate.REACH_DAYS
BALANCE_DAYS = 4 * MISSING_DAYS
#: A condition on raw postings.
Arrived = Callable[["ibis.Table"], Any]
COPIES = ("duplicate", "corrected", "near_duplicate")
RELATION = ("reversal_of", "is_own_transfer", "recurring_kind")


@dataclass(frozen=True)
class Derived:
    """What a derivation changed in ``core.transactions``."""

    added: int = 0
    removed: int = 0
    related_again: int = 0
    left_out: int = 0


def derive(
    writer: Writer,
    steps: Steps,
    arrived: Arrived | None = None,
    *,
    gone: ibis.Table | None = None,
    log: BuildLog,
    progress: Callable[[str, float], None],
) -> Derived:
    """Bring ``core.transactions`` and ``quality.findings`` up to date with ``raw.postings``.

    Parameters
    ----------
    writer
        Open books.
    steps
        How rows are enriched, and recurring payments found.
    arrived
        Which raw postings are new; None derives everything again.
    gone
        Raw postings that were taken out, beside those that are new.
    log
        Where each step says what it did.
    progress
        Called with what is being done and the share that is behind.

    Notes
    -----
    Leaves the temporary table ``touched_months`` (``customer_id``, ``period``): the months whose sums changed.
    """
    if arrived is None:
        _forget(writer)
    progress("Looking for copies", 0.1)
    spans = _spans(writer, arrived, gone)
    with log.step("clean") as step:
        left_out = _cleaned(writer, spans, arrived, gone, step)
    progress("Reading the narrations", 0.3)
    with log.step("enrich", writer.count(_temporary(writer, "added"))) as step:
        enriched = steps.enrich(_temporary(writer, "added"), writer.table("quality", "corrections"))
        step["rows_out"] = writer.count(writer.keep("coming", transactions(enriched)))
    progress("Relating rows to one another", 0.6)
    with log.step("relate") as step:
        counted = _written(writer, steps, step)
    progress("Adding up the balances", 0.8)
    with log.step("reconcile") as step:
        step["rows_out"] = _reconciled(writer, everything=arrived is None)
    return Derived(**counted, left_out=left_out)


def _temporary(writer: Writer, name: str) -> ibis.Table:
    table: ibis.Table = writer.backend.table(name, database=("temp", "main"))
    return table


def _forget(writer: Writer) -> None:
    """Take out what was derived of raw postings, and what was found in them."""
    raw = writer.table("raw", "postings")
    writer.delete(TRANSACTIONS.qualified, raw.select(transaction_id="posting_id").distinct())
    found = writer.table("quality", "findings")
    accounts = raw.select("account_id").distinct()
    writer.delete(FINDINGS.qualified, found.semi_join(accounts, "account_id").select("account_id").distinct())


def _spans(writer: Writer, arrived: Arrived | None, gone: ibis.Table | None) -> ibis.Table:
    """Keep the days that new rows, and rows that are gone, touch, by account."""
    rows = writer.table("raw", "postings")
    rows = rows if arrived is None else rows.filter(arrived(rows))
    rows = rows if gone is None else rows.union(gone)
    day = rows.posted_at.date()
    return writer.keep("spans", rows.group_by(["account_id", "customer_id"]).aggregate(first=day.min(), last=day.max()))


def _around(rows: ibis.Table, spans: ibis.Table, by: str, days: int) -> ibis.Table:
    """Return the rows within some days of what is touched of the same account or customer."""
    import ibis

    touched = spans.group_by(by).aggregate(first=spans["first"].min(), last=spans["last"].max())
    joined = rows.inner_join(touched, by)
    reach, day = ibis.interval(days=days), joined.posted_at.date()
    near = joined.filter(day >= (joined["first"] - reach).cast("date"), day <= (joined["last"] + reach).cast("date"))
    return near.select(*rows.columns)


def _cleaned(
    writer: Writer, spans: ibis.Table, arrived: Arrived | None, gone: ibis.Table | None, step: dict[str, Any]
) -> int:
    """Find copies among what is touched; keep the tables ``added`` and ``removed``, and the findings."""
    import ibis

    raw, found = writer.table("raw", "postings"), writer.table("quality", "findings")
    copies_known = found.filter(found.kind.isin(COPIES)).select(*PLACE)
    if arrived is None:
        touched, was_kept = raw, raw.filter(ibis.literal(False))
    else:
        near = _around(raw, spans, "account_id", COPY_DAYS)
        new = raw.filter(arrived(raw))
        same_id = raw.semi_join(new, ["account_id", "posting_id"])
        touched = writer.keep("touched", near.union(same_id.anti_join(near, list(PLACE))))
        before = touched.filter(~arrived(touched))
        before = before if gone is None else before.union(gone)
        was_kept = before.anti_join(copies_known, list(PLACE))
    left_out = writer.keep("left_out", clean.copies(touched))
    kept = touched.anti_join(left_out, list(PLACE))
    added = writer.keep("added", kept.anti_join(was_kept, list(PLACE)))
    writer.keep("removed", was_kept.anti_join(kept, list(PLACE)).select("posting_id"))
    findings = writer.keep("copy_findings", clean.copy_findings(touched, left_out))
    if arrived is not None:
        told = found.filter(found.kind.isin(COPIES)).semi_join(touched, list(PLACE))
        writer.delete(FINDINGS.qualified, writer.keep("told", told.select("kind", *PLACE)))
    step |= {"rows_in": writer.count(touched), "rows_out": writer.count(added)}
    return writer.insert(FINDINGS.qualified, findings)


def _written(writer: Writer, steps: Steps, step: dict[str, Any]) -> dict[str, int]:
    """Write the rows that came, with their relations, and the rows of the books whose relations changed."""
    import ibis

    books, coming = writer.table("core", "transactions"), _temporary(writer, "coming")
    removed = _temporary(writer, "removed").select(transaction_id="posting_id")
    removed = writer.keep("removed_rows", books.semi_join(removed, "transaction_id"))
    gone = writer.delete(TRANSACTIONS.qualified, removed.select("transaction_id"))
    spans = coming.union(removed).select("customer_id", "account_id", day=ibis._.posted_at.date())
    spans = writer.keep(
        "moved", spans.group_by(["account_id", "customer_id"]).aggregate(first=spans.day.min(), last=spans.day.max())
    )
    sources = writer.table("raw", "files").select("source").distinct()
    known = books.semi_join(sources, "source")
    around = _around(known, spans, "customer_id", 2 * RELATED_DAYS).union(coming)
    beside = writer.keep("beside", around)
    marks = writer.keep("marks", relate.relations(beside))
    near = _around(known, spans, "customer_id", RELATED_DAYS).select("transaction_id")
    related = beside.semi_join(near.union(coming.select("transaction_id")), "transaction_id").drop(*RELATION[:2])
    related = related.left_join(marks, "transaction_id", rname="{name}_mark")
    related = related.mutate(is_own_transfer=related.is_own_transfer.fill_null(False)).drop("transaction_id_mark")
    related = writer.keep("related", related.select(*beside.columns))
    if steps.recurring is not None:
        related = _recurring(writer, steps, known, related)
    fresh = related.semi_join(coming, "transaction_id")
    changed = _changed(writer, related.anti_join(coming, "transaction_id"))
    _touched_months(writer, [fresh, changed, removed])
    step["rows_in"] = writer.count(beside)
    writer.delete(TRANSACTIONS.qualified, changed.select("transaction_id"))
    again = writer.insert(TRANSACTIONS.qualified, changed)
    added = writer.insert(TRANSACTIONS.qualified, fresh)
    step["rows_out"] = added + again
    return {"added": added, "removed": gone, "related_again": again}


def _recurring(writer: Writer, steps: Steps, known: ibis.Table, related: ibis.Table) -> ibis.Table:
    """Return the related rows and all others of their customers, with their recurring kinds."""
    assert steps.recurring is not None
    whole = known.semi_join(related, "customer_id").anti_join(related, "transaction_id").union(related)
    whole = writer.keep("whole", whole)
    found, payments = steps.recurring(whole, writer.keep)
    keep_payments(writer, _temporary(writer, "moved"), payments)
    marks = writer.keep("recurring", found.select("transaction_id", "recurring_kind").distinct())
    plain = whole.drop("recurring_kind")
    marked = plain.left_join(marks, "transaction_id", rname="{name}_mark").select(*whole.columns)
    return writer.keep("marked", marked)


def _changed(writer: Writer, now: ibis.Table) -> ibis.Table:
    """Keep the rows of the books whose relations are others than they were."""
    before = writer.table("core", "transactions").select("transaction_id", *RELATION)
    both = now.inner_join(before, "transaction_id", rname="{name}_before")
    differs = [~both[name].identical_to(both[f"{name}_before"]) for name in RELATION]
    rows = both.filter(differs[0] | differs[1] | differs[2]).select(*now.columns)
    return writer.keep("changed", rows)


def _touched_months(writer: Writer, parts: Sequence[ibis.Table]) -> None:
    """Keep the customers and months whose sums change: of when a row was both posted and known."""
    import ibis

    from analytics.pipeline.periods import calendar_period

    months = []
    for part in parts:
        moment = ibis.greatest(part.posted_at, part.known_at)
        months.append(part.select("customer_id", period=calendar_period(moment)))
    writer.keep("touched_months", months[0].union(*months[1:]).distinct())


def _reconciled(writer: Writer, *, everything: bool) -> int:
    """Add up the balances of touched accounts again, from a while before what is new on."""
    import ibis

    raw, found = writer.table("raw", "postings"), writer.table("quality", "findings")
    copies = found.filter(found.kind.isin(COPIES)).select(*PLACE)
    spans = _temporary(writer, "spans")
    rows = raw.semi_join(spans, "account_id") if everything else _around(raw, spans, "account_id", 2 * BALANCE_DAYS)
    rows = rows.anti_join(copies, list(PLACE)).rename(transaction_id="posting_id")
    doubts = reconciled(writer.keep("reconciling", rows), writer.table("core", "accounts"))
    judged = found.filter(~found.kind.isin((*COPIES, SUMMARY_MISMATCH))).semi_join(spans, "account_id")
    if not everything:
        touched = spans.group_by("account_id").aggregate(first=spans["first"].min(), last=spans["last"].max())
        reach = ibis.interval(days=BALANCE_DAYS)
        doubts, judged = (
            part.inner_join(touched, "account_id")
            .filter(
                lambda t: (t.day >= (t["first"] - reach).cast("date")) & (t.day <= (t["last"] + reach).cast("date"))
            )
            .select(*part.columns)
            for part in (doubts, judged)
        )
    doubts = writer.keep("doubts", doubts)
    writer.delete(FINDINGS.qualified, writer.keep("judged", judged.select("kind", "account_id", "day").distinct()))
    return writer.insert(FINDINGS.qualified, doubts) + reconcile_summaries(writer, spans)
