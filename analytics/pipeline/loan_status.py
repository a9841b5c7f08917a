"""Where each loan stands at an as-of: principal outstanding, days past due, asset class.

Days past due at a day's end = that day − oldest unpaid due date + 1. Classes: SMA-0 up to 30 days, SMA-1 31–60,
SMA-2 61–90, NPA over 90 (RBI, prudential norms on income recognition and asset classification).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.schema import MONEY

if TYPE_CHECKING:
    import ibis

#: Highest days past due of each class, in order; above the last it is `NPA`.
CLASSES: tuple[tuple[int, str], ...] = ((0, "standard"), (30, "SMA-0"), (60, "SMA-1"), (90, "SMA-2"))
NPA = "NPA"
WRITTEN_OFF = "written_off"


def loan_status(loans: ibis.Table, instalments: ibis.Table, as_ofs: ibis.Table) -> ibis.Table:
    """Return the status of every loan open at each as-of, at the end of that day.

    Parameters
    ----------
    loans, instalments
        Canonical tables.
    as_ofs
        Column ``as_of``; with a column ``customer_id`` too, each as-of concerns that customer only.

    Returns
    -------
    ibis.Table
        Columns of `analytics.schema.LOAN_STATUS`. A loan that is closed by the as-of has no row; a written-off loan
        keeps its row. A loan without any instalment row is taken to run to schedule: its outstanding is that of the
        months elapsed, its days past due and class are NULL (not known).
    """
    at = _open_loans(loans, as_ofs)
    paid = _repayment(at, instalments)
    joined = at.left_join(paid, ["loan_id", "as_of"])
    days = (joined.as_of.delta(joined.oldest_unpaid, unit="day") + 1).fill_null(0).cast("int32")
    known = joined.mutate(days_past_due=_where(joined.instalments > 0, days))
    return known.select(
        "loan_id",
        "customer_id",
        "as_of",
        outstanding=_outstanding(known).cast(_money()),
        days_past_due=known.days_past_due,
        sma_class=_asset_class(known),
    )


def _open_loans(loans: ibis.Table, as_ofs: ibis.Table) -> ibis.Table:
    conditions: list[Any] = [loans.disbursed_on <= as_ofs.as_of]
    conditions.append(loans.closed_on.isnull() | (loans.closed_on > as_ofs.as_of))
    if "customer_id" in as_ofs.columns:
        conditions.append(loans.customer_id == as_ofs.customer_id)
    wanted = ["loan_id", "principal", "annual_rate", "tenor_months", "disbursed_on", "written_off_on"]
    return loans.inner_join(as_ofs, conditions).select(
        *(loans[name] for name in wanted), customer_id=loans.customer_id, as_of=as_ofs.as_of
    )


def _repayment(at: ibis.Table, instalments: ibis.Table) -> ibis.Table:
    """Count the instalments known and paid by each as-of, and find the oldest due date still unpaid at its end."""
    pairs = at.select("loan_id", "as_of").inner_join(instalments, "loan_id")
    paid = pairs.paid_on.notnull() & (pairs.paid_on <= pairs.as_of)
    return pairs.group_by(["loan_id", "as_of"]).aggregate(
        instalments=pairs.count(),
        paid=paid.sum(),
        oldest_unpaid=pairs.due_on.min(where=(pairs.due_on <= pairs.as_of) & ~paid),
    )


def _outstanding(status: ibis.Table) -> Any:
    """Principal left by annuity after ``k`` of ``n`` instalments: ``P · (1 − g(k) / g(n))``, g(k) = (1 + r)ᵏ − 1."""
    import ibis

    elapsed = (
        (status.as_of.year() - status.disbursed_on.year()) * 12 + status.as_of.month() - status.disbursed_on.month()
    )
    paid = ibis.least(status.paid.fill_null(elapsed), status.tenor_months).cast("float64")
    tenor, rate = status.tenor_months.cast("float64"), status.annual_rate.fill_null(0.0) / 12
    repaid = ibis.ifelse(rate > 0, ((1 + rate) ** paid - 1) / ((1 + rate) ** tenor - 1).nullif(0.0), paid / tenor)
    return (status.principal.cast("float64") * (1 - repaid)).round(2)


def _asset_class(status: ibis.Table) -> Any:
    import ibis

    written_off = status.written_off_on.notnull() & (status.written_off_on <= status.as_of)
    days = status.days_past_due
    steps = [(days <= limit, name) for limit, name in CLASSES]
    return ibis.cases((written_off, WRITTEN_OFF), (days.isnull(), ibis.null("string")), *steps, else_=NPA)


def _where(condition: Any, value: Any) -> Any:
    import ibis

    return ibis.ifelse(condition, value, ibis.null(value.type()))


def _money() -> Any:
    import ibis.expr.datatypes as types

    return types.dtype(MONEY.lower())
