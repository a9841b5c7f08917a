"""What a statement layout is declared as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: What a column of a statement can tell.
ROLES = (
    "date", "time", "value_date", "narration", "reference", "debit", "credit", "amount", "sign", "balance",
    "balance_sign", "status", "currency", "mode", "counterparty", "vpa", "mcc", "merchant", "category", "subcategory",
    "city", "account", "customer", "posting_id", "known_at",
)  # fmt: skip
#: A column that holds nothing for the books: serial numbers, branches, tags.
IGNORED = "ignored"

#: Words that say on which side an amount stands, in a column of their own.
DEBITS = r"^(dr?|debit|debited|expense|expenses|withdrawal|withdrawn|transfer-?out|paid|sent|payment|out|outflow|-)\.?$"
CREDITS = r"^(cr?|credit|credited|income|deposit|deposited|transfer-?in|received|refund|cashback|in|inflow|\+)\.?$"

#: Rows of any statement that tell of it, not of a posting.
FOOTERS: tuple[str, ...] = (
    r"^[\W_]+$",
    r"^\W*(page|pg)\.?\s*(no\.?)?\s*:?\s*\d+(\s*(of|/)\s*\d+)?\W*$",
    r"^\W*(grand |page |sub ?-?)?totals?\b",
    r"end of (the )?statement",
    r"computer[- ]generated|system[- ]generated|does not require (a |any )?signature",
    r"^\W*(statement|account) summary\b",
    r"^\W*generated (on|by|at)\b",
)  # fmt: skip

#: Rows that carry a balance and no posting, with a date or without.
BALANCE_ROWS = (
    r"\b(opening|closing|brought forward|carried forward)\s+bal(ance)?\b|\bbalance\s+(b/?f|c/?f|brought|carried)\b"
    r"|^\W*(b/f|c/f|bal b/f|brought forward|carried forward)\b"
)

#: Where the account number stands before the table, as banks write it.
ACCOUNT_NUMBER = r"(?:a/?c|acct|account)\s*(?:no|num|number)?\s*\.?\s*[:\-–,=\s_']*((?:[X*x]{2,})?\d[\d\s\-]{4,24}\d)\b"

_DAY = r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ,]+\d{2,4}"
#: What stands before the table → pattern.
PREAMBLE: Mapping[str, str] = MappingProxyType(
    {
        "account_number": ACCOUNT_NUMBER,
        "ifsc": r"\b([A-Z]{4}0[A-Z0-9]{6})\b",
        "period_from": rf"(?:from|period|between)\b[^0-9A-Za-z]*(?:from)?[^0-9A-Za-z]*({_DAY})",
        "period_to": rf"\b(?:to|till|and|upto)\b[^0-9A-Za-z]*({_DAY})",
        "opening_balance": r"opening balance[^0-9\-(]*([(\-]?[\d,]+(?:\.\d+)?\)?\s*(?:dr|cr)?)",
        "holder": r"(?:account name|account holder|customer name|holder'?s? name|^name)\s*[:\-–]+\s*([^:,|\d]{3,60})",
        "branch": r"branch(?: name)?\s*[:\-–]+\s*([^:,|]{3,60})",
        "kind": r"\b(current|overdraft|credit card)\s+a(?:/c|ccount)\b",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """One way a bank or an app writes its statements.

    Parameters
    ----------
    name, title
        Key, and what a person calls it.
    bank
        Whose account numbers these are; accounts of two banks never meet.
    headings
        Role → the headings it goes under; the first is the layout's usual one. Case, spaces and signs do not matter.
    dates
        Names of `analytics.ingest.dates.FORMATS`, in the order they are tried.
    marks
        Pattern of words before the table that speak for this layout.
    footers
        Patterns of rows that tell of the statement, beside `FOOTERS`.
    ends_with
        Pattern of the row after which no row but a whole posting counts.
    preamble
        What stands before the table → pattern, before `PREAMBLE`.
    moved
        Pattern of a status that says money moved; any other rejects the row.
    debits, credits
        Patterns that tell the side from ``sign_in`` where the amount itself does not.
    sign_in
        Role whose text tells the side.
    kind, mode
        Kind of the account; rail of every posting where there is only one.
    """

    name: str
    title: str
    bank: str
    headings: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...]
    marks: str = ""
    footers: tuple[str, ...] = ()
    ends_with: str = ""
    preamble: Mapping[str, str] = field(default_factory=dict)
    moved: str = ""
    debits: str = DEBITS
    credits: str = CREDITS
    sign_in: str = "sign"
    kind: str = "savings"
    mode: str = ""
    currency: str = "INR"

    def role_of(self, heading: str) -> str | None:
        """Return the role a heading stands for, or None."""
        key = heading_key(heading)
        return next((role for role, names in self.headings.items() if key in map(heading_key, names)), None)


def heading_key(heading: str) -> str:
    """Reduce a heading to its letters and figures."""
    return re.sub(r"[^a-z0-9#]", "", heading.lower())
