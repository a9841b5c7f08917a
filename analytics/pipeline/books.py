"""The canonical tables a computation reads, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

#: Balance under which a day counts as low, by currency: about a day's living.
LOW_BALANCE: Mapping[str, float] = MappingProxyType({"INR": 1000.0, "CZK": 1000.0})
LOW_BALANCE_ELSEWHERE = 50.0


@dataclass(frozen=True)
class Books:
    """Ibis tables of one workspace, as in `analytics.schema`; any may be empty.

    Attributes
    ----------
    currency
        The main currency; postings in another are left out of every sum.
    """

    customers: ibis.Table
    accounts: ibis.Table
    transactions: ibis.Table
    loans: ibis.Table
    instalments: ibis.Table
    sessions: ibis.Table
    currency: str = "INR"

    @property
    def low_balance(self) -> float:
        """Balance under which a day counts as low, in the main currency."""
        return LOW_BALANCE.get(self.currency, LOW_BALANCE_ELSEWHERE)

    def left_out(self) -> ibis.Table:
        """Postings in another than the main currency, counted by currency."""
        rows = self.transactions
        return rows.filter(rows.currency != self.currency).group_by("currency").aggregate(postings=rows.count())
