"""What reading one file, table or feed batch gives: postings as they came, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa


@dataclass(frozen=True)
class Parsed:
    """One file, read.

    Attributes
    ----------
    file_id
        Digest of the content: the same bytes are the same file.
    name
        File name or address, without folder and credentials.
    source
        Layout that read it.
    bytes
        Its size.
    postings
        The columns of `analytics.schema.RAW_POSTINGS`; ``posting_id`` is NULL where the source has no ids, ``ordinal``
        follows time within the account also where the file runs newest first.
    rejected
        The columns of `analytics.schema.QUARANTINE` but ``state``: every row that is neither posting, heading nor
        footer.
    accounts, customers
        Canonical rows of `analytics.schema.ACCOUNTS` and `CUSTOMERS` that the file tells of.
    guessed
        What was guessed of the layout and why; empty where a declared layout fits.
    notes
        Sentences for the person: footers skipped, pages joined, what the layout does not hold.
    told
        What the file says of itself outside its rows, nothing of it personal: ``ifsc``, ``first_day``, ``last_day``,
        ``opening_balance``, and ``rows_read``, ``rows_kept``, ``rows_rejected``.
    """

    file_id: str
    name: str
    source: str
    bytes: int
    postings: ibis.Table
    rejected: ibis.Table
    accounts: pa.Table
    customers: pa.Table
    guessed: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
