"""Berka's transactions: the whole file, or the partial extract that says which part a row is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.berka_codes import BANK_POSTED, DIRECTIONS, MODES, OPERATION_PURPOSES, PURPOSES, Purpose
from analytics.ingest.canonical import canonical, look_up
from analytics.ingest.records import ENDINGS, Records, find, read_delimited, read_parquet
from analytics.schema import TRANSACTIONS, arrow_schema

PARTIAL = "trans_partial.parquet"
COLUMNS = ("trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account")

WHOLE_PART = "whole"
#: Every posting of these accounts before their loan of 1997 or 1998.
PRELOAN_PART = "preloan_1997_1998"
#: Every posting of the bank's sample up to the last whole day of the extract.
OPENING_PART = "opening_1993_1994"
OPENING_TO = dt.date(1994, 3, 30)

TRANSACTIONS_SCHEMA = arrow_schema(TRANSACTIONS)
HISTORIES_SCHEMA = pa.schema([("loan_id", pa.string()), ("complete", pa.bool_()), ("part", pa.string())])


def read_postings(folder: Path) -> Records:
    """Read ``trans`` with one of the usual endings, else the partial Parquet file."""
    path = find(folder, [*(f"trans{ending}" for ending in ENDINGS), PARTIAL])
    if path.name == PARTIAL:
        return read_parquet(path, [*COLUMNS, "part"])
    return read_delimited(folder, "trans", COLUMNS, {})


def transactions(postings: Records, accounts: pa.Table, orders: Records, currency: str) -> pa.Table:
    """Return ``core.transactions``; a posting of an account that is not in ``accounts`` is a `SourceError`."""
    account_ids = postings.text("account_id", required=True)
    direction = _meaning(postings.code("type", DIRECTIONS), DIRECTIONS)
    amount = postings.money("amount")
    bank = postings.text("bank")
    payee = _payee(bank, postings.text("account"))
    day = postings.dates("date")
    posted_at = day.cast(pa.timestamp("us"))
    columns = {
        "transaction_id": postings.text("trans_id", required=True),
        "account_id": account_ids,
        "customer_id": _owners(postings, account_ids, accounts),
        "posted_at": posted_at,
        "value_date": day,
        "known_at": posted_at,
        "amount": pc.if_else(pc.equal(direction, "debit"), pc.negate(amount), amount),
        "currency": currency,
        "balance_after": postings.money("balance"),
        "direction": direction,
        "counterparty": payee,
        "bank": bank,
        "is_own_transfer": False,
        "source": "berka",
        **_told_by_codes(
            postings.text("operation"), postings.text("k_symbol"), _ordered_symbols(account_ids, payee, orders)
        ),
    }
    return canonical(TRANSACTIONS, columns, len(postings))


def loan_histories(postings: Records, loans: pa.Table) -> pa.Table:
    """Return for each loan whether all postings of its account before it are there, and in which part of the files."""
    loan_ids, account_ids = loans["loan_id"].combine_chunks(), loans["account_id"].combine_chunks()
    if not postings.has("part"):
        parts = pa.repeat(pa.scalar(WHOLE_PART), len(loan_ids))
    else:
        preloan = postings.text("account_id").filter(pc.equal(postings.text("part"), PRELOAN_PART))
        is_preloan = pc.is_in(account_ids, value_set=pc.unique(preloan))
        is_opening = pc.less_equal(loans["disbursed_on"].combine_chunks(), pa.scalar(OPENING_TO, pa.date32()))
        parts = pc.if_else(is_preloan, PRELOAN_PART, pc.if_else(is_opening, OPENING_PART, pa.scalar(None, pa.string())))
    return pa.Table.from_arrays([loan_ids, parts.is_valid(), parts], schema=HISTORIES_SCHEMA)


def _owners(postings: Records, account_ids: Any, accounts: pa.Table) -> Any:
    owners = look_up(account_ids, accounts["account_id"], accounts["customer_id"].combine_chunks())
    if owners.null_count:
        row = int(pc.index(owners.is_null(), True).as_py())
        raise postings.error(
            row, "account_id", f"is {account_ids[row].as_py()!r}, which the account file does not have"
        )
    return owners


def _told_by_codes(*codes: Any) -> dict[str, Any]:
    """Return the columns that the codes alone tell, worked out once for each combination of operation and symbols."""
    encoded = [pc.dictionary_encode(column, null_encoding="encode") for column in codes]
    places = [column.indices.to_numpy() for column in encoded]
    sizes = [max(1, len(column.dictionary)) for column in encoded]
    combined, where = np.unique(np.ravel_multi_index(places, sizes), return_inverse=True)
    parts = np.unravel_index(combined, sizes)
    operation, symbol, ordered = (
        column.dictionary.take(pa.array(part)) for column, part in zip(encoded, parts, strict=True)
    )
    told = {
        "mode": _modes(operation, symbol),
        "narration": _joined(" ", operation, symbol),
        **_purposes(operation, symbol, ordered),
    }
    return {name: column.take(pa.array(where)) for name, column in told.items()}


def _modes(operation: Any, symbol: Any) -> Any:
    by_bank = pc.is_in(symbol, value_set=pa.array(BANK_POSTED))
    return pc.if_else(by_bank, "other", pc.fill_null(_meaning(operation, MODES), "other"))


def _ordered_symbols(account_ids: Any, payee: Any, orders: Records) -> Any:
    """Return the symbol of the standing order with the posting's account and payee, null where there is none."""
    wanted = pc.binary_join_element_wise(account_ids, payee, "/")  # null where the payee is
    ordered_to = _payee(orders.text("bank_to"), orders.text("account_to"))
    ordered = pc.binary_join_element_wise(orders.text("account_id"), ordered_to, "/")
    found = look_up(wanted, ordered, orders.text("k_symbol"))
    return pc.if_else(wanted.is_valid(), found, pa.scalar(None, pa.string()))


def _purposes(operation: Any, symbol: Any, ordered_symbol: Any) -> dict[str, Any]:
    """Return the category columns: by the bank's symbol, else the standing order's, else the operation."""
    sources: tuple[tuple[str, Any, Mapping[str, Purpose], float], ...] = (
        ("symbol", symbol, PURPOSES, 1.0),
        ("order", ordered_symbol, PURPOSES, 0.9),
        ("operation", operation, OPERATION_PURPOSES, 1.0),
    )
    columns: dict[str, Any] = {}
    for label, codes, meanings, trust in sources:
        found: dict[str, Mapping[str, Any]] = {
            "category": {code: purpose.category for code, purpose in meanings.items()},
            "subcategory": {code: purpose.subcategory for code, purpose in meanings.items()},
            "category_confidence": {code: trust * purpose.confidence for code, purpose in meanings.items()},
            "category_rule": {code: f"berka:{label}:{code}" for code in meanings},
            "recurring_kind": {code: purpose.recurring_kind for code, purpose in meanings.items()},
        }
        for column, meaning in found.items():
            values = _meaning(codes, meaning, TRANSACTIONS_SCHEMA.field(column).type)
            columns[column] = pc.coalesce(columns[column], values) if column in columns else values
    return columns


def _meaning(codes: Any, meanings: Mapping[str, Any], kind: Any = None) -> Any:
    return look_up(codes, pa.array(list(meanings), pa.string()), pa.array(list(meanings.values()), kind or pa.string()))


def _joined(separator: str, *parts: Any) -> Any:
    """Join texts row by row, leaving out nulls; null where nothing is left."""
    joined = pc.utf8_trim(pc.binary_join_element_wise(*(part.fill_null("") for part in parts), separator), separator)
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _payee(bank: Any, account: Any) -> Any:
    """Return the other party as Czech statements write it, ``account/bank``; null where the account is not known."""
    known = pc.and_kleene(account.is_valid(), pc.not_equal(account, "0"))
    return pc.if_else(known, _joined("/", account, bank), pa.scalar(None, pa.string()))
