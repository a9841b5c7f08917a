"""Writes the derived tables the features stand on: loan status, the monthly table, the features themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.features.build import features
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import add_months, as_of_table, month_end, month_ends
from analytics.pipeline.timeline import HORIZON, Calendar

if TYPE_CHECKING:
    from analytics.pipeline.books import Books, BooksWriter


@dataclass(frozen=True)
class FeatureTables:
    """What was written."""

    month_ends: tuple[dt.date, ...]
    rows: int
    left_out: Mapping[str, int]


def write_features(
    writer: BooksWriter, books: Books, last: dt.date, *, progress: Callable[[str, float], None]
) -> FeatureTables:
    """Write loan status, the monthly table and the features of every month end up to ``last``."""
    first = _first_posting(writer, books)
    ends = tuple(month_ends(first, last)) if first else ()
    if not ends:
        return FeatureTables((), 0, {})
    _write_status(writer, books, ends)
    timeline = Calendar(ends[0], ends[-1])
    progress("Adding up the months", 0.1)
    status = writer.table("core", "loan_status")
    writer.replace("features.monthly", monthly(books, timeline, status), sort_by=("customer_id", "period"))
    progress("Computing the features", 0.3)
    rows = features(writer.table("features", "monthly"), timeline)
    writer.replace("features.customer_monthly", rows, sort_by=("as_of", "customer_id"))
    return written_features(writer, books)


def written_features(writer: BooksWriter, books: Books) -> FeatureTables:
    """Say what ``features.customer_monthly`` holds."""
    written = writer.table("features", "customer_monthly")
    counted = writer.frame(written.group_by("as_of").aggregate(rows=written.count()).order_by("as_of"))
    left_out = writer.frame(books.left_out())
    return FeatureTables(
        tuple(moment.date() for moment in counted["as_of"]),
        int(counted["rows"].sum()),
        dict(zip(left_out["currency"], left_out["postings"].astype(int), strict=True)),
    )


def _first_posting(writer: BooksWriter, books: Books) -> dt.date | None:
    found = writer.frame(books.transactions.aggregate(first=books.transactions.posted_at.min()))["first"].iloc[0]
    return month_end(found.date()) if found == found and found is not None else None


def _write_status(writer: BooksWriter, books: Books, ends: tuple[dt.date, ...]) -> None:
    before = [add_months(ends[0], -back) for back in range(HORIZON - 1, 0, -1)]
    status = loan_status(books.loans, books.instalments, as_of_table([*before, *ends]))
    writer.replace("core.loan_status", status, sort_by=("loan_id", "as_of"))
