"""How large a sandbox, over which time, and what one chunk of it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from governance.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa

#: Months simulated before the books open, so that balances and arrears start in a settled state.
BURN_IN_MONTHS = 6


@dataclass(frozen=True)
class SandboxProfile:
    """Size, span and seed of the simulated lender.

    Parameters
    ----------
    customers
        Customers over all chunks.
    months
        Calendar months in the books.
    seed
        Root of every random stream; the same profile gives the same tables.
    last_month
        Last day of the last month: the data clock.
    chunk_customers
        Customers simulated at a time; bounds memory.
    spending
        How often customers spend, as a multiple of the usual; what they spend in all stays what it was.

    Raises
    ------
    ConfigurationError
        When a number is not positive or ``last_month`` is not the last day of a month.
    """

    customers: int = 2000
    months: int = 42
    seed: int = 7
    last_month: date = date(2026, 6, 30)
    chunk_customers: int = 5000
    spending: float = 1.0

    def __post_init__(self) -> None:
        for name in ("customers", "months", "chunk_customers"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"Sandbox profile: {name} is {getattr(self, name)}; it must be at least 1.")
        if self.spending <= 0:
            raise ConfigurationError(f"Sandbox profile: spending is {self.spending}; it must be above 0.")
        if (self.last_month + timedelta(days=1)).day != 1:
            raise ConfigurationError(
                f"Sandbox profile: last_month is {self.last_month}; it must be the last day of a month."
            )

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.customers // self.chunk_customers)


@dataclass(frozen=True)
class SandboxChunk:
    """The books of some customers, and what is true of them.

    ``tables`` follow `analytics.schema`; ``truth`` and ``anomalies`` are ground truth and never enter the books.
    """

    tables: Mapping[str, pa.Table]
    truth: pa.Table
    anomalies: pa.Table
