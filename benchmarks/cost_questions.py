"""Ten questions, the plan a model makes of each over Munshi's tools, and the SQL it writes for those who want SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NEWEST = "as_of = (SELECT max(as_of) FROM loan_status)"
NOT_WRITTEN_OFF = "(sma_class IS NULL OR sma_class <> 'written_off')"
RISK = "ORDER BY probability_of_default DESC, exposure DESC, customer_id"
LISTED = "customer_id, probability_of_default, exposure, days_past_due"


@dataclass(frozen=True)
class CostQuestion:
    """One question.

    Attributes
    ----------
    tool, args
        Munshi's plan.
    tables
        Tables whose schema a careful model looks up before it writes SQL.
    sql
        The statement, in SQLite's dialect.
    columns
        Columns of Munshi's table that must hold what the statement's columns hold, from the first; none for a profile.
    """

    ask: str
    tool: str
    args: Mapping[str, Any]
    tables: tuple[str, ...]
    sql: str
    columns: tuple[str, ...] = ()


#: ``{customer}`` is a customer of the workspace.
QUESTIONS: tuple[CostQuestion, ...] = (
    CostQuestion("Who are my top 100 risky borrowers?", "top_risky_borrowers", {"limit": 100}, ("borrowers",),
                 f"SELECT {LISTED} FROM borrowers {RISK} LIMIT 100", tuple(LISTED.split(", "))),
    CostQuestion("Portfolio outstanding by city", "query_metrics", {"metrics": ["outstanding"], "dimensions": ["city"]},
                 ("loan_status", "customers"),
                 "SELECT city, sum(outstanding) FROM loan_status JOIN customers USING (customer_id) "
                 f"WHERE {NEWEST} AND {NOT_WRITTEN_OFF} GROUP BY city", ("city", "outstanding")),
    CostQuestion("How many customers do we have by city?", "query_metrics", {"metrics": ["customers"],
                 "dimensions": ["city"]}, ("customers",),
                 "SELECT city, count(*) FROM customers WHERE closed_on IS NULL GROUP BY city", ("city", "customers")),
    CostQuestion("Open loans by product", "query_metrics", {"metrics": ["open_loans"], "dimensions": ["product"]},
                 ("loan_status",), f"SELECT product, count(*) FROM loan_status WHERE {NEWEST} AND outstanding > 0 "
                 f"AND {NOT_WRITTEN_OFF} GROUP BY product", ("product", "open_loans")),
    CostQuestion("Which 10 borrowers have the highest expected loss?", "top_risky_borrowers", {"limit": 10,
                 "by": "expected_loss"}, ("borrowers",), "SELECT customer_id, expected_loss FROM borrowers "
                 "ORDER BY expected_loss DESC, exposure DESC, customer_id LIMIT 10", ("customer_id", "expected_loss")),
    CostQuestion("Riskiest 10 borrowers in Maharashtra", "top_risky_borrowers", {"limit": 10, "state": "Maharashtra"},
                 ("borrowers",), f"SELECT {LISTED} FROM borrowers WHERE state = 'Maharashtra' {RISK} LIMIT 10",
                 tuple(LISTED.split(", "))),
    CostQuestion("How many accounts do we have by kind?", "query_metrics", {"metrics": ["accounts"],
                 "dimensions": ["account_kind"]}, ("accounts",),
                 "SELECT kind, count(*) FROM accounts WHERE closed_on IS NULL GROUP BY kind",
                 ("account_kind", "accounts")),
    CostQuestion("Loans disbursed by product", "query_metrics", {"metrics": ["loans_disbursed"],
                 "dimensions": ["product"]}, ("loans",), "SELECT product, count(*) FROM loans GROUP BY product",
                 ("product", "loans_disbursed")),
    CostQuestion("How many customers do we have by occupation?", "query_metrics", {"metrics": ["customers"],
                 "dimensions": ["occupation"]}, ("customers",),
                 "SELECT occupation, count(*) FROM customers WHERE closed_on IS NULL GROUP BY occupation",
                 ("occupation", "customers")),
    CostQuestion("Tell me about customer {customer}", "customer_profile", {"customer_id": "{customer}"},
                 ("customers",), "SELECT * FROM customers WHERE customer_id = '{customer}'"),
)  # fmt: skip
