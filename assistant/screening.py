"""Screening a question before any mind reads it: personal data becomes tokens, a customer's name his identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.privacy import Veil
from governance.written_personal import plain, written_in
from tools.names import Customers, Named

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Kind of token → where the books keep such a value; only a caller who may see it may ask by it.
IDENTIFIERS: Mapping[str, str] = MappingProxyType(
    {"email": "email", "phone": "phone", "pan": "tax_pan", "card": "card_number"}
)


@dataclass(frozen=True)
class Screened:
    """A question that may be shown to a mind.

    Attributes
    ----------
    text
        The question with tokens and customer ids.
    unclear
        Names that several customers bear; the asker has to say which one he means.
    """

    text: str
    unclear: tuple[Named, ...] = ()


class Screening:
    """Screens questions of one caller on one workspace."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._principal = principal
        self._customers = Customers(workspace, principal)

    def screen(self, question: str, veil: Veil) -> Screened:
        """Return the question without personal data; ``veil`` remembers what was taken out."""
        text = plain(question)
        for start, end, kind, value in sorted(written_in(text), reverse=True):
            written = text[start:end]
            token = veil.token(kind, value, written=written)
            owner = self._owner(kind, value)
            text = text[:start] + (_as_customer(text[:start], owner) if owner else token) + text[end:]
        return self._without_names(text, veil)

    def _owner(self, kind: str, value: str) -> str | None:
        if kind not in IDENTIFIERS or not self._principal.may("pii:read"):
            return None
        owners = self._customers.by_identifier(IDENTIFIERS[kind], value)
        return owners[0] if len(owners) == 1 else None

    def _without_names(self, text: str, veil: Veil) -> Screened:
        unclear = []
        for named in reversed(self._customers.named_in(text)):
            token = veil.token("name", named.full_name)
            if len(named.customer_ids) == 1:
                stand_in = _as_customer(text[: named.start], named.customer_ids[0])
            else:
                stand_in = token
                unclear.append(replace(named, token=token))
            text = text[: named.start] + stand_in + text[named.end :]
        return Screened(text, tuple(reversed(unclear)))


def _as_customer(before: str, customer_id: str) -> str:
    return customer_id if re.search(r"(?i)\bcustomer\s*$", before) else f"customer {customer_id}"
