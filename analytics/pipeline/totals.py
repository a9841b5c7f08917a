"""What came in and went out by day, week or month: the aggregates people chart, drill into and reconcile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import ibis

    from analytics.pipeline.books import Books

Grain = Literal["day", "week", "month"]
#: Grain → the unit a day is truncated to; weeks begin on Monday.
GRAINS: Mapping[Grain, str] = MappingProxyType({"day": "D", "week": "W", "month": "M"})


def totals(books: Books, grain: Grain) -> ibis.Table:
    """Return the postings of each account by period.

    Parameters
    ----------
    books
        Canonical tables; postings in another than the main currency are left out.
    grain
        Length of the period; it begins at the first of the month, Monday or the day itself.

    Returns
    -------
    ibis.Table
        ``customer_id, account_id, period_start, postings, credits, debits, own_transfers, closing_balance``. Money is
        DECIMAL(18,2); debits are negative; own transfers are in neither sum and counted apart.
    """
    import ibis

    from analytics.pipeline.engine_functions import last_told

    rows = books.transactions.filter(books.transactions.currency == books.currency)
    own = rows.is_own_transfer.fill_null(False)
    rows = rows.mutate(own=own, period_start=rows.posted_at.truncate(GRAINS[grain]).cast("date"))
    groups = rows.group_by(["customer_id", "account_id", "period_start"])
    return groups.aggregate(
        postings=rows.count(),
        credits=_sum(ibis.ifelse(~rows.own & (rows.amount > 0), rows.amount, 0)),
        debits=_sum(ibis.ifelse(~rows.own & (rows.amount < 0), rows.amount, 0)),
        own_transfers=rows.own.cast("int64").sum(),
        closing_balance=last_told(rows.balance_after, rows.posted_at),
    )


def _sum(amounts: Any) -> Any:
    return amounts.sum().cast("decimal(18, 2)")
