"""What an oracle of default may see: the truth of today, never of tomorrow.

The oracle is a learner over `oracle_columns` of `SandboxChunk.truth` at a month end. It knows each customer's traits,
which no book shows (how stable his work is, how disciplined he is, the buffer he likes to hold), what is happening to
him (a blow to his income, strain, costs still to be paid, money put aside, debts elsewhere) and what the lender knows
of his loans (days past due, instalments to income, the balance in months of instalments). What it does not know is
what no one can: which blows fall after the as-of, and how long they last (recovery has no memory).

Its question: among customers for whom `eligible` holds, will any loan open at the as-of be 90 or more days past due on
some day of the following 12 months? What a model over the books alone lacks against it is what the books hide.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

TRAITS = ("age", "stability", "discipline", "engagement", "buffer", "income", "rent", "children")
STATES = (
    "income_now", "income_factor", "perceived_income", "income_shock", "stress", "wealth", "burden", "loan_app_debt",
    "outside_emi", "outside_months_left", "card_owed", "card_limit", "needs", "bounces", "fading", "salary_moved",
    "months_since_job_loss", "months_since_job_change", "months_since_medical", "months_since_marriage",
    "months_since_child",
)  # fmt: skip
LOANS = (
    "open_loans", "emi_total", "emi_to_income", "emi_to_income_now", "balance", "low_balance",
    "balance_in_instalments", "days_past_due", "months_left",
)  # fmt: skip


def oracle_columns() -> tuple[str, ...]:
    """Return the numeric and boolean columns of the truth that the oracle sees."""
    return (*TRAITS, *STATES, *LOANS)


def leaving_columns() -> tuple[str, ...]:
    """Return the columns of the truth that an oracle of leaving sees: traits, what happens to him, whether he fades.

    ``fading`` and ``salary_moved`` are stages of the way out; which of those who fade move on, and when, and whose work
    is lost after the as-of, no one can know.
    """
    return (*TRAITS, *STATES, "open_loans", "balance", "low_balance")


def eligible(truth: pa.Table) -> pa.Table:
    """Return the truth's rows of customers with an open loan, none of them NPA (more than 90 days past due)."""
    borrows = pc.greater(truth["open_loans"], 0)
    return truth.filter(pc.and_(borrows, pc.less_equal(truth["days_past_due"], 90)))
