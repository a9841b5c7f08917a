"""Finds columns that read the future: they change when everything after the cut-off is deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import pandas as pd

    from analytics.pipeline.books import Books

KEYS = ["customer_id", "as_of"]
#: Relative difference under which two values are the same: sums may be added up in another order.
TOLERANCE = 1e-9


def as_known(books: Books, as_of: dt.date) -> Books:
    """Return the books as they stood at the cut-off of ``as_of``, 00:00 after it.

    Rows posted or known later are gone, and what was told later of rows that stay is not told yet: an instalment paid
    later is unpaid, a loan, an account or a relationship closed later is open, a loan's outcome is unknown.
    """
    day = ibis.literal(as_of)
    cut_off = ibis.literal(dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time()))
    rows, paid = books.transactions, books.instalments.paid_on <= day
    known = ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at))
    return replace(
        books,
        transactions=rows.filter(known < cut_off),
        sessions=books.sessions.filter(books.sessions.started_at < cut_off),
        instalments=books.instalments.mutate(
            paid_on=ibis.ifelse(paid, books.instalments.paid_on, ibis.null()),
            amount_paid=ibis.ifelse(paid, books.instalments.amount_paid, 0),
        ),
        loans=_until(books.loans.filter(books.loans.disbursed_on <= day), day, "closed_on", "written_off_on"),
        accounts=_until(books.accounts.filter(books.accounts.opened_on <= day), day, "closed_on"),
        customers=_until(books.customers, day, "closed_on"),
        loan_outcomes=books.loan_outcomes.filter(books.loan_outcomes.observed_on <= day),
    )


def _until(table: ibis.Table, day: ibis.Value, *dates: str) -> ibis.Table:
    return table.mutate(**{name: ibis.ifelse(table[name] <= day, table[name], ibis.null()) for name in dates})


def leaks(
    books: Books,
    compute: Callable[[Books], ibis.Table],
    as_of: dt.date,
    frame: Callable[[ibis.Table], pd.DataFrame],
) -> Mapping[str, int]:
    """Return the columns whose values at ``as_of`` change when the future is deleted, with how many do.

    Parameters
    ----------
    books
        Canonical tables that go on after ``as_of``.
    compute
        What is examined: books → ``customer_id``, ``as_of`` and columns.
    frame
        Runs an expression.

    Returns
    -------
    Mapping
        Empty where nothing leaks. A row that is there only with or only without the future counts under ``as_of``.
    """
    whole, cut = (_at(frame(compute(each)), as_of) for each in (books, as_known(books, as_of)))
    alone = len(whole.index.symmetric_difference(cut.index))
    shared = whole.index.intersection(cut.index)
    changed = {name: int(_differ(whole.loc[shared, name], cut.loc[shared, name]).sum()) for name in whole.columns}
    return {name: count for name, count in {"as_of": alone, **changed}.items() if count}


def _at(rows: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    import pandas as pd

    return rows[rows["as_of"] == pd.Timestamp(as_of)].set_index("customer_id").drop(columns="as_of").sort_index()


def _differ(one: pd.Series[float], other: pd.Series[float]) -> pd.Series[bool]:
    """Return which values differ; two missing ones do not."""
    a, b = one.astype(float), other.astype(float)
    far = (a - b).abs() > TOLERANCE * (1 + b.abs())
    return far | (a.isna() != b.isna())
