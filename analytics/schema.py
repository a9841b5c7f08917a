"""The canonical tables: where every source ends.

Money is ``DECIMAL(18,2)`` in the account's currency, signed: credits positive, debits negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.personal_data import PERSONAL_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised by one with each change to the tables below; `analytics.migrations` says how to get there.
SCHEMA_VERSION = 2

MONEY = "DECIMAL(18,2)"


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB type and meaning."""

    name: str
    type: str
    description: str

    @property
    def personal(self) -> bool:
        """Whether the column holds personal data."""
        return self.name in PERSONAL_COLUMNS


@dataclass(frozen=True)
class Table:
    """One canonical table. ``sort_by`` is the order its rows are stored in."""

    schema: str
    name: str
    description: str
    key: tuple[str, ...]
    sort_by: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def qualified(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def ddl(self) -> str:
        """The columns as they stand in CREATE TABLE."""
        return ", ".join(f'"{column.name}" {column.type}' for column in self.columns)


def _table(name: str, description: str, key: str, sort_by: str, columns: str, schema: str = "core") -> Table:
    rows = [line.split("|") for line in columns.strip().splitlines()]
    return Table(
        schema,
        name,
        description,
        tuple(key.split()),
        tuple(sort_by.split()),
        tuple(Column(a.strip(), b.strip(), c.strip()) for a, b, c in rows),
    )


CUSTOMERS = _table(
    "customers",
    "One row per customer.",
    "customer_id",
    "customer_id",
    """
    customer_id   | VARCHAR   | identifier within the workspace; not personal
    full_name     | VARCHAR   | name as the lender knows it
    gender        | VARCHAR   | F, M, other or empty; never a feature
    birth_date    | DATE      | date of birth
    phone         | VARCHAR   | E.164
    email         | VARCHAR   | e-mail address
    tax_pan       | VARCHAR   | income-tax permanent account number
    city          | VARCHAR   | city of residence
    state         | VARCHAR   | state or region name
    region        | VARCHAR   | North, South, East, West, Central or Northeast in India
    occupation    | VARCHAR   | salaried, self_employed, business, gig, retired, student
    employer      | VARCHAR   | employer's name
    kyc_status    | VARCHAR   | verified, pending, expired
    contact_flags | VARCHAR[] | dispute, deceased, legal, do_not_contact
    joined_on     | DATE      | first relationship
    closed_on     | DATE      | relationship closed, empty while open
    """,
)

ACCOUNTS = _table(
    "accounts",
    "One row per account.",
    "account_id",
    "customer_id account_id",
    f"""
    account_id   | VARCHAR | identifier within the workspace
    customer_id  | VARCHAR | owner
    kind         | VARCHAR | savings, current, credit_card, wallet, loan
    currency     | VARCHAR | ISO 4217
    card_number  | VARCHAR | primary card number where the account has one
    credit_limit | {MONEY} | sanctioned limit, credit cards and overdrafts
    branch       | VARCHAR | home branch
    opened_on    | DATE    | account opened
    closed_on    | DATE    | account closed, empty while open
    """,
)

TRANSACTIONS = _table(
    "transactions",
    "One row per posting.",
    "transaction_id",
    "customer_id posted_at",
    f"""
    transaction_id      | VARCHAR   | the source's id, else a deterministic one
    account_id          | VARCHAR   | account
    customer_id         | VARCHAR   | owner of the account
    posted_at           | TIMESTAMP | posting time, workspace's time zone
    value_date          | DATE      | value date
    known_at            | TIMESTAMP | when the source made the row known
    amount              | {MONEY}   | credits positive, debits negative
    currency            | VARCHAR   | ISO 4217
    balance_after       | {MONEY}   | account balance after the row
    mode                | VARCHAR   | upi, neft, imps, rtgs, nach, card, pos, atm, cheque, cash, netbanking, wallet …
    direction           | VARCHAR   | credit, debit
    narration           | VARCHAR   | text on the statement
    counterparty        | VARCHAR   | other party's name
    vpa                 | VARCHAR   | virtual payment address
    reference           | VARCHAR   | RRN, UTR or the bank's reference
    ifsc                | VARCHAR   | other party's IFSC
    bank                | VARCHAR   | other party's bank
    remark              | VARCHAR   | payer's note
    mcc                 | VARCHAR   | merchant category code, text
    merchant            | VARCHAR   | normalised merchant; empty for persons
    category            | VARCHAR   | primary category
    subcategory         | VARCHAR   | detailed category
    category_confidence | DOUBLE    | 0 to 1
    category_rule       | VARCHAR   | id of the rule that decided
    city                | VARCHAR   | city of the posting where known
    recurring_kind      | VARCHAR   | salary, rent, emi, sip, insurance, subscription, utility, or empty
    is_own_transfer     | BOOLEAN   | between the customer's own accounts
    reversal_of         | VARCHAR   | transaction_id that this row reverses
    source              | VARCHAR   | source it came from
    """,
)

LOANS = _table(
    "loans",
    "One row per loan.",
    "loan_id",
    "customer_id loan_id",
    f"""
    loan_id        | VARCHAR | identifier within the workspace
    customer_id    | VARCHAR | borrower
    account_id     | VARCHAR | account the instalments are drawn from
    product        | VARCHAR | personal_loan, home_loan, two_wheeler, consumer_durable, business_loan, gold_loan, …
    principal      | {MONEY} | disbursed amount
    annual_rate    | DOUBLE  | nominal yearly rate as a fraction; 0.16 is 16 %
    tenor_months   | INTEGER | number of instalments
    disbursed_on   | DATE    | disbursal
    emi_amount     | {MONEY} | equated monthly instalment
    closed_on      | DATE    | repaid or settled, empty while open
    written_off_on | DATE    | written off, empty otherwise
    """,
)

INSTALMENTS = _table(
    "instalments",
    "One row per instalment due.",
    "loan_id instalment_no",
    "loan_id instalment_no",
    f"""
    loan_id       | VARCHAR | loan
    instalment_no | INTEGER | from 1
    due_on        | DATE    | due date
    amount_due    | {MONEY} | amount due, positive
    paid_on       | DATE    | date it was paid in full, empty while unpaid
    amount_paid   | {MONEY} | amount paid so far, positive
    """,
)

SESSIONS = _table(
    "sessions",
    "One row per login or app open.",
    "customer_id started_at",
    "customer_id started_at",
    """
    customer_id | VARCHAR   | who
    started_at  | TIMESTAMP | when
    channel     | VARCHAR   | app, web, ivr, branch
    """,
)

LOAN_STATUS = _table(
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

SCORES_HISTORY = _table(
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
    exposure      | {MONEY} | outstanding over the customer's open loans
    expected_loss | {MONEY} | probability × loss given default × exposure
    backcast      | BOOLEAN | scored by a model trained on later data
    reasons       | STRUCT(concept VARCHAR, "text" VARCHAR, points DOUBLE, direction VARCHAR)[] | at most four
    """,
    schema="scores",
)

LOAN_OUTCOMES = _table(
    "loan_outcomes",
    "How a loan ended, for sources that tell it without instalments.",
    "loan_id",
    "loan_id",
    """
    loan_id     | VARCHAR | loan
    bad         | BOOLEAN | ended unpaid, or in debt while it runs
    observed_on | DATE    | date the outcome was known
    complete    | BOOLEAN | the contract had ended
    """,
)

SCORES_LATEST = Table(
    "scores", "latest", "The champion's rows at the newest as-of of each model.", ("customer_id", "model"),
    ("model", "customer_id"), SCORES_HISTORY.columns,
)  # fmt: skip

CUSTOMER_MONTHLY = _table(
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

APPLICATIONS = _table(
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

MODELS_REGISTRY = _table(
    "registry",
    "Every model version, with its payload and card.",
    "model version",
    "model version",
    """
    model            | VARCHAR | credit, churn, …
    version          | VARCHAR | version within the model
    trained_at_as_of | DATE    | as-of by which every training label was complete
    champion         | BOOLEAN | the version that serves
    payload          | BLOB    | the fitted model
    card             | VARCHAR | the model card as JSON
    """,
    schema="models",
)

PASSAGES = _table(
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
    kind           | VARCHAR | compliance, schema, product, model
    status         | VARCHAR | in force, superseded, draft, …
    effective_from | DATE    | first day in force
    effective_to   | DATE    | last day in force, empty while it lasts
    source         | VARCHAR | instrument and paragraph
    verified_on    | DATE    | last checked
    """,
    schema="knowledge",
)

LOAN_HISTORIES = _table(
    "loan_histories",
    "Which loans' accounts are in an extract with all their postings.",
    "loan_id",
    "loan_id",
    """
    loan_id  | VARCHAR | loan
    complete | BOOLEAN | every posting of the account before the disbursal is there
    part     | VARCHAR | part of the extract it came with
    """,
)

CORE: tuple[Table, ...] = (
    CUSTOMERS, ACCOUNTS, TRANSACTIONS, LOANS, INSTALMENTS, SESSIONS, LOAN_OUTCOMES, LOAN_HISTORIES,
)  # fmt: skip
DERIVED: tuple[Table, ...] = (
    LOAN_STATUS, SCORES_HISTORY, SCORES_LATEST, CUSTOMER_MONTHLY, APPLICATIONS, MODELS_REGISTRY, PASSAGES,
)  # fmt: skip
TABLES: tuple[Table, ...] = CORE + DERIVED


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a canonical table without nested columns other than text lists."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        MONEY: pa.decimal128(18, 2),
        "DOUBLE": pa.float64(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
        "VARCHAR[]": pa.list_(pa.string()),
        "BLOB": pa.binary(),
    }
    return pa.schema([(column.name, types[column.type]) for column in table.columns])
