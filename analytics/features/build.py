"""Features for all month ends, for any customer and date, or for loans asked for: one code, two timelines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analytics.features.application import APPLICATION, TERM_COLUMNS
from analytics.features.catalogue import FEATURES
from analytics.features.statement import STATEMENT
from analytics.features.windows import Windows
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.statement import with_statement
from analytics.pipeline.timeline import Anchored, Calendar, Timeline

if TYPE_CHECKING:
    import ibis

    from analytics.features.feature import Feature
    from analytics.pipeline.books import Books


def customer_monthly(books: Books, first: dt.date, last: dt.date, *, status: ibis.Table | None = None) -> ibis.Table:
    """Return every customer's features at each month end from ``first`` to ``last``.

    Parameters
    ----------
    books
        Canonical tables.
    first, last
        Month ends, inclusive.
    status
        ``core.loan_status`` where it is computed for those month ends and the eleven before.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of`` and a DOUBLE column for each of `FEATURES`; a customer appears from the first posting
        or loan on.
    """
    timeline = Calendar(first, last)
    return features(monthly(books, timeline, status), timeline)


def features_at(books: Books, spine: ibis.Table) -> ibis.Table:
    """Return the features of arbitrary pairs, months counted back from each pair's own as-of.

    Parameters
    ----------
    books
        Canonical tables.
    spine
        ``customer_id`` and ``as_of``, a row for each pair.

    Returns
    -------
    ibis.Table
        As `customer_monthly`; at a month end with the same values.
    """
    timeline = Anchored(spine)
    return features(monthly(books, timeline), timeline)


def application_features(books: Books, spine: ibis.Table) -> ibis.Table:
    """Return the features of loans asked for, at the eve of each loan.

    Parameters
    ----------
    spine
        ``customer_id``, ``as_of`` and the terms (`analytics.features.application.TERM_COLUMNS`), a row for each pair.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of`` and a DOUBLE column for each of `analytics.features.application.APPLICATION`.
    """
    timeline = Anchored(spine)
    terms = spine.select("customer_id", "as_of", *TERM_COLUMNS)
    return features(monthly(books, timeline), timeline, APPLICATION, terms)


def statement_features(books: Books, spine: ibis.Table) -> ibis.Table:
    """Return what statement analysts expect, for arbitrary pairs.

    Parameters
    ----------
    spine
        ``customer_id`` and ``as_of``, a row for each pair.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of`` and a DOUBLE column for each of `analytics.features.statement.STATEMENT`.
    """
    timeline = Anchored(spine)
    return features(with_statement(monthly(books, timeline), books, timeline), timeline, STATEMENT)


def features(
    months: ibis.Table, timeline: Timeline, wanted: Mapping[str, Feature] = FEATURES, beside: ibis.Table | None = None
) -> ibis.Table:
    """Return the wanted features of a monthly table at its as-ofs.

    Parameters
    ----------
    beside
        Further columns by ``customer_id`` and ``as_of`` that expressions read.
    """
    windows = Windows()
    covered = windows.observed("postings", 1).notnull()
    expressions = {name: feature.expression(windows) for name, feature in wanted.items()}
    months = months.mutate(deficit=months.outflow - months.inflow)
    rows = timeline.wanted(windows.table(months, timeline.keys))
    known = rows.filter(covered | rows.open_loans.notnull())
    if beside is not None:
        known = known.inner_join(beside, ["customer_id", "as_of"])
    return known.select("customer_id", "as_of", **{name: value.cast("float64") for name, value in expressions.items()})
