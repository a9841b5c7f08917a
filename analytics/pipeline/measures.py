"""The monthly measures: what is kept of an account's postings for each month, as one table of declarations.

A measure reads rows of one account and month; ``rollup`` joins the accounts of a customer; ``scope`` says which kinds
of account it covers. Money measures are in the account's currency, outflows positive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Row = Any
Scope = Literal["deposit", "card", "any"]
Rollup = Literal["sum", "max", "min", "bits"]

#: Kinds of account by scope. Loan accounts mirror a loan and belong to none.
SCOPES: dict[Scope, tuple[str, ...]] = {
    "deposit": ("savings", "current", "wallet"),
    "card": ("credit_card",),
    "any": ("savings", "current", "wallet", "credit_card"),
}


@dataclass(frozen=True)
class Measure:
    """One column of the monthly table.

    Attributes
    ----------
    expression
        Aggregate over the rows of one account and month.
    categorised
        Whether it reads categories: NULL where the source has none.
    """

    name: str
    expression: Callable[[Row], Any]
    rollup: Rollup = "sum"
    scope: Scope = "deposit"
    categorised: bool = True


def _signed_sum(flag: str, sign: int) -> Callable[[Row], Any]:
    def expression(row: Row) -> Any:
        import ibis

        return ibis.ifelse(row[flag], row.amount, 0).sum() * sign

    return expression


def credits_of(name: str, flag: str, scope: Scope = "deposit") -> Measure:
    """Sum of amounts under a flag, credits positive."""
    return Measure(name, _signed_sum(flag, 1), scope=scope)


def debits_of(name: str, flag: str, scope: Scope = "deposit") -> Measure:
    """Sum of amounts under a flag, debits positive, what came back taken off."""
    return Measure(name, _signed_sum(flag, -1), scope=scope)


def count_of(name: str, flag: str, scope: Scope = "deposit") -> Measure:
    """Count the rows under a flag."""
    return Measure(name, lambda row: row[flag].cast("int32").sum(), scope=scope)


def days_of(name: str, condition: Callable[[Row], Any], scope: Scope = "deposit") -> Measure:
    """Distinct days of the month with a row that meets the condition, a bit for each: no distinct count is needed."""

    def expression(row: Row) -> Any:
        import ibis

        from analytics.pipeline.engine_functions import bit_or

        return bit_or(ibis.ifelse(condition(row), row.day_bit, 0).cast("int32"))

    return Measure(name, expression, "bits", scope, categorised=False)


MEASURES: tuple[Measure, ...] = (
    Measure("postings", lambda row: row.count(), scope="any", categorised=False),
    Measure("categorised", lambda row: (row.category != "").sum(), scope="any", categorised=False),
    credits_of("inflow", "is_inflow"),
    credits_of("income", "is_income"),
    credits_of("salary", "is_salary"),
    count_of("salary_count", "is_salary"),
    Measure("salary_day", lambda row: row.day.min(where=row.is_salary), "min"),
    debits_of("outflow", "is_outflow"),
    Measure("largest_debit", lambda row: -row.amount.min(where=row.is_debit), "max", categorised=False),
    debits_of("emi", "is_emi"),
    count_of("emi_count", "is_emi"),
    debits_of("commitments", "is_commitment", "any"),
    count_of("bounces", "is_bounce"),
    count_of("emi_bounces", "is_emi_bounce"),
    count_of("penalties", "is_penalty", "any"),
    debits_of("penalty_fees", "is_penalty", "any"),
    count_of("loan_app_count", "is_loan_app"),
    credits_of("loan_app_net", "is_loan_app"),
    debits_of("gambling", "is_gambling", "any"),
    debits_of("saving", "is_saving"),
    debits_of("cash_withdrawn", "is_cash"),
    debits_of("essentials", "is_essential", "any"),
    debits_of("discretionary", "is_discretionary", "any"),
    credits_of("from_persons", "is_from_person"),
    days_of("active_days", lambda row: ~row.own, "any"),
    days_of("negative_days", lambda row: row.balance_after < 0),
    days_of("low_days", lambda row: row.balance_after < row.low_balance),
    Measure("lowest_balance", lambda row: row.balance_after.min(), "min", categorised=False),
    Measure("balance_total", lambda row: row.balance_after.sum(), categorised=False),
    Measure("balance_count", lambda row: row.balance_after.count(), categorised=False),
)
