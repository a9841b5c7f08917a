"""What is computed from the canonical tables."""

from __future__ import annotations

from analytics.schema.table import MONEY, Table, declared

LOAN_STATUS = declared(
    "loan_status",
    "Derived: each loan at each month end.",
    "loan_id as_of",
    "loan_id as_of",
    f"""
    loan_id       | VARCHAR | loan
    customer_id   | VARCHAR | borrower
    as_of         | DATE    | month end
    outstanding   | {MONEY} | principal outstanding, positive
    days_past_due | INTEGER | as_of − oldest unpaid due date + 1; 0 when nothing is overdue
    sma_class     | VARCHAR | standard, SMA-0, SMA-1, SMA-2, NPA, written_off
    """,
)

RECURRING_PAYMENTS = declared(
    "recurring_payments",
    "Derived: payments of a customer that come back, with the date the next is expected.",
    "customer_id party direction recurring_kind amount first_on",
    "customer_id next_expected_on",
    f"""
    customer_id      | VARCHAR | who pays or is paid
    party            | VARCHAR | the other party, as rows are compared by: merchant, or the beginning of a name
    direction        | VARCHAR | credit, debit
    recurring_kind   | VARCHAR | salary, rent, emi, sip, insurance, subscription, utility
    cadence          | VARCHAR | weekly, monthly, quarterly, yearly
    hits             | BIGINT  | postings it was seen in
    amount           | {MONEY} | the usual amount, positive
    spread           | DOUBLE  | coefficient of variation of the amounts
    first_on         | DATE    | first posting
    last_on          | DATE    | newest posting
    next_expected_on | DATE    | the cadence after the newest; paydays before a weekend
    bounces          | BIGINT  | how many of them came back
    """,
)

SCORES_HISTORY = declared(
    "history",
    "Scores of every model, month end by month end.",
    "customer_id as_of model version",
    "model as_of customer_id",
    f"""
    customer_id   | VARCHAR | who
    as_of         | DATE    | as-of of the score
    model         | VARCHAR | credit, churn, …
    version       | VARCHAR | model version
    score         | INTEGER | points on the model's scale
    probability   | DOUBLE  | calibrated probability of the model's event
    band          | VARCHAR | very low, low, medium, high, very high
    rank          | BIGINT  | 1 is the riskiest within model and as-of
    percentile    | DOUBLE  | share of scored customers with a lower probability, 0 to 100
    exposure      | {MONEY} | outstanding over the customer's open loans, credit alone
    expected_loss | {MONEY} | probability × loss given default × exposure, credit alone
    backcast      | BOOLEAN | scored by a model trained on later data
    reasons       | STRUCT(concept VARCHAR, "text" VARCHAR, points DOUBLE, direction VARCHAR)[] | at most four
    thin_file     | BOOLEAN | the books know too little of the customer for the score to stand alone
    """,
    schema="scores",
)

SCORES_LATEST = Table(
    "scores", "latest", "The champion's rows at the newest as-of of each model.", ("customer_id", "model"),
    ("model", "customer_id"), SCORES_HISTORY.columns,
)  # fmt: skip

SCORES_HAZARDS = declared(
    "hazards",
    "Probability of a model's event by horizon, at the newest as-of; it never falls as the horizon grows.",
    "customer_id as_of model version horizon_days",
    "model as_of customer_id",
    """
    customer_id  | VARCHAR | who
    as_of        | DATE    | as-of of the score
    model        | VARCHAR | churn, …
    version      | VARCHAR | model version
    horizon_days | INTEGER | days after the gap by whose end the event has come
    probability  | DOUBLE  | calibrated probability of that
    """,
    schema="scores",
)

CUSTOMER_MONTHLY = declared(
    "customer_monthly",
    "Features per customer and month end; a column per declared feature.",
    "customer_id as_of",
    "as_of customer_id",
    """
    customer_id | VARCHAR | who
    as_of       | DATE    | month end
    """,
    schema="features",
)

APPLICATIONS = declared(
    "applications",
    "Features of a loan on its eve, for sources that tell how loans ended and no instalments.",
    "customer_id as_of",
    "customer_id as_of",
    """
    customer_id | VARCHAR | who
    as_of       | DATE    | eve of the disbursal
    """,
    schema="features",
)

PASSAGES = declared(
    "passages",
    "Passages of the knowledge base.",
    "passage_id",
    "document_id position",
    """
    passage_id     | VARCHAR | document#section
    document_id    | VARCHAR | document
    position       | INTEGER | place within the document, from 1
    title          | VARCHAR | document's title
    section        | VARCHAR | heading
    text           | VARCHAR | the passage
    kind           | VARCHAR | compliance, schema, product, model, own (added by the workspace's people)
    status         | VARCHAR | in force, superseded, draft, …
    effective_from | DATE    | first day in force
    effective_to   | DATE    | last day in force, empty while it lasts
    source         | VARCHAR | instrument and paragraph
    verified_on    | DATE    | last checked
    """,
    schema="knowledge",
)

OWN_DOCUMENTS = declared(
    "own_documents",
    "Documents that the workspace's own people added; their text stands among the passages.",
    "document_id",
    "document_id",
    """
    document_id | VARCHAR   | document
    file_name   | VARCHAR   | the file it came as, personal data in it as tokens
    title       | VARCHAR   | title
    digest      | VARCHAR   | SHA-256 of the file
    bytes       | BIGINT    | size of the file
    passages    | INTEGER   | passages made of it
    roles       | VARCHAR[] | roles that may read it; empty for all that may search the knowledge base
    hidden      | INTEGER   | personal values that stand in it as tokens
    added_by    | VARCHAR   | who added it
    added_at    | TIMESTAMP | when, UTC
    """,
    schema="knowledge",
)
