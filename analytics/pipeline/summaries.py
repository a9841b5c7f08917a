"""A statement's own sums beside those of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

#: What a statement can tell → how a person calls it.
CALLED: Mapping[str, str] = {
    "opening_balance": "the opening balance",
    "closing_balance": "the closing balance",
    "debits": "the sum of the debits",
    "credits": "the sum of the credits",
    "debit_count": "the number of debits",
    "credit_count": "the number of credits",
}


@dataclass(frozen=True)
class Mismatch:
    """One figure of a statement that its rows do not bear out."""

    what: str
    told: Decimal
    found: Decimal | None

    @property
    def sentence(self) -> str:
        """The finding, without its figures."""
        return f"The statement's own figure for {CALLED[self.what]} is not what its rows add up to."


def sums_of(postings: ibis.Table) -> dict[str, Any] | None:
    """Return what one file's rows add up to, under the names of `CALLED`; None where they are of several accounts.

    Parameters
    ----------
    postings
        Columns of `analytics.schema.RAW_POSTINGS`, one file.
    """
    amount, credit = postings.amount, postings.amount > 0
    with_balance = postings.balance_after.notnull()
    sums = postings.aggregate(
        accounts=postings.account_id.nunique(),
        opening_balance=(postings.balance_after - amount).argmin(postings.ordinal, where=with_balance),
        closing_balance=postings.balance_after.argmax(postings.ordinal, where=with_balance),
        debits=-amount.sum(where=~credit), credits=amount.sum(where=credit),
        debit_count=(amount < 0).sum(), credit_count=credit.sum(),
    )  # fmt: skip
    (row,) = sums.to_pyarrow().to_pylist()
    return row if row.pop("accounts") == 1 else None


def mismatches(told: Mapping[str, str], sums: Mapping[str, Any] | None) -> list[Mismatch]:
    """Return the figures of a statement that its rows do not bear out; a balance no row has is held against nothing."""
    if sums is None:
        return []
    found = {name: value if value is None else Decimal(value) for name, value in sums.items()}
    empty = {name: found[name] if found[name] is not None else Decimal(0) for name in ("debits", "credits")}
    found |= empty
    return [
        Mismatch(name, Decimal(told[name]), found[name])
        for name in CALLED
        if name in told and found[name] is not None and Decimal(told[name]) != found[name]
    ]
