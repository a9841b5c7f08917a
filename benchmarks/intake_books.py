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

    from analytics.writer import Writer

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


def write_csv(writer: Writer, file: Path, postings: int) -> int:
    """Simulate and write until the file holds ``postings`` rows; return how many it holds."""
    import pyarrow.csv as pc

    from analytics.sandbox import SandboxProfile, simulate

    written = 0
    with file.open("wb") as out:
        out.write(HEADING.encode() + b"\n")
        for chunk in simulate(SandboxProfile(CUSTOMERS_AT_MOST, MONTHS, SEED, chunk_customers=CHUNK)):
            rows = _as_text(writer, chunk.tables["transactions"])
            rows = rows.slice(0, postings - written)
            pc.write_csv(rows, out, pc.WriteOptions(include_header=False, quoting_style="needed"))
            written += rows.num_rows
            print(f"{written:,} rows …", file=sys.stderr, flush=True)
            if written >= postings:
                break
    return written


def _as_text(writer: Writer, postings: pa.Table) -> pa.Table:
    with writer.registered(postings):
        return writer.connection.execute("""
            SELECT account_id, customer_id, strftime(posted_at, '%d/%m/%Y') AS posted, narration, reference,
                   CASE WHEN amount < 0 THEN -amount END AS withdrawal,
                   CASE WHEN amount >= 0 THEN amount END AS deposit, balance_after AS balance
            FROM arriving
        """).to_arrow_table()
