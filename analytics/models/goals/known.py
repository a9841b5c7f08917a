"""Reads what the detectors need of the books, as it was known at an as-of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analytics.models.goals.detect import MONTHS, Known
from analytics.pipeline.periods import add_months, period_number

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Columns of the monthly table that detectors read.
READ = (
    "inflow", "closing_balance", "saving", "emi_contracted", "emi_bounces", "loan_app_count", "low_days", "penalties",
)  # fmt: skip


def read(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date], *, sensitive: bool) -> list[Known]:
    """Return what is known at each as-of.

    Parameters
    ----------
    sensitive
        Whether school fees are read.
    """
    last = max(as_ofs)
    first = period_number(min(as_ofs)) - MONTHS
    months = writer.table("features", "monthly")
    wanted = months.filter(months.period > first, months.period <= period_number(last))
    frame = writer.frame(wanted.select("customer_id", "period", *READ))
    begin = dt.datetime.combine(add_months(min(as_ofs), -MONTHS) + dt.timedelta(days=1), dt.time())
    rows = books.transactions.filter(books.transactions.posted_at >= begin)
    salaries = writer.frame(_salaries(rows, books.currency))
    school = writer.frame(_school(rows, books.currency, wanted=sensitive))
    return [_at(as_of, frame, salaries, school) for as_of in as_ofs]


def _salaries(rows: ibis.Table, currency: str) -> ibis.Table:
    """Salary credits by payer; who pays leaves the engine as a digest salted with the customer."""
    paid = rows.filter(
        rows.amount > 0, rows.subcategory == "salary", rows.currency == currency, rows.reversal_of.isnull()
    )
    payer = paid.merchant.nullif("").fill_null(paid.counterparty).fill_null("")
    return paid.select(
        "customer_id", "posted_at", payer=(paid.customer_id + "\x1f" + payer).hexdigest("md5").left(8),
        known_at=paid.known_at.fill_null(paid.posted_at), amount=paid.amount.cast("float64"),
    )  # fmt: skip


def _school(rows: ibis.Table, currency: str, *, wanted: bool) -> ibis.Table:
    import ibis

    fees = rows.filter(
        ibis.literal(wanted), rows.amount < 0, rows.subcategory == "school_fees", rows.currency == currency
    )
    return fees.select(
        "customer_id",
        "posted_at",
        known_at=fees.known_at.fill_null(fees.posted_at),
        amount=-fees.amount.cast("float64"),
    )


def _at(as_of: dt.date, frame: pd.DataFrame, salaries: pd.DataFrame, school: pd.DataFrame) -> Known:
    import pandas as pd

    last = period_number(as_of)
    here = frame[(frame["period"] > last - MONTHS) & (frame["period"] <= last)]
    place, customers = pd.factorize(here["customer_id"], sort=True)
    month = here["period"].to_numpy(dtype=np.int64) - (last - MONTHS + 1)
    matrices = {}
    for name in READ:
        values = np.full((len(customers), MONTHS), np.nan)
        values[place, month] = here[name].to_numpy(dtype=float)
        matrices[name] = values
    return Known(as_of, [str(name) for name in customers], matrices, _until(salaries, as_of), _until(school, as_of))


def _until(rows: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return rows posted and known by the end of an as-of in the two years before, in the order of days."""
    import pandas as pd

    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    begin = pd.Timestamp(add_months(as_of, -MONTHS)) + pd.Timedelta(days=1)
    kept = rows[(rows["posted_at"] < end) & (rows["known_at"] < end) & (rows["posted_at"] >= begin)]
    return kept.assign(day=kept["posted_at"]).sort_values(["customer_id", "posted_at"], ignore_index=True)
