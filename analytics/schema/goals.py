"""Goals and life events that a customer's postings give evidence of."""

from __future__ import annotations

from analytics.schema.table import declared

GOALS = declared(
    "goals",
    "Derived: goals and life events, with the figures they rest on.",
    "customer_id as_of goal",
    "as_of goal customer_id",
    """
    customer_id | VARCHAR   | who
    as_of       | DATE      | month end
    goal        | VARCHAR   | job_change, salary_step, purchase_saving, loan_need; school_fees only where switched on
    confidence  | DOUBLE    | share of such findings that were true on simulated events
    evidence    | VARCHAR[] | figures and dates, without names
    action      | VARCHAR   | product a rule allows to be suggested; empty where none
    action_note | VARCHAR   | the suggestion in words, or why there is none
    version     | VARCHAR   | model version
    """,
    schema="scores",
)
