"""What stands before the table: account number, holder, branch, period, opening balance."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analytics.ingest.layout import PREAMBLE, Layout

#: An account number shows so many digits at the least; fewer fit too many accounts.
FEWEST_DIGITS = 6
_DAY_FORMATS = ("%d/%m/%Y", "%d/%m/%y", "%d/%b/%Y", "%d/%B/%Y", "%d/%b/%y")


@dataclass(frozen=True)
class Told:
    """What a statement says of itself before its table.

    ``account_number`` and ``holder`` are personal: they go into ids and the customer's row, into nothing else.
    """

    account_number: str | None = field(default=None, repr=False)
    holder: str | None = field(default=None, repr=False)
    branch: str | None = None
    ifsc: str | None = None
    kind: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    opening_balance: Decimal | None = None


def told(rows: Sequence[Sequence[str]], layout: Layout) -> Told:
    """Read the rows before a table with the layout's patterns."""
    text = "\n".join("  ".join(cell.strip() for cell in row if cell.strip()) for row in rows)
    found = {what: _found(what, layout.preamble, text) for what in PREAMBLE}
    number = re.sub(r"[^0-9X]", "", (found["account_number"] or "").upper())
    usable = sum(character.isdigit() for character in number) >= FEWEST_DIGITS
    kind = (found["kind"] or "").lower()
    return Told(
        account_number=number if usable else None,
        holder=found["holder"],
        branch=found["branch"],
        ifsc=found["ifsc"],
        kind="credit_card" if kind == "credit card" else "current" if kind else None,
        first_day=_day(found["period_from"]),
        last_day=_day(found["period_to"]),
        opening_balance=_money(found["opening_balance"]),
    )


def _found(what: str, own: Mapping[str, str], text: str) -> str | None:
    for pattern in (own.get(what), PREAMBLE[what]):
        hit = re.search(pattern, text, re.IGNORECASE | re.MULTILINE) if pattern else None
        if hit and hit[1].strip():
            return hit[1].strip()
    return None


def _day(text: str | None) -> dt.date | None:
    plain = re.sub(r"[-/. ,]+", "/", text or "")
    for form in _DAY_FORMATS:
        try:
            return dt.datetime.strptime(plain, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def _money(text: str | None) -> Decimal | None:
    figures = re.sub(r"[^\d.]", "", text or "")
    if not re.fullmatch(r"\d{1,16}(\.\d{1,2})?", figures):
        return None
    size = Decimal(figures)
    return -size if re.search(r"dr$|^[-(]", (text or "").strip(), re.IGNORECASE) else size
