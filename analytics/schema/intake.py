"""What came in, as it came, and what was made of its quality."""

from __future__ import annotations

from analytics.schema.table import MONEY, declared

RAW_FILES = declared(
    "files",
    "One row per file, table or feed batch that was read.",
    "file_id",
    "file_id",
    """
    file_id      | VARCHAR | digest of the content
    name         | VARCHAR | file name or address without folder and credentials
    source       | VARCHAR | layout or source that read it
    bytes        | BIGINT  | size
    account_ids  | VARCHAR[] | accounts in it
    first_day    | DATE    | first posting date
    last_day     | DATE    | last posting date
    rows_read    | BIGINT  | rows in the file that are neither heading nor footer
    rows_kept    | BIGINT  | rows that became postings
    rows_rejected | BIGINT | rows in quarantine
    guessed      | VARCHAR | what was guessed of its layout, as JSON
    """,
    schema="raw",
)

RAW_POSTINGS = declared(
    "postings",
    "Postings as the sources said them: typed, neither cleaned nor enriched.",
    "file_id line",
    "customer_id posted_at",
    f"""
    posting_id    | VARCHAR   | the source's id, else a digest of what the row says
    file_id       | VARCHAR   | file it came with
    line          | BIGINT    | line or record within the file, from 1
    ordinal       | BIGINT    | place in the account's order of time within the file
    account_id    | VARCHAR   | account
    customer_id   | VARCHAR   | owner
    posted_at     | TIMESTAMP | posting time, workspace's time zone
    value_date    | DATE      | value date
    known_at      | TIMESTAMP | when the source made the row known
    amount        | {MONEY}   | credits positive, debits negative
    currency      | VARCHAR   | ISO 4217
    balance_after | {MONEY}   | account balance after the row
    narration     | VARCHAR   | text on the statement, wrapped lines joined
    reference     | VARCHAR   | reference or cheque number column
    mode          | VARCHAR   | rail, where the source tells it
    counterparty  | VARCHAR   | other party, where the source tells it
    vpa           | VARCHAR   | virtual payment address, where the source tells it
    mcc           | VARCHAR   | merchant category code, where the source tells it
    merchant      | VARCHAR   | merchant, where the source tells it
    category      | VARCHAR   | primary category, where the source tells it
    subcategory   | VARCHAR   | detailed category, where the source tells it
    city          | VARCHAR   | city, where the source tells it
    source        | VARCHAR   | layout or source
    """,
    schema="raw",
)

QUARANTINE = declared(
    "quarantine",
    "Rows that could not become postings, as they came.",
    "file_id line",
    "file_id line",
    """
    file_id | VARCHAR | file it came with
    line    | BIGINT  | line or record within the file, from 1
    source  | VARCHAR | layout or source
    reason  | VARCHAR | what was wrong and what was expected
    content | VARCHAR | the row's cells as a JSON list
    state   | VARCHAR | open, mended, ignored
    """,
    schema="quality",
)

BUILDS = declared(
    "builds",
    "One row per build.",
    "build_id",
    "build_id",
    """
    build_id   | VARCHAR   | id
    kind       | VARCHAR   | full, incremental
    started_at | TIMESTAMP | load time, UTC
    seconds    | DOUBLE    | how long it took
    inputs     | VARCHAR   | files with their digests, as JSON
    steps      | VARCHAR   | rows in and out and seconds of each step, as JSON
    """,
    schema="quality",
)

CHECKS = declared(
    "checks",
    "What each build checked.",
    "build_id name",
    "build_id name",
    """
    build_id | VARCHAR | build
    name     | VARCHAR | check
    title    | VARCHAR | what is checked, in words
    status   | VARCHAR | pass, warn, fail, not applicable
    found    | DOUBLE  | rows or share found
    limit_at | DOUBLE  | from which it warns
    sentence | VARCHAR | the finding
    """,
    schema="quality",
)

FINDINGS = declared(
    "findings",
    "Rows the books doubt: breaks in the balance, duplicates left out, missing periods, signs of tampering.",
    "kind account_id transaction_id day",
    "account_id day",
    f"""
    kind           | VARCHAR | balance_break, summary_mismatch, duplicate, near_duplicate, missing_period, tampering …
    account_id     | VARCHAR | account
    customer_id    | VARCHAR | owner
    transaction_id | VARCHAR | row, where it is one
    day            | DATE    | posting date, or first day of a period
    file_id        | VARCHAR | file, where the row came with one
    line           | BIGINT  | line in the file
    expected       | {MONEY} | amount or balance that would add up
    found          | {MONEY} | amount or balance that is there
    sentence       | VARCHAR | what is doubted and why, without personal data
    """,
    schema="quality",
)

CORRECTIONS = declared(
    "corrections",
    "What people corrected; each is a rule with its provenance.",
    "correction_id",
    "correction_id",
    """
    correction_id | VARCHAR   | id
    scope         | VARCHAR   | transaction, merchant, counterparty, narration
    matches       | VARCHAR   | what it applies to
    merchant      | VARCHAR   | merchant it sets, if any
    category      | VARCHAR   | category it sets
    subcategory   | VARCHAR   | subcategory it sets
    made_by       | VARCHAR   | role of who made it
    made_at       | TIMESTAMP | load time, UTC
    """,
    schema="quality",
)
