"""Writes the derived tables the features stand on: loan status, the monthly table, the features themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.features.build import features
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import add_months, as_of_table, calendar_period, month_end, month_ends, period_number
from analytics.pipeline.timeline import HORIZON, Calendar

if TYPE_CHECKING:
    import ibis

    from analytics.pipeline.books import Books, BooksWriter
    from analytics.writer import Writer


#: Customers in whom nothing older than so many months changed are made again together, all others together.
RECENT_MONTHS = 3
#: Customers whose months are added up at a time.
CUSTOMERS_AT_A_TIME = 15_000
#: Tables of which a customer's rows are enough for his months.
OF_CUSTOMERS = ("customers", "accounts", "transactions", "loans")
#: Table and rows → how many were appended.
Extend = Callable[[str, "ibis.Table"], int]


@dataclass(frozen=True)
class FeatureTables:
    """What was written."""

    month_ends: tuple[dt.date, ...]
    rows: int
    left_out: Mapping[str, int]


def write_features(
    writer: BooksWriter,
    books: Books,
    last: dt.date,
    *,
    progress: Callable[[str, float], None],
    extend: Extend | None = None,
) -> FeatureTables:
    """Write loan status, the monthly table and the features of every month end up to ``last``.

    Parameters
    ----------
    extend
        Appends rows to a table; with it many customers are taken a part at a time, so that memory holds one.
    """
    first = _first_posting(writer, books)
    ends = tuple(month_ends(first, last)) if first else ()
    if not ends:
        return FeatureTables((), 0, {})
    _write_status(writer, books, ends)
    timeline = Calendar(ends[0], ends[-1])
    status = writer.table("core", "loan_status")
    cuts = _cuts(writer, books.customers) if extend else [None]
    for at, cut in enumerate(cuts):
        progress("Adding up the months", 0.1 + 0.5 * at / len(cuts))
        months = monthly(_within(books, cut), timeline, status)
        _put(writer, extend if at else None, "features.monthly", months, ("customer_id", "period"))
    made = writer.table("features", "monthly")
    for at, cut in enumerate(cuts):
        progress("Computing the features", 0.6 + 0.4 * at / len(cuts))
        rows = features(made if cut is None else made.filter(made.customer_id.between(*cut)), timeline)
        _put(writer, extend if at else None, "features.customer_monthly", rows, ("as_of", "customer_id"))
    return written_features(writer, books)


def _cuts(writer: BooksWriter, customers: ibis.Table) -> list[tuple[str, str] | None]:
    """Return the first and last customer of each part; None for all, where they are few."""
    import ibis

    place = ibis.row_number().over(order_by=customers.customer_id) // CUSTOMERS_AT_A_TIME
    placed = customers.select("customer_id", part=place)
    bounds = placed.group_by("part").aggregate(first=placed.customer_id.min(), last=placed.customer_id.max())
    found = writer.frame(bounds.order_by("part"))
    return list(zip(found["first"], found["last"], strict=True)) if len(found) > 1 else [None]


def _within(books: Books, cut: tuple[str, str] | None) -> Books:
    """Return the books of some customers; sessions stay whole, since they say from when on logins were recorded."""
    if cut is None:
        return books
    tables = {name: getattr(books, name) for name in OF_CUSTOMERS}
    return replace(books, **{name: table.filter(table.customer_id.between(*cut)) for name, table in tables.items()})


def _put(
    writer: BooksWriter, extend: Extend | None, qualified: str, rows: ibis.Table, sort_by: tuple[str, ...]
) -> None:
    if extend is None:
        writer.replace(qualified, rows, sort_by=sort_by)
    else:
        extend(qualified, rows)


def refresh_features(
    writer: Writer, books: Books, touched: ibis.Table, last: dt.date, *, progress: Callable[[str, float], None]
) -> FeatureTables:
    """Bring the monthly table and the features up to date after some months changed; the rest stays as it is.

    Parameters
    ----------
    writer
        Open books.
    touched
        ``customer_id`` and ``period`` of the months whose postings changed.
    last
        Last month end wanted.

    Notes
    -----
    A changed month changes the features of every later month end of that customer: windows look back on it, and
    balances are carried forward. Loans and their instalments are taken to be the same as before.
    """
    span = _written_span(writer)
    first = _first_posting(writer, books)
    if span is None or first is None or first != span[0] or last < span[1]:
        return write_features(writer, books, last, progress=progress, extend=writer.insert)
    if last > span[1]:
        _write_status(writer, books, tuple(month_ends(first, last)))
    progress("Adding up the months that changed", 0.1)
    for customers, start in _cohorts(writer, books, touched, span, last):
        _rewrite(writer, books, customers, start, last)
    return written_features(writer, books)


def _written_span(writer: Writer) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last month end there are features for; None where there are none."""
    written = writer.table("features", "customer_monthly")
    if "postings" not in _columns(writer, "features", "monthly"):
        return None
    found = writer.frame(written.aggregate(first=written.as_of.min(), last=written.as_of.max())).iloc[0]
    return None if found["first"] != found["first"] else (found["first"].date(), found["last"].date())


def _columns(writer: Writer, schema: str, name: str) -> list[str]:
    there = writer.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'books' AND schema_name = ? AND table_name = ?",
        [schema, name],
    )
    return [row[0] for row in there.rows]


def _cohorts(
    writer: Writer, books: Books, touched: ibis.Table, span: tuple[dt.date, dt.date], last: dt.date
) -> Iterator[tuple[ibis.Table, dt.date]]:
    """Yield customers, each with the ``period`` from which his are made again, and the month end of the earliest.

    Newcomers from the first on, the others from the earliest month that changed, everyone for months that are new.
    """
    import ibis

    first, before = span
    months = writer.table("features", "monthly")
    beginning = ibis.literal(period_number(first), type="int32")
    fresh = books.customers.anti_join(months, "customer_id").select("customer_id", period=beginning)
    changed = touched.filter(touched.period <= period_number(before)).anti_join(fresh, "customer_id")
    earliest = changed.group_by("customer_id").aggregate(period=ibis.greatest(changed.period.min(), beginning))
    starts = writer.keep("cohort_starts", fresh.union(earliest.select("customer_id", ibis._.period.cast("int32"))))
    recent = starts.period > period_number(before) - RECENT_MONTHS
    for name, among in (("cohort_far", starts.filter(~recent)), ("cohort_recent", starts.filter(recent))):
        cohort = writer.keep(name, among)
        (period,) = writer.execute(f"SELECT min(period) FROM {name}").rows[0]
        if period is not None:
            yield cohort, month_end(dt.date((period - 1) // 12, (period - 1) % 12 + 1, 1))
    if last > before:
        start = add_months(before, 1)
        new = books.customers.select("customer_id", period=ibis.literal(period_number(start), type="int32"))
        yield writer.keep("cohort_all", new), start


def _rewrite(writer: Writer, books: Books, cohort: ibis.Table, start: dt.date, last: dt.date) -> None:
    """Make the months and features of some customers again, each from his own period on, the earliest at ``start``."""
    import ibis

    customers = cohort.select("customer_id")
    theirs = {name: getattr(books, name).semi_join(customers, "customer_id") for name in OF_CUSTOMERS}
    timeline = Calendar(start, last)
    status = writer.table("core", "loan_status").semi_join(customers, "customer_id")
    months = monthly(replace(books, **theirs), timeline, status)
    there = writer.table("features", "monthly")
    begun = cohort.select("customer_id", own="period")
    # months before the first as-of are kept too, for windows that look back on them
    first = period_number(start) if _is_first(writer, start) else -1
    own = ibis.ifelse(begun.own == first, begun.own - HORIZON + 1, begun.own)
    months = months.inner_join(begun.mutate(own=own.cast("int32")), "customer_id")
    months = writer.keep("cohort_months", months.filter(months.period >= months.own).drop("own"))
    writer.delete(
        "features.monthly", there.semi_join(months, ["customer_id", "period"]).select("customer_id", "period")
    )
    writer.insert("features.monthly", months)
    around = there.filter(there.period > period_number(start) - HORIZON).semi_join(customers, "customer_id")
    rows = _of_own(features(around, timeline), begun)
    rows = writer.keep("cohort_features", rows)
    made = writer.table("features", "customer_monthly")
    old = _of_own(made.filter(made.as_of >= start, made.as_of <= last), begun)
    writer.delete("features.customer_monthly", writer.keep("cohort_old", old.select("customer_id", "as_of")))
    writer.insert("features.customer_monthly", rows)


def _of_own(rows: ibis.Table, begun: ibis.Table) -> ibis.Table:
    """Keep each customer's rows from his ``own`` period on."""
    both = rows.inner_join(begun, "customer_id")
    return both.filter(calendar_period(both.as_of) >= both.own).select(*rows.columns)


def _is_first(writer: Writer, start: dt.date) -> bool:
    span = _written_span(writer)
    return span is not None and start == span[0]


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
