"""A simulated lender as its customers' statements tell it: overlapping files, hazards of every kind, no categories."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from analytics.schema import CORRECTIONS, RAW_POSTINGS, arrow_schema

#: What a statement tells, for each n-th row of an account: days alone, holes in the balance, ragged texts, odd rows.
STATEMENTS = r"""
CREATE TABLE numbered AS SELECT *,
    row_number() OVER (PARTITION BY account_id ORDER BY posted_at, transaction_id) AS n,
    dense_rank() OVER (ORDER BY account_id) AS a FROM told;
CREATE TABLE statement AS SELECT n::DOUBLE AS n, account_id, customer_id, amount, currency,
    CASE WHEN n % 600 = 5 THEN 'S-' || account_id || n END AS posting_id,
    CASE WHEN a % 5 = 0 THEN date_trunc('day', posted_at)
         WHEN a % 11 = 0 THEN posted_at + INTERVAL 123456 MICROSECOND ELSE posted_at END AS posted_at,
    CASE WHEN n % 3000 = 17 THEN posted_at - INTERVAL 2 DAY WHEN n % 2 = 0 THEN posted_at END AS known_at,
    CASE WHEN a % 7 = 0 AND n % 3 = 0 THEN NULL
         WHEN n % 2500 = 9 THEN balance_after + 0.4 ELSE balance_after END AS balance_after,
    CASE WHEN n % 1000 = 19 THEN NULL
         WHEN n % 53 = 6 THEN $ragged[1 + (a + n) % len($ragged)]
         WHEN n % 97 = 3 THEN '  ' || replace(narration, '/', E'/ \t') || '  '
         WHEN n % 89 = 4 THEN lower(narration) || ' é#1'
         WHEN n % 83 = 5 THEN narration[:8 + n % 40]
         WHEN n % 301 = 8 THEN 'paid to ' || narration ELSE narration END AS narration,
    CASE WHEN n % 11 = 0 THEN '' ELSE reference END AS reference,
    CASE WHEN n % 50 = 1 THEN mcc END AS mcc, CASE WHEN n % 70 = 2 THEN category ELSE '' END AS category,
    CASE WHEN n % 70 = 2 THEN merchant END AS merchant, CASE WHEN n % 130 = 3 THEN mode END AS mode
FROM numbered;
CREATE TABLE odd AS
    SELECT * REPLACE (n + 0.5 AS n, posted_at + INTERVAL 2 DAY AS posted_at, NULL AS known_at, -amount AS amount,
        'REV ' || narration AS narration) FROM statement WHERE n % 400 = 7 AND amount < 0 UNION ALL
    SELECT * REPLACE (n + 0.6 AS n, amount * 2 AS amount) FROM statement WHERE n % 900 = 13 UNION ALL
    SELECT statement.* REPLACE (n + k / 10 AS n, -20 AS amount, NULL AS balance_after, 'TEA STALL' AS narration,
        NULL AS reference) FROM statement, range(1, 4) AS times(k) WHERE n % 800 = 11;
CREATE TABLE everything AS FROM statement UNION ALL FROM odd;
"""
#: Texts that engines have read in different ways: signs of patterns and of escapes, scripts, blanks, broken forms.
RAGGED = (
    "", " ", "#", "$1 \\1 \\d+", "UPI-", "UPI/", "UPI/DR/", "UPI--@-", "UPI-A'B \"C\"-x.y@ok%_-HDFC0-41-",
    "NEFT CR-HDFC0000001--", "UPI/412345678901/चाय की दुकान/chai@upi/HDFC/", "upi-çay-é@ybl-SBIN0000001-123456789012-é",
    "IMPS-İSTANBUL-ISTANBUL", "POS 4512XXXXXXXX1234 CAFÉ\u00a0NOIR  PUNE IN", "ATM-CASH-\n-WRAPPED\r\nLINE\u3000WIDE",
    "ACH D- - ", "a" * 400, "TO TRANSFER-INB  --", "CHQ PAID-MICR INWARD-000000", "🍵 tea 12345678", "[x](y)*+?{2}|^$",
)  # fmt: skip
#: A file for each quarter and the days before it, one sent again, one that corrects.
FILES = r"""
CREATE TABLE filed AS
    SELECT 'Q' || year(posted_at) || quarter(posted_at) AS file_id, * FROM everything UNION ALL
    SELECT 'Q' || year(posted_at + INTERVAL 5 DAY) || quarter(posted_at + INTERVAL 5 DAY), * REPLACE (
        CASE WHEN n % 3 = 1 THEN replace(replace(narration, '/', ' / '), '-', ' - ')
             WHEN n % 3 = 2 AND reference <> '' THEN 'TRANSFER ' || reference ELSE narration END AS narration)
    FROM everything WHERE quarter(posted_at + INTERVAL 5 DAY) <> quarter(posted_at) UNION ALL
    SELECT 'again', * FROM everything WHERE n % 40 = 3 UNION ALL
    SELECT 'corrected', * REPLACE (amount + 1 AS amount, posted_at + INTERVAL 1 DAY AS known_at) FROM everything
    WHERE posting_id IS NOT NULL;
SELECT * EXCLUDE (n), 'statements' AS source, posted_at::DATE AS value_date,
    row_number() OVER (PARTITION BY file_id ORDER BY account_id, posted_at, n) AS line,
    row_number() OVER (PARTITION BY file_id, account_id ORDER BY posted_at, n) AS ordinal FROM filed
"""
#: What people corrected of it: scope, what it applies to, and what it sets.
CORRECTED = (
    ("merchant", "swiggy", "", "dining", "office"),
    ("merchant", "Swiggy", "Swiggy Ltd", "food", "delivery"),
    ("narration", "Tea Stall", "", "dining", "tea"),
    ("transaction", "S-none", "", "other", ""),
)


def statements(transactions: pa.Table) -> pa.Table:
    """Return the lender's postings as rows of `RAW_POSTINGS`: what statements tell alone, in files that overlap."""
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.register("told", transactions)
        texts = ", ".join("'" + text.replace("'", "''") + "'" for text in RAGGED)
        connection.execute(STATEMENTS.replace("$ragged", f"([{texts}])"))
        rows = connection.execute(FILES).to_arrow_table()
    schema = arrow_schema(RAW_POSTINGS)
    absent = [name for name in schema.names if name not in rows.column_names]
    for name in absent:
        rows = rows.append_column(name, pa.nulls(rows.num_rows, schema.field(name).type))
    return rows.select(schema.names).cast(schema)


def corrections() -> pa.Table:
    """Return a few corrections, one of them made anew."""
    import datetime as dt

    names = ("scope", "matches", "merchant", "category", "subcategory")
    rows: list[dict[str, Any]] = [
        {
            "correction_id": f"C{at}",
            "made_by": "analyst",
            "made_at": dt.datetime(2026, 6, 1 + at),
            **dict(zip(names, row, strict=True)),
        }
        for at, row in enumerate(CORRECTED)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(CORRECTIONS))
