"""The canonical tables: where every source ends.

Money is ``DECIMAL(18,2)`` in the account's currency, signed: credits positive, debits negative.
"""

from __future__ import annotations

from analytics.schema.table import MONEY, declared

CUSTOMERS = declared(
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

ACCOUNTS = declared(
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

TRANSACTIONS = declared(
    "transactions",
    "One row per posting.",
    "transaction_id",
    "posted_at customer_id",
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

LOANS = declared(
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

INSTALMENTS = declared(
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

SESSIONS = declared(
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

LOAN_OUTCOMES = declared(
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

LOAN_HISTORIES = declared(
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
