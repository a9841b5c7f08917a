"""Loss given default by product, and the expected loss that follows: PD × LGD × exposure.

65 % of the outstanding on unsecured and 35 % on secured loans, the former the backstop of the RBI's
expected-credit-loss directions; a lender replaces them with its own recoveries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

UNSECURED, SECURED = 0.65, 0.35
#: Products with something to sell: house, vehicle, gold.
SECURED_PRODUCTS = ("home_loan", "loan_against_property", "gold_loan", "two_wheeler", "car_loan", "vehicle_loan")


def losses_given_default(status: ibis.Table, loans: ibis.Table) -> ibis.Table:
    """Return what would be lost if a borrower defaulted at the as-of.

    Parameters
    ----------
    status
        Rows of ``core.loan_status``.
    loans
        ``core.loans``.

    Returns
    -------
    ibis.Table
        ``customer_id``, ``as_of``, ``loss_given_default``: Σ LGD × outstanding, in currency.
    """
    import ibis

    rows = status.inner_join(loans.select("loan_id", "product"), "loan_id")
    share = ibis.ifelse(rows["product"].isin(SECURED_PRODUCTS), SECURED, UNSECURED)
    return rows.group_by(["customer_id", "as_of"]).aggregate(
        loss_given_default=(rows.outstanding.cast("float64") * share).sum()
    )
