"""The canonical tables a computation reads, together, and what it needs of the books to write what it made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

#: Balance under which a day counts as low, by currency: about a day's living.
LOW_BALANCE: Mapping[str, float] = MappingProxyType({"INR": 1000.0, "CZK": 1000.0})
LOW_BALANCE_ELSEWHERE = 50.0

#: Computes a step once, under a name, for those who come after it to read.
Keep = Callable[[str, "ibis.Table"], "ibis.Table"]


def as_it_is(name: str, rows: ibis.Table) -> ibis.Table:  # noqa: ARG001
    """Keep nothing: the engine sees to what is read more than once."""
    return rows


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
    loan_outcomes: ibis.Table
    loan_histories: ibis.Table
    currency: str = "INR"

    @property
    def low_balance(self) -> float:
        """Balance under which a day counts as low, in the main currency."""
        return LOW_BALANCE.get(self.currency, LOW_BALANCE_ELSEWHERE)

    def left_out(self) -> ibis.Table:
        """Postings in another than the main currency, counted by currency."""
        rows = self.transactions.filter(self.transactions.currency != self.currency)
        return rows.group_by("currency").aggregate(postings=rows.count())


class BooksWriter(Protocol):
    """What the build needs of an open, writable set of books."""

    def table(self, schema: str, name: str) -> ibis.Table:
        """Return ``books.<schema>.<name>``."""

    def replace(self, qualified: str, expression: ibis.Table | str, sort_by: Sequence[str] = ()) -> None:
        """Make ``books.<qualified>`` anew from an expression."""

    def append(self, qualified: str, rows: pa.Table) -> None:
        """Append rows by column name."""

    def frame(self, expression: ibis.Table) -> pd.DataFrame:
        """Return the expression's rows, decimals as doubles."""


class StepWriter(BooksWriter, Protocol):
    """Books that keep what stands between raw postings and tables, so that a step is computed once on any engine."""

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute a step: its rows as a table of that name, which replaces an earlier one and is none of the books."""

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """Keep rows that were made outside of the engine."""

    def arrow(self, expression: ibis.Table) -> pa.Table:
        """Return the expression's rows as an Arrow table."""
