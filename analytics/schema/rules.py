"""A client's own rules, what became of each version, and what they make of scores."""

from __future__ import annotations

from analytics.schema.table import declared

RULES_VERSIONS = declared(
    "versions",
    "Every version of the client's rules, as it was drafted.",
    "version",
    "version",
    """
    version    | INTEGER   | counted from 1
    content    | VARCHAR   | the file as it was drafted
    drafted_by | VARCHAR   | who
    drafted_at | TIMESTAMP | when, UTC
    reason     | VARCHAR   | why
    """,
    schema="rules",
)

RULES_DECISIONS = declared(
    "decisions",
    "What was done with a version of the rules, by whom and why.",
    "decision_id",
    "version at",
    """
    decision_id | VARCHAR   | id
    version     | INTEGER   | version
    action      | VARCHAR   | simulate, approve, activate, retire
    by          | VARCHAR   | who; munshi where another version took the place
    at          | TIMESTAMP | when, UTC
    reason      | VARCHAR   | why
    alone       | BOOLEAN   | author and approver were one person
    details     | VARCHAR   | what the simulation found, as JSON; empty for other actions
    """,
    schema="rules",
)

SCORES_RULED = declared(
    "ruled",
    "What the active rules make of scores; a row where one holds, none for scores that stay the model's.",
    "customer_id as_of model version",
    "model as_of customer_id",
    """
    customer_id   | VARCHAR   | who
    as_of         | DATE      | as-of of the score
    model         | VARCHAR   | credit, churn
    version       | VARCHAR   | model version that gave the score
    rules_version | INTEGER   | version of the rules
    model_band    | VARCHAR   | the model's own band
    band          | VARCHAR   | band after the rules
    decision      | VARCHAR   | eligible, refer or decline; empty where no rule decides
    rule          | VARCHAR   | the rule that acts: on the band, else on the decision, else on a reason
    rule_text     | VARCHAR   | its text
    rules         | VARCHAR[] | every rule that acts
    reasons       | STRUCT(concept VARCHAR, "text" VARCHAR, points DOUBLE, direction VARCHAR)[] | as the rules word them
    """,
    schema="scores",
)
