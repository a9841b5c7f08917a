"""Raw postings for the tests of cleaning and of the books made from files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from analytics.schema import RAW_POSTINGS, Table, arrow_schema


def raw(
    file: str,
    line: int,
    at: str,
    amount: float | str,
    narration: str = "UPI-TEA STALL",
    *,
    account: str = "A1",
    customer: str = "C1",
    balance: float | str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One raw posting; known when posted, its ordinal its line, unless told otherwise."""
    moment = dt.datetime.fromisoformat(at)
    return {
        "file_id": file,
        "line": line,
        "ordinal": line,
        "account_id": account,
        "customer_id": customer,
        "posted_at": moment,
        "value_date": moment.date(),
        "known_at": moment,
        "amount": Decimal(str(amount)),
        "currency": "INR",
        "balance_after": None if balance is None else Decimal(str(balance)),
        "narration": narration,
        "source": "test",
        **more,
    }


def arrow(rows: Iterable[Mapping[str, Any]], table: Table = RAW_POSTINGS) -> pa.Table:
    """The rows as Arrow; columns they lack are NULL."""
    schema = arrow_schema(table)
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def raw_table(rows: Iterable[Mapping[str, Any]]) -> ibis.Table:
    """The rows as an Ibis table."""
    return ibis.memtable(arrow(rows))
