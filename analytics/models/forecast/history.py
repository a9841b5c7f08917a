"""What customers spent and received, month by month: one pass over the postings, small enough to hold.

*Spend* is the governed metric of that name: debits that are no own transfer, no transfer to others, no loan payment and
no investment, refunds not taken off. *Inflow* is the governed inflow. *Obligations* are the loan payments and
investments that come back by mandate. A posting counts in the month it was posted in, from the moment it was known, so
the history at an as-of holds what was known by its cut-off and nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from analytics.pipeline.periods import calendar_period
from analytics.pipeline.recurring import party_of
from analytics.pipeline.vocabulary import INFLOW

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

SPEND, RECEIVED, OBLIGATIONS = "spend", "inflow", "obligations"
#: Debits of these categories are no spend.
NOT_SPENT = ("loan_payment", "investment", "transfer")
UNCATEGORISED = "uncategorised"
#: Recurring kinds forecast from the mandate rather than from the model.
MANDATED = ("emi", "rent", "sip", "insurance", "subscription", "salary")
#: Kinds that are obligations beside spend, and the one whose amount is agreed to the rupee.
OBLIGED = ("emi", "sip")
EXACT = "emi"


def known_by(books: Books, as_of: dt.date) -> ibis.Table:
    """Return the postings in the main currency that were posted and known by the end of ``as_of``."""
    import ibis

    cutoff = ibis.literal(dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time()))
    rows = books.transactions.filter(books.transactions.currency == books.currency)
    return rows.filter(rows.posted_at < cutoff, rows.known_at.fill_null(rows.posted_at) < cutoff)


def is_spend(rows: ibis.Table) -> Any:
    """Say which postings the governed metric ``spend`` counts."""
    return (rows.amount < 0) & ~rows.is_own_transfer.fill_null(False) & ~rows.category.fill_null("").isin(NOT_SPENT)


def is_received(rows: ibis.Table) -> Any:
    """Say which postings the governed metric ``inflow`` counts."""
    own = rows.is_own_transfer.fill_null(False)
    return (rows.amount > 0) & ~own & rows.reversal_of.isnull() & rows.category.fill_null("").isin(INFLOW)


def _measure(rows: ibis.Table) -> Any:
    import ibis

    obliged = (rows.amount < 0) & rows.recurring_kind.fill_null("").isin(OBLIGED)
    return ibis.cases((is_spend(rows), SPEND), (is_received(rows), RECEIVED), (obliged, OBLIGATIONS), else_=None)


def _category(rows: ibis.Table) -> Any:
    """Return the primary category; inflow is not split."""
    import ibis

    return ibis.ifelse(rows.measure == RECEIVED, RECEIVED, rows.category.nullif("").fill_null(UNCATEGORISED))


def cells(books: Books, as_of: dt.date) -> ibis.Table:
    """Return sums of the postings known by ``as_of``, by customer, measure, category, mandate and months.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``measure``, ``category``, ``kind`` (recurring kind where the mandate forecasts it, else ''),
        ``period`` (month of posting), ``known`` (month in which it was known), ``amount`` (DOUBLE, positive),
        ``mandate`` (a digest that tells mandates of a kind apart, '' for none; holds no name).
    """
    import ibis

    rows = known_by(books, as_of)
    rows = rows.mutate(measure=_measure(rows), known_from=rows.known_at.fill_null(rows.posted_at))
    rows = rows.filter(rows.measure.notnull())
    kind = rows.recurring_kind.fill_null("")
    rows = rows.mutate(kind=ibis.ifelse(kind.isin(MANDATED), kind, ""), size=rows.amount.abs())
    exact = ibis.ifelse(rows.kind == EXACT, rows["size"].round(0).cast("int64"), 0)
    label = party_of(rows).fill_null("").concat("|", exact.cast("string"))
    rows = rows.select(
        "customer_id", "measure", "kind", "size",
        category=_category(rows),
        label=ibis.ifelse(rows.kind == "", "", label),
        period=calendar_period(rows.posted_at),
        known=calendar_period(ibis.greatest(rows.posted_at, rows.known_from)),
    )  # fmt: skip
    keys = ["customer_id", "measure", "category", "kind", "label", "period", "known"]
    summed = rows.group_by(keys).aggregate(amount=rows["size"].sum().cast("float64"))
    digest = ibis.ifelse(summed.label == "", "", summed.label.hexdigest("md5").left(12))
    return summed.select(*keys[:4], "period", "known", "amount", mandate=digest)


def read_cells(writer: BooksWriter, books: Books, as_of: dt.date) -> pd.DataFrame:
    """Return `cells` as a frame in a fixed order, which sums of doubles need to come out the same."""
    found = cells(books, as_of)
    return writer.frame(found.order_by([name for name in found.columns if name != "amount"]))
