"""Consents, and who is left out of what rests on them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from governance.errors import ToolRetry
from governance.privacy.declared import Purpose, purposes
from governance.privacy.records import MARK, PrivacyLedger, Record

NOBODY: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Withheld:
    """Who is left out of each purpose; it holds ``until`` the next consent expires, in seconds since 1970."""

    mark: str = ""
    until: float = float("inf")
    customers: Mapping[str, frozenset[str]] = field(default_factory=lambda: NOBODY)

    @property
    def version(self) -> str:
        """Changes with every consent and every expiry."""
        return f"{self.mark}{self.until}"


def mark_of(folder: Path) -> str:
    """What the mark says; empty where nobody ever changed a consent."""
    try:
        with open(os.path.join(folder, MARK), encoding="ascii") as file:  # noqa: PTH118, PTH123  asked of every answer
            return file.read()
    except FileNotFoundError:
        return ""


def changed(folder: Path) -> None:
    """Tell every process that consents are other than they were."""
    draft = folder / f"{MARK}.draft-{secrets.token_hex(4)}"
    draft.write_text(secrets.token_hex(8), "ascii")
    draft.replace(folder / MARK)


def checked(purpose: Purpose) -> Purpose:
    """Return a purpose that a person may withdraw his consent to.

    Raises
    ------
    ToolRetry
        It rests on something else.
    """
    if not purpose.withdrawable:
        may = ", ".join(name for name, each in purposes().items() if each.withdrawable)
        raise ToolRetry(f"'{purpose.name}' ({purpose.label}) rests on {purpose.basis}, not on consent: there is none "
                        f"to give or withdraw. Consent is what these rest on: {may}.")  # fmt: skip
    return purpose


def in_force(row: Record, now: float) -> bool:
    """Whether a consent was given and has not expired."""
    expires = row.content.get("expires_at")
    return row.kind == "given" and (expires is None or now < expires)


def withheld(ledger: PrivacyLedger, mark: str) -> Withheld:
    """Whom each purpose leaves out: who withdrew, or whose consent has expired; whoever never said stays in."""
    now = ledger.clock()
    last = {(row.purpose, row.customer_id): row for row in ledger.all("given", "withdrawn") if row.customer_id}
    out: dict[str, set[str]] = {}
    until = float("inf")
    for (purpose, customer_id), row in last.items():
        if not in_force(row, now):
            out.setdefault(str(purpose), set()).add(str(customer_id))
        elif row.content.get("expires_at") is not None:
            until = min(until, row.content["expires_at"])
    return Withheld(mark, until, MappingProxyType({name: frozenset(ids) for name, ids in out.items()}))
