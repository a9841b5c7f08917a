"""What features of one month end stand on, as statements: compiled once for an as-of, run on any books of their own."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from analytics.features.build import features
from analytics.features.store import unbound_books
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import add_months, as_of_table, month_ends
from analytics.pipeline.timeline import Calendar

#: Months before the as-of that are added up: as many as any model looks back on, and two more.
LOOKED_BACK = 26


@lru_cache(maxsize=48)
def feature_statements(as_of: dt.date, currency: str) -> tuple[tuple[str, str], ...]:
    """Return table and SELECT of loan status, months and features up to an as-of, in the order to be run.

    The values are those of `analytics.features.tables.write_features`; compiling them costs more than running them on
    one customer's rows.

    Parameters
    ----------
    as_of
        Month end.
    currency
        The books' main currency.
    """
    import ibis

    books = unbound_books(currency)
    timeline = Calendar(add_months(as_of, -LOOKED_BACK), as_of)
    ends = month_ends(timeline.first, as_of)
    status = loan_status(books.loans, books.instalments, as_of_table(ends))
    kept_status = ibis.table(status.schema(), name="loan_status", catalog="books", database="core")
    months = monthly(books, timeline, kept_status)
    kept_months = ibis.table(months.schema(), name="monthly", catalog="books", database="features")
    made = (
        ("core.loan_status", status),
        ("features.monthly", months),
        ("features.customer_monthly", features(kept_months, timeline)),
    )
    return tuple((name, str(ibis.to_sql(rows, dialect="duckdb"))) for name, rows in made)
