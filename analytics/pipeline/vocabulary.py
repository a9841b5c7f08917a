"""What the pipeline makes of a posting: flags over category, subcategory, recurring kind and direction.

Each flag is one declaration; `analytics.pipeline.measures` sums and counts them. Own transfers, loan disbursals, money
from loan apps, refunds (credits in a spending category) and reversals are never inflow, hence never income.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

ESSENTIALS = ("groceries", "utilities", "health", "education", "school", "insurance", "transport", "fuel", "rent")
DISCRETIONARY = ("food_and_dining", "shopping", "entertainment", "subscriptions", "travel", "gambling")
#: Categories in which a credit is money that came in, not money that came back or was borrowed. Unknown ones count.
INFLOW = ("income", "interest", "transfer", "cash", "investment", "")
PENALTIES = ("bounce_charge", "overdraft_penalty", "card_interest")
MANDATED = ("loan_payment", "investment", "insurance", "utilities")

Row = Any
Flag = Callable[[Row], Any]


def _credit(row: Row) -> Any:
    return row.amount > 0


def _external(row: Row) -> Any:
    return ~row.own


#: Name → flag over a row whose empty texts are '' (``category``, ``subcategory``, ``recurring_kind``) and whose
#: ``own`` and ``reversal`` are true or false.
FLAGS: Mapping[str, Flag] = MappingProxyType(
    {
        "is_inflow": lambda row: _credit(row) & _external(row) & ~row.reversal & row.category.isin(INFLOW),
        "is_income": lambda row: (
            _credit(row)
            & _external(row)
            & ~row.reversal
            & ((row.category == "income") | (row.recurring_kind == "salary"))
        ),
        "is_salary": lambda row: _credit(row) & _external(row) & ~row.reversal & (row.recurring_kind == "salary"),
        "is_outflow": lambda row: _external(row) & (~_credit(row) | row.reversal),
        "is_debit": lambda row: _external(row) & ~_credit(row),
        "is_emi": lambda row: (row.category == "loan_payment") & (row.subcategory != "foreclosure"),
        "is_commitment": lambda row: row.recurring_kind.isin(("rent", "insurance", "subscription", "utility")),
        "is_bounce": lambda row: _credit(row) & row.reversal & row.category.isin(MANDATED),
        "is_emi_bounce": lambda row: _credit(row) & row.reversal & (row.category == "loan_payment"),
        "is_penalty": lambda row: (row.category == "fees") & row.subcategory.isin(PENALTIES),
        "is_loan_app": lambda row: row.category == "loan_app",
        "is_gambling": lambda row: row.category == "gambling",
        "is_saving": lambda row: row.category == "investment",
        "is_cash": lambda row: (row.category == "cash") & ~_credit(row),
        "is_essential": lambda row: row.category.isin(ESSENTIALS),
        "is_discretionary": lambda row: row.category.isin(DISCRETIONARY),
        "is_from_person": lambda row: _credit(row) & _external(row) & ~row.reversal & (row.category == "transfer"),
    }
)
