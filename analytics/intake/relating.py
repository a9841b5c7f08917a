"""Rows that came, beside the rows of the books: relations, recurring payments, and what of the books they change."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from analytics.intake.recurring_payments import storable
from analytics.pipeline import relate
from analytics.schema import RECURRING_PAYMENTS, TRANSACTIONS

if TYPE_CHECKING:
    import ibis

    from analytics.intake.statements import Statements
    from analytics.pipeline.recurring import Recurrence
    from analytics.writer import Writer

#: Days around new rows in which rows are related again.
RELATED_DAYS = relate.REACH_DAYS
RELATION = ("reversal_of", "is_own_transfer", "recurring_kind")
#: What recurring payments are told by, and relations beside it.
RECURS_BY = (
    "transaction_id", "customer_id", "posted_at", "amount", "counterparty", "vpa", "merchant", "category",
    "subcategory",
)  # fmt: skip
TOLD_BY = (*RECURS_BY, "account_id", "known_at", "narration", "reference")


def written(writer: Writer, sql: Statements, recurrence: Recurrence | None, *, beside: bool) -> dict[str, int]:
    """Write ``coming``, with its relations, and the rows of the books whose relations changed.

    Parameters
    ----------
    sql
        Holds ``coming`` and ``removed``.
    beside
        Whether the books hold rows of these customers already.
    """
    coming = sql.named("coming")
    removed = sql.named("removed")
    gone = again = 0
    if beside:
        books = sql.named("part_books")
        lost = sql.keep("lost", lambda: books.semi_join(removed, "transaction_id").select(*TOLD_BY))
        gone = sql.delete("lost_ids", TRANSACTIONS.qualified, lambda: lost.select("transaction_id"))
        _related(sql, coming, books, lost, recurrence)
        differing = sql.keep("differing", lambda: _differing(sql, recurrence))
        changed = sql.keep("changed", lambda: _replaced(books, differing))
        sql.delete("outdated", TRANSACTIONS.qualified, lambda: changed.select("transaction_id"))
        again = sql.insert("mended", TRANSACTIONS.qualified, lambda: changed)
        parts = [coming, lost, changed]
    else:
        sql.keep("marks", lambda: relate.relations(coming))
        if recurrence is not None:
            _repeating(sql, recurrence, coming)
        parts = [coming]
    months = sql.keep("months_of_part", lambda: _months(parts))
    writer.execute(f"INSERT INTO temp.main.touched_months BY NAME {writer.select(months)}")
    marks, repeating = sql.named("marks"), None if recurrence is None else sql.named("repeating")
    added = sql.insert("fresh", TRANSACTIONS.qualified, lambda: marked(coming, marks, repeating))
    return {"added": added, "removed": gone, "related_again": again}


def _related(
    sql: Statements, coming: ibis.Table, books: ibis.Table, lost: ibis.Table, recurrence: Recurrence | None
) -> None:
    """Make ``marks`` and ``repeating`` of what is new and what stands beside it, and say which rows they speak of."""
    import ibis

    from analytics.intake.derive import around
    from analytics.intake.parts import show_days

    seen = (*TOLD_BY, *RELATION)
    narrow = coming.select(*TOLD_BY)
    moved = narrow.union(lost).select("customer_id", "account_id", day=ibis._.posted_at.date())
    spans = sql.keep(
        "moved",
        lambda: moved.group_by(["account_id", "customer_id"]).aggregate(first=moved.day.min(), last=moved.day.max()),
    )
    show_days(sql.writer, "near_books", of="part_books", around="moved", reach=2 * RELATED_DAYS)
    stand = sql.keep(
        "stand", lambda: around(sql.named("near_books"), spans, "customer_id", 2 * RELATED_DAYS).select(*seen)
    )
    sql.keep("marks", lambda: relate.relations(stand.select(*TOLD_BY).union(narrow)))
    sql.keep("related", lambda: around(stand, spans, "customer_id", RELATED_DAYS).select("transaction_id", *RELATION))
    if recurrence is None:
        return
    groups = sql.keep("groups", lambda: recurrence.groups(narrow.union(lost)))
    repeated = sql.keep("repeated", lambda: recurrence.members(books.select(*RECURS_BY, *RELATION), groups))
    sql.delete("payments_before", RECURRING_PAYMENTS.qualified, lambda: groups)
    _repeating(sql, recurrence, repeated.select(*RECURS_BY).union(narrow.select(*RECURS_BY)))


def _repeating(sql: Statements, recurrence: Recurrence, rows: ibis.Table) -> None:
    """Make ``repeating``, the marks of rows that come back, and write the payments they make up."""
    banded = sql.keep("recurring_rows", lambda: recurrence.banded(rows))
    found = sql.keep("recurring_found", lambda: recurrence.found(banded))
    sql.keep("repeating", lambda: recurrence.marks(banded, found))
    sql.insert("payments", RECURRING_PAYMENTS.qualified, lambda: storable(recurrence.payments(rows, banded, found)))


def _differing(sql: Statements, recurrence: Recurrence | None) -> ibis.Table:
    """Return ``transaction_id`` and `RELATION` as it is now, of the rows for which it is another than it was."""
    import ibis

    rows = related = sql.named("related")
    if recurrence is not None:
        rows = related.union(sql.named("repeated").select(*related.columns), distinct=True)
    rows = _joined(_flagged(rows, related.select("transaction_id"), "is_related"), sql.named("marks"))
    now = {
        "reversal_of": ibis.ifelse(rows.is_related, rows.reversal_of_mark, rows.reversal_of),
        "is_own_transfer": ibis.ifelse(
            rows.is_related, rows.is_own_transfer_mark.fill_null(False), rows.is_own_transfer
        ),
        "recurring_kind": rows.recurring_kind,
    }
    if recurrence is not None:
        repeated = sql.named("repeated").select("transaction_id")
        rows = _joined(_flagged(rows, repeated, "is_repeated"), sql.named("repeating"))
        now["recurring_kind"] = ibis.ifelse(rows.is_repeated, rows.recurring_kind_mark, rows.recurring_kind)
    rows = rows.mutate(**{f"{name}_now": value for name, value in now.items()})
    rows = rows.filter(ibis.or_(*[~rows[name].identical_to(rows[f"{name}_now"]) for name in now]))
    return rows.select("transaction_id", **{name: rows[f"{name}_now"] for name in now})


def _flagged(rows: ibis.Table, among: ibis.Table, name: str) -> ibis.Table:
    """Say of each row whether it is among others."""
    both = rows.left_join(among.mutate(found=True), "transaction_id", rname="{name}_among")
    return both.mutate(**{name: both.found.fill_null(False)}).drop("found", "transaction_id_among")


def _replaced(books: ibis.Table, differing: ibis.Table) -> ibis.Table:
    """Return the rows of the books that differ, whole, as they are now."""
    both = books.inner_join(differing, "transaction_id", rname="{name}_now")
    return both.mutate(**{name: both[f"{name}_now"] for name in RELATION}).select(*books.columns)


def marked(rows: ibis.Table, marks: ibis.Table, repeating: ibis.Table | None) -> ibis.Table:
    """Return rows with their relations.

    Parameters
    ----------
    marks
        What `analytics.pipeline.relate.relations` says of them.
    repeating
        Which of them come back, and as what; None leaves it as it is.
    """
    columns = rows.columns
    rows = _joined(rows, marks)
    values: dict[str, Any] = {
        "reversal_of": rows.reversal_of_mark,
        "is_own_transfer": rows.is_own_transfer_mark.fill_null(False),
    }
    if repeating is not None:
        rows = _joined(rows, repeating)
        values["recurring_kind"] = rows.recurring_kind_mark
    return rows.mutate(**values).select(*columns)


def _joined(rows: ibis.Table, marks: ibis.Table) -> ibis.Table:
    both = rows.left_join(marks, "transaction_id", rname="{name}_mark")
    return both.drop("transaction_id_mark")


def _months(parts: list[ibis.Table]) -> ibis.Table:
    """Return the customers and months whose sums change: of when a row was both posted and known."""
    import ibis

    from analytics.pipeline.periods import calendar_period

    months = [
        part.select("customer_id", period=calendar_period(ibis.greatest(part.posted_at, part.known_at)))
        for part in parts
    ]
    return reduce(lambda one, other: one.union(other), months).distinct()
