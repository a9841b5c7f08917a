"""The recurring payments of customers whose postings changed: found again, those of everyone else left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.schema import RECURRING_PAYMENTS

if TYPE_CHECKING:
    import ibis

    from analytics.writer import Writer


def keep_payments(writer: Writer, customers: ibis.Table, payments: ibis.Table) -> int:
    """Put payments in the place of those there are of some customers; return how many came.

    Parameters
    ----------
    customers
        Has ``customer_id``: whose payments were looked for. One who has none left has none afterwards.
    payments
        The second of what `analytics.pipeline.recurring.recurring` returns.
    """
    found = writer.keep("payments_found", storable(payments))
    writer.delete(RECURRING_PAYMENTS.qualified, customers.select("customer_id").distinct())
    return writer.insert(RECURRING_PAYMENTS.qualified, found)


def storable(payments: ibis.Table) -> ibis.Table:
    """Return payments as rows of `analytics.schema.RECURRING_PAYMENTS`."""
    return payments.mutate(amount=payments.amount.cast("decimal(18, 2)"))
