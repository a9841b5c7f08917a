"""The history of many customers as arrays: customer × category × month, as known at an as-of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.history import RECEIVED, SPEND
from analytics.models.forecast.mandates import Mandates
from analytics.pipeline.periods import month_end, period_number

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """What was known at an as-of.

    Attributes
    ----------
    customers
        Ids, ascending.
    categories
        Of spend, ascending.
    first_period
        Calendar period of the first month.
    spend
        (customers, categories, months).
    inflow
        (customers, months).
    start
        First whole month of each customer, an index into the months.
    mandates
        Payments that come back.
    """

    customers: NDArray[np.object_]
    categories: tuple[str, ...]
    first_period: int
    spend: Floats
    inflow: Floats
    start: Ints
    mandates: Mandates

    @property
    def months(self) -> int:
        """Number of months; the last is that of the as-of."""
        return int(self.inflow.shape[1])

    @property
    def as_of(self) -> dt.date:
        """Last day of the last month."""
        year, month = divmod(self.first_period + self.months - 2, 12)
        return month_end(dt.date(year, month + 1, 1))

    @cached_property
    def total(self) -> Floats:
        """Spend over all categories, (customers, months)."""
        return np.asarray(self.spend.sum(axis=1))


@dataclass(frozen=True)
class Codes:
    """The cells of `analytics.models.forecast.history`, their texts as numbers: made once, cut at many as-ofs."""

    customers: NDArray[np.object_]
    categories: tuple[str, ...]
    first_period: int
    customer: Ints
    category: Ints
    measure: NDArray[np.object_]
    kind: NDArray[np.object_]
    mandate: Ints
    period: Ints
    known: Ints
    amount: Floats

    @classmethod
    def of(cls, cells: pd.DataFrame) -> Codes:
        """Number customers, categories and mandates in ascending order."""
        import pandas as pd

        customer, customers = pd.factorize(cells["customer_id"], sort=True)
        measure = cells["measure"].to_numpy(dtype=object)
        category = np.full(len(cells), -1, dtype=np.int64)
        spent = measure == SPEND
        category[spent], categories = pd.factorize(cells.loc[spent, "category"], sort=True)
        kind = cells["kind"].to_numpy(dtype=object)
        mandate = np.full(len(cells), -1, dtype=np.int64)
        marked = kind != ""
        keys = ["customer_id", "measure", "category", "kind", "mandate"]
        mandate[marked] = cells.loc[marked, keys].groupby(keys, sort=True).ngroup()
        return cls(
            customers=np.asarray(customers, dtype=object),
            categories=tuple(str(name) for name in categories),
            first_period=int(cells["period"].min()) if len(cells) else 0,
            customer=customer.astype(np.int64),
            category=category,
            measure=measure,
            kind=kind,
            mandate=mandate,
            period=cells["period"].to_numpy(dtype=np.int64),
            known=cells["known"].to_numpy(dtype=np.int64),
            amount=cells["amount"].to_numpy(dtype=np.float64),
        )

    def panel(self, as_of: dt.date) -> Panel:
        """Return what was known at the end of ``as_of``, a month end: no cell that was known later counts."""
        months = period_number(as_of) - self.first_period + 1
        known = (self.known <= period_number(as_of)) & (self.period <= period_number(as_of))
        count = len(self.customers)
        spend = np.zeros((count, len(self.categories), months))
        inflow = np.zeros((count, months))
        at = self.period - self.first_period
        spent, came = known & (self.measure == SPEND), known & (self.measure == RECEIVED)
        np.add.at(spend, (self.customer[spent], self.category[spent], at[spent]), self.amount[spent])
        np.add.at(inflow, (self.customer[came], at[came]), self.amount[came])
        first = np.full(count, months, dtype=np.int64)
        np.minimum.at(first, self.customer[known], at[known])
        start = np.where(first > 0, first + 1, 0)  # the month somebody joins in is no whole month
        return Panel(self.customers, self.categories, self.first_period, spend, inflow, start,
                     self._mandates(known, at, months))  # fmt: skip

    def _mandates(self, known: NDArray[np.bool_], at: Ints, months: int) -> Mandates:
        rows = np.flatnonzero(known & (self.kind != ""))
        numbers, first, place = np.unique(self.mandate[rows], return_index=True, return_inverse=True)
        paid = np.zeros((len(numbers), months))
        np.add.at(paid, (place, at[rows]), self.amount[rows])
        one = rows[first]
        return Mandates(self.customer[one], self.measure[one], self.category[one], self.kind[one], paid)
