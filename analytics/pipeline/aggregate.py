"""Customer × month aggregates, in one pass over the transactions.

Point in time: the cut-off of an as-of is 00:00 after it. A row counts in the month in which it was both posted and
known, the month of ``greatest(posted_at, known_at)``. A row back-dated into an earlier month therefore changes nothing
that was computed for that month, and one pass serves every month end without a leak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from analytics.pipeline.engine_functions import bit_count, bit_or, last_told
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.measures import MEASURES, SCOPES, Measure
from analytics.pipeline.timeline import HORIZON, Timeline
from analytics.pipeline.vocabulary import FLAGS

if TYPE_CHECKING:
    from analytics.pipeline.books import Books


def monthly(books: Books, timeline: Timeline, status: ibis.Table | None = None) -> ibis.Table:
    """Return the monthly table: everything the features need of a customer and month.

    Parameters
    ----------
    books
        Canonical tables; an empty one leaves its columns NULL.
    timeline
        Which months there are.
    status
        Loan status at the month ends, where it is computed already.

    Returns
    -------
    ibis.Table
        A row for each customer and month: the timeline's keys, ``customer_id``, ``period``, ``ends_on``, `MEASURES`,
        balances, logins, repayments and open loans. NULL where the month has no posting. Money is DOUBLE, outflows
        positive.
    """
    keys = [*timeline.keys, "period"]
    postings = account_months(books, timeline)
    spine = timeline.spine(books.customers)
    parts = [
        customer_months(postings, keys),
        _balances(postings, timeline, "deposit", "closing_balance"),
        _balances(postings, timeline, "card", "card_balance"),
        _logins(books.sessions, timeline),
        _repayments(books, timeline),
    ]
    for part in parts:
        spine = joined(spine, part, keys)
    spine = joined(spine, _card_limits(books, spine), ["customer_id", "ends_on"])
    spine = joined(spine, _open_loans(books, spine, status), ["customer_id", "ends_on"])
    return _logins_where_tracked(spine, books.sessions)


def joined(left: ibis.Table, right: ibis.Table, keys: list[str]) -> ibis.Table:
    """Return ``left`` with the other columns of ``right``, NULL where it has no row."""
    added = [name for name in right.columns if name not in keys]
    return left.left_join(right, keys, rname="{name}_joined").select(*left.columns, *added)


def _rows(books: Books) -> ibis.Table:
    """Postings in the main currency with empty texts as '', the moment they are known, and the flags."""
    rows = books.transactions.filter(books.transactions.currency == books.currency)
    return rows.select(
        "customer_id",
        "account_id",
        "posted_at",
        "amount",
        "balance_after",
        known=ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at)),
        category=rows.category.fill_null(""),
        subcategory=rows.subcategory.fill_null(""),
        recurring_kind=rows.recurring_kind.fill_null(""),
        own=rows.is_own_transfer.fill_null(False),
        reversal=rows.reversal_of.notnull(),
    )


def account_months(books: Books, timeline: Timeline) -> ibis.Table:
    """Return the measures of each account and month with a posting, and the account's kind."""
    rows = timeline.place(_rows(books), "known")
    day = rows.posted_at.day().cast("int32")
    rows = rows.mutate(
        **{name: flag(rows) for name, flag in FLAGS.items()},
        day=day,
        day_bit=(ibis.literal(1, type="int32") << (day - 1)).cast("int32"),
        low_balance=ibis.literal(books.low_balance).cast("decimal(18, 2)"),
    )
    keys = [*timeline.keys, "account_id", "period"]
    closing = last_told(rows.balance_after, rows.posted_at)
    months = rows.group_by(keys).aggregate(
        **{measure.name: measure.expression(rows) for measure in MEASURES}, closing=closing
    )
    accounts = books.accounts.select("account_id", kind=books.accounts.kind)
    return months.left_join(accounts, "account_id").select(*months.columns, kind=accounts.kind.fill_null("savings"))


def customer_months(postings: ibis.Table, keys: list[str]) -> ibis.Table:
    """Return the measures of each customer and month, his accounts together."""
    return postings.group_by(keys).aggregate(**{measure.name: _rolled_up(postings, measure) for measure in MEASURES})


def _rolled_up(postings: ibis.Table, measure: Measure) -> Any:
    column, where = postings[measure.name], postings.kind.isin(SCOPES[measure.scope])
    if measure.rollup == "bits":
        return bit_count(bit_or(ibis.ifelse(where, column, ibis.null()).cast("int32"))).cast("float64")
    reduced = {"sum": column.sum, "max": column.max, "min": column.min}[measure.rollup](where=where)
    return reduced.cast("float64")


def _balances(postings: ibis.Table, timeline: Timeline, scope: Any, name: str) -> ibis.Table:
    """Return the month-end balance over accounts of a scope; without postings an account keeps its last for a year."""
    keys = list(timeline.keys)
    rows = postings.filter(postings.kind.isin(SCOPES[scope]), postings.closing.notnull())
    following = rows.period.lead().over(ibis.window(group_by=[*keys, "account_id"], order_by="period"))
    rows = rows.select(*keys, "period", "closing", following=following)
    last = timeline.last_period(rows)
    until = ibis.least(rows.following.fill_null(last + 1), rows.period + HORIZON, last + 1)
    held = rows.select(*keys, "closing", period=ibis.range(rows.period, until).unnest())
    held = held.mutate(period=held.period.cast("int32"))
    return held.group_by([*keys, "period"]).aggregate(**{name: held.closing.sum().cast("float64")})


def _logins(sessions: ibis.Table, timeline: Timeline) -> ibis.Table:
    rows = timeline.place(sessions.select("customer_id", "started_at"), "started_at")
    return rows.group_by([*timeline.keys, "period"]).aggregate(logins=rows.count().cast("float64"))


def _logins_where_tracked(months: ibis.Table, sessions: ibis.Table) -> ibis.Table:
    """Tell no logins from none recorded: zero from the first recorded session on, NULL before it or without any."""
    tracked = months.cross_join(sessions.aggregate(tracked_from=sessions.started_at.min()))
    logins = ibis.ifelse(tracked.tracked_from < tracked.ends_on, tracked.logins.fill_null(0.0), ibis.null())
    return tracked.mutate(logins=logins).drop("tracked_from")


def _repayments(books: Books, timeline: Timeline) -> ibis.Table:
    """Return instalments paid in a month and how late, by the date they were paid."""
    paid = books.instalments.filter(books.instalments.paid_on.notnull())
    rows = paid.inner_join(books.loans.select("loan_id", "customer_id"), "loan_id")
    rows = rows.select("customer_id", "paid_on", days_late=rows.paid_on.delta(rows.due_on, unit="day"))
    rows = timeline.place(rows, "paid_on")
    late = ibis.greatest(rows.days_late, 0).cast("float64")
    return rows.group_by([*timeline.keys, "period"]).aggregate(
        instalments_paid=rows.count().cast("float64"),
        instalments_late=(rows.days_late > 0).sum().cast("float64"),
        days_late=late.sum(),
        worst_days_late=late.max(),
    )


def _card_limits(books: Books, spine: ibis.Table) -> ibis.Table:
    ends = spine.select("customer_id", "ends_on").distinct()
    cards = books.accounts.filter(books.accounts.kind == "credit_card").select(
        "credit_limit", "opened_on", "closed_on", holder="customer_id"
    )
    held = ends.inner_join(cards, ends.customer_id == cards.holder)
    held = held.filter(held.opened_on <= held.ends_on, held.closed_on.isnull() | (held.closed_on > held.ends_on))
    return held.group_by(["customer_id", "ends_on"]).aggregate(card_limit=held.credit_limit.sum().cast("float64"))


def _open_loans(books: Books, spine: ibis.Table, status: ibis.Table | None) -> ibis.Table:
    """Return what a customer owes at each month's end, over the loans open then."""
    if status is None:
        ends = spine.select("customer_id", as_of=spine.ends_on).distinct()
        status = loan_status(books.loans, books.instalments, ends)
    terms = books.loans.select("loan_id", "principal", "annual_rate", "tenor_months", "disbursed_on", "emi_amount")
    held = status.inner_join(terms, "loan_id")
    amount, principal = held.outstanding.cast("float64"), held.principal.cast("float64")
    age = held.as_of.delta(held.disbursed_on, unit="day") / 30.4375
    rows = held.select(
        "customer_id",
        "days_past_due",
        ends_on=held.as_of,
        amount=amount,
        principal=principal,
        emi=held.emi_amount.cast("float64"),
        rate=held.annual_rate,
        age=age,
        left=ibis.greatest(held.tenor_months - age, 0.0),
    )
    return rows.group_by(["customer_id", "ends_on"]).aggregate(
        open_loans=rows.count().cast("float64"),
        outstanding=rows.amount.sum(),
        borrowed=rows.principal.sum(),
        emi_contracted=rows.emi.sum(),
        highest_rate=rows.rate.max(),
        newest_loan_months=rows.age.min(),
        oldest_loan_months=rows.age.max(),
        months_left=rows.left.max(),
        days_past_due=rows.days_past_due.max().cast("float64"),
    )
