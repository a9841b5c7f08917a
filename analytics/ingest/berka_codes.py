"""The Czech codes of the Berka files and what they mean in the canonical tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Purpose(NamedTuple):
    """What a posting is for, and how sure its source is."""

    category: str
    subcategory: str
    confidence: float
    recurring_kind: str | None = None


#: trans.type → direction. VYBER is the older word for a cash withdrawal.
DIRECTIONS: Mapping[str, str] = MappingProxyType({"PRIJEM": "credit", "VYDAJ": "debit", "VYBER": "debit"})

#: trans.operation → mode. No operation means that the bank itself posted.
MODES: Mapping[str, str] = MappingProxyType(
    {
        "VKLAD": "cash",
        "VYBER": "cash",
        "VYBER KARTOU": "card",
        "PREVOD Z UCTU": "netbanking",
        "PREVOD NA UCET": "netbanking",
    }
)

#: trans.k_symbol (the bank's own characterisation) → purpose.
PURPOSES: Mapping[str, Purpose] = MappingProxyType(
    {
        "SIPO": Purpose("rent", "household_payments", 1.0, "rent"),
        "POJISTNE": Purpose("insurance", "premium", 1.0, "insurance"),
        "SLUZBY": Purpose("fees", "statement_fee", 1.0),
        "UROK": Purpose("interest", "savings_interest", 1.0),
        "SANKC. UROK": Purpose("fees", "overdraft_penalty", 1.0),
        "DUCHOD": Purpose("income", "pension", 1.0, "salary"),
        "UVER": Purpose("loan_payment", "emi", 1.0, "emi"),
        "LEASING": Purpose("loan_payment", "lease", 1.0, "emi"),
    }
)

#: trans.operation → purpose where no symbol and no standing order says more.
OPERATION_PURPOSES: Mapping[str, Purpose] = MappingProxyType(
    {
        "VKLAD": Purpose("cash", "deposit", 0.9),
        "VYBER": Purpose("cash", "withdrawal", 0.9),
        "VYBER KARTOU": Purpose("cash", "card_withdrawal", 0.9),
        "PREVOD Z UCTU": Purpose("transfer", "incoming", 0.5),
        "PREVOD NA UCET": Purpose("transfer", "outgoing", 0.5),
    }
)

#: Symbols of what the bank takes by itself, whatever the operation says.
BANK_POSTED = ("SLUZBY", "SANKC. UROK", "UROK")


class Status(NamedTuple):
    """What loan.status says: was it bad, and is the term over."""

    bad: bool
    complete: bool


STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "A": Status(bad=False, complete=True),
        "B": Status(bad=True, complete=True),
        "C": Status(bad=False, complete=False),
        "D": Status(bad=True, complete=False),
    }
)
