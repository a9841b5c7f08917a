"""Keeping personal data away from models and records: tokens out, values back in on screen.

What is personal in a result is found by comparing it with the result a caller without ``pii:read`` gets: wherever the
two differ, the books masked something. A tool cannot forget this, nor can an alias in free SQL hide a column.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.dates import periods
from governance.keys import WorkspaceKeys
from governance.principal import Principal
from tools.result import Fact, Table, ToolResult

#: Column → kind of token, where they are not the same word.
KINDS: Mapping[str, str] = MappingProxyType({"full_name": "name", "tax_pan": "pan", "card_number": "card"})

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TOKEN = re.compile(r"\b[A-Z_]+_[0-9a-f]{12}\b")


class Veil:
    """Personal values of one answer and the tokens that stand for them."""

    def __init__(self, keys: WorkspaceKeys) -> None:
        self._keys = keys
        self._values: dict[str, str] = {}

    def token(self, kind: str, value: str, *, written: str = "") -> str:
        """Return the token of a value; ``written`` is how the asker wrote it."""
        token = self._keys.token(kind, value)
        self._values[token] = written or value
        return token

    def learn(self, hidden: Mapping[str, str]) -> None:
        """Add tokens that were given elsewhere."""
        for token, value in hidden.items():
            self._values.setdefault(token, value)

    def reveal(self, text: str) -> str:
        """Put the values back; for the screen of a caller who may see them."""
        return TOKEN.sub(lambda found: self._values.get(found.group(), found.group()), text)

    def hide(self, text: str) -> str:
        """Put tokens in the place of every value known here, longest first."""
        for token, value in sorted(self._values.items(), key=lambda item: -len(item[1])):
            if len(value) >= 3:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", token, text, flags=re.IGNORECASE)
            if DAY.fullmatch(value):
                text = _without_day(text, dt.date.fromisoformat(value), token)
        return text


def _without_day(text: str, day: dt.date, token: str) -> str:
    for period in sorted(periods(text), key=lambda period: -period.start):
        if period.first == period.last == day:
            text = text[: period.start] + token + text[period.end :]
    return text


def without_personal(principal: Principal) -> Principal:
    """The same caller, who may do all he may except see personal data."""
    return replace(principal, granted=principal.scopes - {"pii:read"})


def hide_personal(full: ToolResult, masked: ToolResult, keys: WorkspaceKeys) -> tuple[ToolResult, dict[str, str]]:
    """Return ``full`` with tokens where ``masked`` differs, and token → value.

    Where masking changed a number (a count over names, say) or the shape of a table, the masked one is taken.
    """
    hidden: dict[str, str] = {}

    def covered(kind: str, value: Any, shown: Any) -> Any:
        if value == shown or not isinstance(value, str | dt.date):
            return shown
        token = keys.token(KINDS.get(kind, kind), str(value))
        hidden[token] = str(value)
        return token

    facts = {
        name: Fact(value=covered(name, full.facts[name].value, fact.value), unit=fact.unit)
        if name in full.facts
        else fact
        for name, fact in masked.facts.items()
    }
    table = _cover_table(full.table, masked.table, covered) if full.table and masked.table else masked.table
    tables = tuple(_cover_table(left, right, covered) for left, right in zip(full.tables, masked.tables, strict=False))
    return masked.model_copy(update={"facts": facts, "table": table, "tables": tables}), hidden


def _cover_table(full: Table, masked: Table, covered: Any) -> Table:
    if len(full.rows) != len(masked.rows) or full.columns != masked.columns:
        return masked
    names = [column.name for column in full.columns]
    rows = (
        tuple(covered(*cells) for cells in zip(names, left, right, strict=True))
        for left, right in zip(full.rows, masked.rows, strict=True)
    )
    return masked.model_copy(update={"rows": tuple(rows)})
