"""The raw CSV an intake is measured on: a generated lender's postings, written as a bank's export would write them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.ingest.mapping import ColumnMapping

if TYPE_CHECKING:
    import pyarrow as pa

MONTHS, SEED, CHUNK = 42, 7, 1_000
CUSTOMERS_AT_MOST = 10_000_000
HEADING = "Account No,Customer No,Txn Date,Narration,Ref No,Withdrawal,Deposit,Balance"
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "account": "Account No",
        "customer": "Customer No",
        "date": "Txn Date",
        "narration": "Narration",
        "reference": "Ref No",
        "debit": "Withdrawal",
        "credit": "Deposit",
        "balance": "Balance",
    }
)
MAPPING = ColumnMapping(columns=COLUMNS, dates=("DD/MM/YYYY",), currency="INR")


def write_export(file: Path, postings: int) -> int:
    """Simulate and write until the file holds ``postings`` rows; return how many it holds."""
    import pyarrow.csv as pc

    from analytics.sandbox import SandboxProfile, simulate

    written = 0
    with file.open("wb") as out:
        out.write(HEADING.encode() + b"\n")
        for chunk in simulate(SandboxProfile(CUSTOMERS_AT_MOST, MONTHS, SEED, chunk_customers=CHUNK)):
            rows = _as_text(chunk.tables["transactions"]).slice(0, postings - written)
            pc.write_csv(rows, out, pc.WriteOptions(include_header=False, quoting_style="needed"))
            written += rows.num_rows
            print(f"{written:,} rows …", file=sys.stderr, flush=True)
            if written >= postings:
                break
    return written


def _as_text(postings: pa.Table) -> pa.Table:
    """Return postings under the headings of the export, as text and figures."""
    import pyarrow as pa
    import pyarrow.compute as pc

    amount = postings["amount"]
    out, nothing = pc.less(amount, 0), pa.scalar(None, amount.type)
    columns = {
        "Account No": postings["account_id"],
        "Customer No": postings["customer_id"],
        "Txn Date": pc.strftime(postings["posted_at"], format="%d/%m/%Y"),
        "Narration": postings["narration"],
        "Ref No": postings["reference"],
        "Withdrawal": pc.if_else(out, pc.negate(amount), nothing),
        "Deposit": pc.if_else(out, nothing, amount),
        "Balance": postings["balance_after"],
    }
    return pa.table(columns)


#: The rows of a day after all others: drawn from what the export holds, each account's balance going on from its last.
DAY = """
COPY (
    WITH export AS (
        SELECT *, row_number() OVER () AS place
        FROM read_csv('{source}', header = true, dateformat = '%d/%m/%Y', columns = {{
            'Account No': 'VARCHAR', 'Customer No': 'VARCHAR', 'Txn Date': 'DATE', 'Narration': 'VARCHAR',
            'Ref No': 'VARCHAR', 'Withdrawal': 'DECIMAL(18,2)', 'Deposit': 'DECIMAL(18,2)',
            'Balance': 'DECIMAL(18,2)'}})
    ), last AS (
        SELECT "Account No", arg_max(Balance, place) AS balance FROM export GROUP BY 1
    ), drawn AS (
        SELECT *, row_number() OVER (ORDER BY hash(place)) AS nth,
               coalesce(Deposit, 0) - coalesce(Withdrawal, 0) AS amount
        FROM export ORDER BY hash(place) LIMIT {rows}
    )
    SELECT "Account No", "Customer No", strftime((SELECT max("Txn Date") + 1 FROM export), '%d/%m/%Y') AS "Txn Date",
           regexp_replace(Narration, '\\d{{12}}', (900000000000 + nth)::VARCHAR) AS Narration,
           CASE WHEN "Ref No" IS NOT NULL THEN (900000000000 + nth)::VARCHAR END AS "Ref No", Withdrawal, Deposit,
           last.balance + sum(amount) OVER (PARTITION BY "Account No" ORDER BY nth) AS Balance
    FROM drawn JOIN last USING ("Account No") ORDER BY nth
) TO '{target}' (HEADER)
"""


def write_day(source: Path, target: Path, rows: int) -> int:
    """Write ``rows`` postings of the day after the newest in ``source``, for accounts it holds."""
    from analytics.engine import passing_backend

    passing_backend().raw_sql(DAY.format(source=source, target=target, rows=rows))
    return rows


if __name__ == "__main__":
    what, target, rows, *source = sys.argv[1:]
    if what == "day":
        write_day(Path(source[0]), Path(target), int(rows))
    else:
        write_export(Path(target), int(rows))
