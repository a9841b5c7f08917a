"""The credit label, counted exactly from instalments.

A borrower has an open loan at the as-of that is neither NPA nor written off. He is *bad* when any of his loans is 90 or
more days past due on some day of the 12 months that open at the cut-off, or is written off in them. He is
*indeterminate* when the worst is 30 to 89 days: left out of fitting, counted as not bad in calibration and validation.
A label exists only where its whole window lies before the data clock.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis

from analytics.pipeline.loan_status import NPA, WRITTEN_OFF

if TYPE_CHECKING:
    from analytics.pipeline.books import Books

WINDOW_MONTHS = 12
BAD_DAYS = 90
INDETERMINATE_DAYS = 30


def borrowers(status: ibis.Table) -> ibis.Table:
    """Return customers with an open loan at each as-of and none that is NPA or written off.

    Parameters
    ----------
    status
        Rows of ``core.loan_status``.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of``, ``exposure`` (principal outstanding), ``days_past_due`` (the worst).
    """
    fallen = status.sma_class.isin((NPA, WRITTEN_OFF)).fill_null(False)
    people = status.group_by(["customer_id", "as_of"]).aggregate(
        exposure=status.outstanding.sum(),
        days_past_due=status.days_past_due.max(),
        fallen=fallen.cast("int32").max(),
    )
    return people.filter(people.fallen == 0).drop("fallen")


def labels(books: Books, people: ibis.Table, data_clock: dt.date, *, so_far: bool = False) -> ibis.Table:
    """Return the label of each borrower and as-of whose window is complete.

    An instalment unpaid through day *D* ≥ its due date is ``D − due + 1`` days past due then; the worst day of the
    window is the last on which it is still unpaid.

    Parameters
    ----------
    books
        Canonical tables.
    people
        As `borrowers` returns them.
    data_clock
        Newest accepted posting date.
    so_far
        Count what came by the data clock where the window is not over, instead of leaving the row out: of use only
        between groups of the same as-ofs.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of``, ``bad``, ``indeterminate``, ``worst_days_past_due``; no row where instalments are
        not known.
    """
    rows = people.filter(people.days_past_due.notnull()).select("customer_id", "as_of")
    clock = ibis.literal(data_clock)
    ends = _year_after(rows.as_of)
    rows = rows.mutate(ends_on=ibis.least(ends, clock) if so_far else ends)
    rows = rows.filter(ibis._.ends_on <= clock, ibis._.as_of < clock)
    worst, lost = _worst_days(books, rows), _written_off(books, rows)
    keys = ["customer_id", "as_of"]
    joined = rows.left_join(worst, keys, rname="{name}_worst").left_join(lost, keys, rname="{name}_lost")
    days = joined.worst_days.fill_null(0)
    bad = (days >= BAD_DAYS) | joined.lost.fill_null(0).cast("boolean")
    return joined.select(
        *keys, bad=bad, indeterminate=~bad & (days >= INDETERMINATE_DAYS), worst_days_past_due=days.cast("int32")
    )


def _year_after(as_of: ibis.Column) -> ibis.Column:
    """Return the last day of the window: the day before the cut-off's day a year later."""
    day = ibis.interval(days=1)
    return ((as_of + day + ibis.interval(months=WINDOW_MONTHS)).cast("date") - day).cast("date")


def _worst_days(books: Books, rows: ibis.Table) -> ibis.Table:
    loans = books.loans.select("loan_id", "customer_id", "closed_on")
    due = books.instalments.select("loan_id", "due_on", "paid_on").inner_join(loans, "loan_id")
    pairs = rows.inner_join(due, ["customer_id", rows.ends_on >= due.due_on])
    settled = ibis.least(pairs.paid_on.fill_null(pairs.closed_on), pairs.closed_on.fill_null(pairs.paid_on))
    until = ibis.ifelse(settled.isnull() | (settled > pairs.ends_on), pairs.ends_on, settled - ibis.interval(days=1))
    pairs = pairs.mutate(until=until.cast("date")).filter(ibis._.until > ibis._.as_of, ibis._.until >= ibis._.due_on)
    return pairs.group_by(["customer_id", "as_of"]).aggregate(
        worst_days=(pairs.until.delta(pairs.due_on, unit="day") + 1).max()
    )


def _written_off(books: Books, rows: ibis.Table) -> ibis.Table:
    lost = books.loans.filter(books.loans.written_off_on.notnull()).select("customer_id", "written_off_on")
    pairs = rows.inner_join(
        lost, ["customer_id", lost.written_off_on > rows.as_of, lost.written_off_on <= rows.ends_on]
    )
    return pairs.group_by(["customer_id", "as_of"]).aggregate(lost=(pairs.count() > 0).cast("int32"))
