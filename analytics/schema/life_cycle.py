"""Model versions, what was decided about them, and how they do."""

from __future__ import annotations

from analytics.schema.table import declared

MODELS_REGISTRY = declared(
    "registry",
    "Every model version, with its payload and card.",
    "model version",
    "model version",
    """
    model            | VARCHAR | credit, churn, …
    version          | VARCHAR | version within the model
    trained_at_as_of | DATE    | as-of by which every training label was complete
    alias            | VARCHAR | champion, challenger, previous, retired, vintage (scores the past only)
    payload          | BLOB    | the fitted model
    card             | VARCHAR | the model card as JSON
    """,
    schema="models",
)

MODELS_DECISIONS = declared(
    "decisions",
    "What was decided about a model version, by whom and why.",
    "decision_id",
    "model decision_id",
    """
    decision_id | VARCHAR   | id
    model       | VARCHAR   | credit, churn, …
    version     | VARCHAR   | version within the model
    action      | VARCHAR   | register, approve, promote, reject, rollback, switch_off, switch_on
    by          | VARCHAR   | who decided; munshi where a rule did
    at          | TIMESTAMP | when, UTC
    reason      | VARCHAR   | why
    gate        | VARCHAR   | the checks of the gate with their figures as JSON; empty where none was passed
    """,
    schema="models",
)

MODELS_HEALTH = declared(
    "health",
    "What monitoring found of the versions that serve, check by check.",
    "model version as_of check",
    "model as_of",
    """
    model     | VARCHAR | credit, churn, …
    version   | VARCHAR | version examined
    as_of     | DATE    | month end examined
    check     | VARCHAR | score_psi, feature drift, performance, calibration, staleness, retraining
    value     | DOUBLE  | what was measured
    threshold | DOUBLE  | beyond which it warns
    status    | VARCHAR | ok, warn, alarm, cannot say
    detail    | VARCHAR | in words
    """,
    schema="models",
)
