"""The churn label, counted from the books in one pass over the days customers used their accounts.

A customer *leaves* when, from some 30-day period of the 90 days after the gap on, his activity or his inflow stays at a
quarter of his own trailing monthly mean or under for 60 days, or no salary comes for 60 days after three months with
one, or his relationship closes. The gap is the `GAP_DAYS` after the cut-off in which an action takes hold: who leaves
in them leaves before anything could be done, and is left out. Periods and windows:

=============  ==========================================
baseline       the 180 days up to the as-of, at least 90 of them observed
recent         the last 30 of them
gap            days 1 to 14
periods 1–3    days 15–44, 45–74, 75–104: those in which a leaver can begin to leave
period 4       days 105–134: it shows whether what began in the third lasts
=============  ==========================================

Activity is what a customer does himself: postings but for own transfers, instalments, mandates that came back, and the
bank's own interest and fees. Left out as dormant already: those under `LEAST_ACTIVITY` such postings in the last 30
days or under a quarter of their own baseline in them, and those with less than 90 days of history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis

from analytics.pipeline.periods import as_of_table
from analytics.pipeline.vocabulary import FLAGS

if TYPE_CHECKING:
    from analytics.pipeline.books import Books

BASELINE_DAYS, RECENT_DAYS, LEAST_HISTORY_DAYS = 180, 30, 90
GAP_DAYS, PERIOD_DAYS = 14, 30
#: Periods in which a customer can begin to leave, and the one that shows whether the last of them lasts.
PERIODS = 3
HORIZONS: tuple[int, ...] = tuple(PERIOD_DAYS * number for number in range(1, PERIODS + 1))
WINDOW_DAYS = GAP_DAYS + PERIOD_DAYS * (PERIODS + 1)
#: Whole months that hold the window whatever the calendar.
WINDOW_MONTHS = 5
FALLEN = 0.25
LEAST_ACTIVITY = 3
SALARY_MONTHS = 3

KEYS = ["customer_id", "as_of"]
#: Categories of postings that happen to a customer.
_PASSIVE = ("loan_payment", "interest", "fees")


def attached(books: Books, as_ofs: Sequence[dt.date]) -> ibis.Table:
    """Return the customers whom the model is about at each as-of, by what was posted and known until then.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of``, ``recency_days`` (days since the last activity, 0 on the as-of itself) and the
        monthly baselines ``activity_base``, ``inflow_base``, with ``activity_recent`` and ``salary_months``.
    """
    past = _slots(books, as_ofs, first=1 - BASELINE_DAYS, last=0, by_then=True)
    return _attached(books, past)


def labels(books: Books, as_ofs: Sequence[dt.date], data_clock: dt.date) -> ibis.Table:
    """Return the label of each attached customer whose whole window lies before the data clock.

    Returns
    -------
    ibis.Table
        As `attached`, with ``bad`` (he leaves), ``indeterminate`` (never) and ``period``: 1 to 3 in which he begins
        to, 0 where he stays.
    """
    complete = ibis.literal(data_clock - dt.timedelta(days=WINDOW_DAYS))
    people = attached(books, as_ofs)
    people = people.filter(people.as_of <= complete)
    after = _slots(books, as_ofs, first=GAP_DAYS + 1, last=WINDOW_DAYS, by_then=False)
    counted = after.group_by(KEYS).aggregate(
        **{
            f"{what}_{number}": ibis.ifelse(after.period == number, after[what], 0).sum()
            for what in ("activity", "inflow", "salary")
            for number in range(1, PERIODS + 2)
        }
    )
    names = [name for name in counted.columns if name not in KEYS]
    rows = people.left_join(counted, KEYS, rname="{name}_after").select(*people.columns, *names)
    rows = rows.mutate(**{name: rows[name].fill_null(0) for name in names})
    closing = _closing(books).select(holder="customer_id", closes="closed_on")
    rows = rows.left_join(closing, rows.customer_id == closing.holder).drop("holder")
    days = rows.closes.delta(rows.as_of, unit="day")
    rows = rows.filter(rows.closes.isnull() | (days > GAP_DAYS)).mutate(
        closing=ibis.ifelse(days <= GAP_DAYS + PERIODS * PERIOD_DAYS, _period(days), 0).fill_null(0)
    )
    begun = ibis.cases(*[(_leaves(rows, number), number) for number in range(1, PERIODS + 1)], else_=0)
    rows = rows.mutate(period=begun.cast("int32"))
    return rows.select(*people.columns, "period", bad=rows.period > 0, indeterminate=ibis.literal(False))


def _leaves(rows: ibis.Table, number: int) -> Any:
    """Whether a customer begins to leave in a period: closed, or fallen in it and in the next together."""
    activity, inflow, salary = (rows[f"{what}_{number}"] + rows[f"{what}_{number + 1}"]
                                for what in ("activity", "inflow", "salary"))  # fmt: skip
    closed = rows.closing == number
    quiet = activity <= 2 * FALLEN * rows.activity_base
    dry = (rows.inflow_base > 0) & (inflow <= 2 * FALLEN * rows.inflow_base)
    unpaid = (rows.salary_months >= SALARY_MONTHS) & (salary == 0)
    return closed | quiet | dry | unpaid


def _attached(books: Books, past: ibis.Table) -> ibis.Table:
    recent = past.since > -RECENT_DAYS
    rows = past.group_by(KEYS).aggregate(
        observed=1 - past.since.min(),
        last_active=past.since.max(where=past.activity > 0),
        activity=past.activity.sum(),
        inflow=past.inflow.sum(),
        activity_recent=ibis.ifelse(recent, past.activity, 0).sum(),
        salary_months=_months_with_salary(past),
    )
    closing = _closing(books).select(holder="customer_id", closes="closed_on")
    rows = rows.left_join(closing, rows.customer_id == closing.holder)
    months = ibis.least(rows.observed, BASELINE_DAYS) / PERIOD_DAYS
    rows = rows.mutate(activity_base=rows.activity / months, inflow_base=rows.inflow.cast("float64") / months)
    stays = (rows.observed >= LEAST_HISTORY_DAYS) & (rows.activity_recent >= LEAST_ACTIVITY)
    awake = rows.activity_recent > FALLEN * rows.activity_base
    still = rows.closes.isnull() | (rows.closes > rows.as_of)
    return rows.filter(stays & awake & still).select(
        *KEYS,
        "activity_base",
        "inflow_base",
        "salary_months",
        activity_recent=rows.activity_recent.cast("float64"),
        recency_days=(-rows.last_active).cast("float64"),
    )


def _months_with_salary(past: ibis.Table) -> Any:
    """Return in how many of the last three 30-day periods a salary came."""
    within = [(past.since > -PERIOD_DAYS * (back + 1)) & (past.since <= -PERIOD_DAYS * back) for back in range(3)]
    came = [ibis.ifelse(inside, past.salary, 0).max().fill_null(0) for inside in within]
    return sum((ibis.ifelse(each > 0, 1, 0) for each in came[1:]), start=ibis.ifelse(came[0] > 0, 1, 0))


def _slots(books: Books, as_ofs: Sequence[dt.date], *, first: int, last: int, by_then: bool) -> ibis.Table:
    """Return what each customer did on each day from ``first`` to ``last`` days after each as-of.

    Parameters
    ----------
    by_then
        Whether a row counts by the day it was known rather than posted: before a cut-off both have passed.
    """
    days = _daily(books, "known" if by_then else "posted_at")
    dates = as_of_table(as_ofs)
    pairs = days.inner_join(
        dates, [days.day >= dates.as_of + ibis.interval(days=first), days.day <= dates.as_of + ibis.interval(days=last)]
    )
    since = pairs.day.delta(pairs.as_of, unit="day").cast("int32")
    return pairs.select(*KEYS, "activity", "inflow", "salary", since=since, period=_period(since))


def _period(days: Any) -> Any:
    """Return the 30-day period after the gap that a day falls in, from 1."""
    return ((days - GAP_DAYS - 1) // PERIOD_DAYS + 1).cast("int32")


def _daily(books: Books, moment: str) -> ibis.Table:
    """Return activity, inflow and salary credits of each customer and day, in the main currency."""
    rows = books.transactions.filter(books.transactions.currency == books.currency)
    rows = rows.select(
        "customer_id",
        "posted_at",
        "amount",
        known=ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at)),
        category=rows.category.fill_null(""),
        recurring_kind=rows.recurring_kind.fill_null(""),
        own=rows.is_own_transfer.fill_null(False),
        reversal=rows.reversal_of.notnull(),
    )
    does = ~rows.own & ~rows.reversal & ~rows.category.isin(_PASSIVE)
    flags = {name: FLAGS[name](rows) for name in ("is_inflow", "is_salary")}
    rows = rows.mutate(day=rows[moment].date(), does=does, **flags)
    return rows.group_by(["customer_id", "day"]).aggregate(
        activity=rows.does.cast("int32").sum(),
        inflow=ibis.ifelse(rows.is_inflow, rows.amount, 0).sum().cast("float64"),
        salary=rows.is_salary.cast("int32").sum(),
    )


def _closing(books: Books) -> ibis.Table:
    """Return the day each relationship closed: the customer's own, else that of his last deposit account."""
    kinds = ("savings", "current", "wallet")
    held = books.accounts.filter(books.accounts.kind.isin(kinds))
    open_ones = held.closed_on.isnull().cast("int32").sum()
    closed = held.group_by("customer_id").aggregate(last=held.closed_on.max(), open=open_ones)
    gone = closed.filter(closed.open == 0).select(holder="customer_id", last="last")
    rows = books.customers.left_join(gone, books.customers.customer_id == gone.holder)
    known = rows.select("customer_id", closed_on=rows.closed_on.fill_null(rows["last"]))
    return known.filter(known.closed_on.notnull())
