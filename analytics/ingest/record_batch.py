"""Records with named values, of a file, a stream or a feed, as rows that the engine judges like a statement's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from analytics.ingest.layout import Layout
from analytics.ingest.shape import Shape

#: The books' time zone: moments with an offset are written in it.
ZONE = ZoneInfo("Asia/Kolkata")
#: Names a record's id goes under; it is the posting's id, so the same record twice is one posting.
ID_NAMES = ("transaction_id", "txnId", "txn_id", "record_id", "posting_id", "id")

FLAT_RECORD = Layout(
    name="records",
    title="Records of postings, one object each",
    bank="records",
    headings={
        "posting_id": ID_NAMES,
        "customer": ("customer_id", "customerId", "customer"),
        "account": ("account_id", "accountId", "account"),
        "date": ("transaction_date", "transactionTimestamp", "posted_at", "date", "timestamp"),
        "value_date": ("value_date", "valueDate"),
        "known_at": ("known_at",),
        "amount": ("amount",),
        "sign": ("type", "direction"),
        "balance": ("balance_after", "currentBalance", "balance"),
        "currency": ("currency",),
        "narration": ("remarks", "narration", "description"),
        "reference": ("reference", "rrn", "utr"),
        "mode": ("mode",),
        "merchant": ("merchant",),
        "mcc": ("mcc",),
        "category": ("category",),
        "subcategory": ("subcategory",),
        "city": ("location", "city"),
        "counterparty": ("counterparty",),
        "vpa": ("vpa",),
    },
    dates=("YYYY-MM-DD",),
)


@dataclass(frozen=True)
class Refused:
    """A record that cannot even be read as one: its number, why, and what it was."""

    line: int
    reason: str
    content: str = field(repr=False)


@dataclass(frozen=True)
class Batch:
    """Records as rows of text cells under one heading; ``lines`` are the records' numbers."""

    layout: Layout
    heading: tuple[str, ...]
    rows: list[list[str]] = field(repr=False)
    lines: list[int] = field(repr=False)
    refused: tuple[Refused, ...] = ()

    @property
    def shape(self) -> Shape | None:
        """Where what stands, or None where the records have no date or no amount."""
        from analytics.ingest.shape import columns_of, missing

        columns = columns_of(self.layout, self.heading)
        return None if missing(columns) else Shape(self.layout, 0, self.heading, columns, "", 1.0)


def batch_of(records: Iterable[tuple[int, Any]], layout: Layout, refused: Sequence[Refused] = ()) -> Batch:
    """Return numbered records as a batch; what is no object is refused.

    Parameters
    ----------
    records
        Number of the record and the record.
    layout
        Says what each name means.
    """
    kept: list[tuple[int, Mapping[str, Any]]] = []
    bad = list(refused)
    for number, record in records:
        if isinstance(record, Mapping):
            kept.append((number, record))
        else:
            bad.append(Refused(number, "The record is not an object: expected names and values.", _text(record)))
    names = tuple(dict.fromkeys(str(name) for _, record in kept for name in record))
    rows = [[_text(record.get(name)) for name in names] for _, record in kept]
    return Batch(layout, names, rows, [number for number, _ in kept], tuple(bad))


def _text(value: Any) -> str:
    """Write a value as a statement would: moments without their offset in the books' time zone, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _local(value.strip())
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list, bool)) else str(value)


def _local(text: str) -> str:
    """Return an ISO moment with an offset in the books' time zone; any other text as it is."""
    if not ("T" in text[:12] and 19 <= len(text) <= 40 and text[:4].isdigit()):
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    local = moment.astimezone(ZONE) if moment.tzinfo else moment
    return local.replace(tzinfo=None).isoformat(" ", "seconds")
