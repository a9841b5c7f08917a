"""Whose postings a file holds: ids made of account numbers that appear nowhere else."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analytics.ingest.preamble import Told
from governance.errors import SourceError

#: Text → an id that does not give the text away; the same text always gives the same id.
Pseudonym = Callable[[str], str]
#: So many digits in an account's name make it a number that a bank gave.
NUMBER_DIGITS = 8
_OF_THIS_PROCESS = secrets.token_bytes(32)


def passing_pseudonym(text: str) -> str:
    """Return an id that holds within this process only: for looking at a file, not for keeping it."""
    return hmac.new(_OF_THIS_PROCESS, text.encode(), "sha256").hexdigest()[:24]


@dataclass(frozen=True)
class Owner:
    """The one account and customer of a file; ``customer`` alone where rows name their accounts."""

    account: str | None
    customer: str | None


def owner_of(
    name: str, bank: str, told: Told, account: str | None, customer: str | None, pseudonym: Pseudonym
) -> Owner:
    """Return whose statement it is: as the caller says, else as the account number before the table does.

    Raises
    ------
    SourceError
        Neither says it.
    """
    number = told.account_number
    if account is None and number is None:
        raise SourceError(
            f"{name} names no account number, so whose statement it is cannot be told. "
            "Name the account and its customer: --account ID --customer ID."
        )
    made = pseudonym(f"{bank} {number}") if number else None
    if account is None:
        return Owner(f"A-{made}", customer or f"C-{made}")
    return Owner(account, customer or (f"C-{made}" if made else account))


def accounts_of(
    cells: Iterable[tuple[str | None, str | None]],
    bank: str,
    account: str | None,
    customer: str | None,
    pseudonym: Pseudonym,
) -> Mapping[tuple[str | None, str | None], Owner]:
    """Return for each pair of account and customer cells whose rows these are.

    A number that a bank gave becomes an id; other names stay, within their customer where the file has one customer.
    """
    return {pair: _named(*pair, bank, account, customer, pseudonym) for pair in cells}


def _named(
    account_cell: str | None,
    customer_cell: str | None,
    bank: str,
    account: str | None,
    customer: str | None,
    pseudonym: Pseudonym,
) -> Owner:
    owner = customer or _identifier(customer_cell, "customer", "C-", pseudonym)
    if account is not None:
        return Owner(account, owner or account)
    own = _identifier(account_cell, bank, "A-", pseudonym)
    if own is None:
        return Owner(f"{owner}-account" if owner else None, owner)
    if customer and own == account_cell:
        own = f"{customer}/{own}"
    return Owner(own, owner or own)


def _identifier(cell: str | None, prefix: str, letter: str, pseudonym: Pseudonym) -> str | None:
    if cell is None:
        return None
    digits = re.sub(r"\D", "", cell)
    return letter + pseudonym(f"{prefix} {digits}") if len(digits) >= NUMBER_DIGITS else cell
