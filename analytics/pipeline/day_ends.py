"""End-of-day balances, and those on the days statement analysts look at: 1, 5, 10, 15, 20, 25 and the month's end.

A row counts on the day it is known (`analytics.pipeline.aggregate`), so a balance never shows what came to be known
later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from analytics.pipeline.engine_functions import max_by
from analytics.pipeline.measures import SCOPES

if TYPE_CHECKING:
    from analytics.pipeline.books import Books

#: Days of a month looked at; its end is one more.
FIXED_DAYS = (1, 5, 10, 15, 20, 25)
PER_MONTH = len(FIXED_DAYS) + 1
#: Days for which an account without postings keeps its last balance.
HELD_DAYS = 366


def day_ends(books: Books) -> ibis.Table:
    """Return the last balance of each deposit account on each day that has one.

    Returns
    -------
    ibis.Table
        ``customer_id, account_id, day, balance``.
    """
    rows = books.transactions.filter(books.transactions.currency == books.currency)
    rows = rows.filter(rows.balance_after.notnull())
    known = ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at))
    rows = rows.select("customer_id", "account_id", "posted_at", "balance_after", day=known.date())
    accounts = books.accounts.filter(books.accounts.kind.isin(SCOPES["deposit"])).select("account_id")
    days = rows.semi_join(accounts, "account_id").group_by(["customer_id", "account_id", "day"])
    return days.aggregate(balance=max_by(rows.balance_after, rows.posted_at))


def fixed_day_balances(ends: ibis.Table) -> ibis.Table:
    """Return each account's balance on every fixed day, carried from the last day that has one for `HELD_DAYS`.

    Parameters
    ----------
    ends
        As `day_ends` returns.

    Returns
    -------
    ibis.Table
        ``customer_id, account_id, on, number, balance``; ``number`` is the place in the month, from 1 to `PER_MONTH`.
    """
    following = ends.day.lead().over(ibis.window(group_by="account_id", order_by="day"))
    rows = ends.mutate(following=following)
    held_until = (rows.day + ibis.interval(days=HELD_DAYS)).cast("date")
    rows = rows.mutate(until=ibis.least(rows.following.fill_null(held_until), held_until))
    before, through = (_days_seen((day - ibis.interval(days=1)).cast("date")) for day in (rows.day, rows.until))
    held = rows.select("customer_id", "account_id", "balance", place=ibis.range(before, through).unnest())
    held = held.mutate(month=(held.place // PER_MONTH).cast("int32"), number=(held.place % PER_MONTH + 1).cast("int32"))
    return held.select("customer_id", "account_id", "number", "balance", on=_date_of(held.month, held.number))


def _days_seen(day: Any) -> Any:
    """Return how many fixed days there were up to and with ``day``, since year 0."""
    months = day.year() * 12 + day.month() - 1
    seen = sum(ibis.ifelse(day.day() >= fixed, 1, 0) for fixed in FIXED_DAYS)
    is_end = (day + ibis.interval(days=1)).cast("date").day() == 1
    return (months * PER_MONTH + seen + ibis.ifelse(is_end, 1, 0)).cast("int32")


def _date_of(month: Any, number: Any) -> Any:
    """Return the date of a fixed day: ``month`` counts from year 0, ``number`` is its place in the month."""
    first = ibis.date((month // 12).cast("int32"), (month % 12 + 1).cast("int32"), 1)
    end = (first + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
    fixed = [(number == place, first + ibis.interval(days=day - 1)) for place, day in enumerate(FIXED_DAYS, start=1)]
    return ibis.cases(*((test, value.cast("date")) for test, value in fixed), else_=end)
