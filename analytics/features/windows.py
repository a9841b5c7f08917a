"""Windows over the monthly table: what a feature's expression is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ibis

from analytics.pipeline.timeline import HORIZON


@dataclass
class Windows:
    """Hands out windowed columns of the monthly table and remembers which were asked for.

    Each method names a column of the monthly table and a number of months back from the as-of, its own month included, and
    returns a deferred expression. The table of all windows is then made once (`table`).
    """

    requests: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    def _ask(self, reducer: str, column: str, months: int) -> Any:
        name = f"{column}__{reducer}_{months}"
        self.requests[name] = (reducer, column, months)
        return ibis._[name]

    def latest(self, column: str) -> Any:
        """Value of the newest month."""
        return ibis._[column]

    def total(self, column: str, months: int) -> Any:
        """Sum over the months; NULL where none is known."""
        return self._ask("sum", column, months)

    def mean(self, column: str, months: int) -> Any:
        """Sum over the months by the number of months observed."""
        return self.total(column, months) / self.total("observed", months).nullif(0)

    def average(self, column: str, months: int) -> Any:
        """Mean over the months that have a value."""
        return self._ask("mean", column, months)

    def highest(self, column: str, months: int) -> Any:
        """Largest value of the months."""
        return self._ask("max", column, months)

    def lowest(self, column: str, months: int) -> Any:
        """Smallest value of the months."""
        return self._ask("min", column, months)

    def spread(self, column: str, months: int) -> Any:
        """Sample standard deviation over the months that have a value."""
        return self._ask("std", column, months)

    def months_with(self, column: str, months: int) -> Any:
        """Number of months with a value above zero."""
        return self._ask("positive", column, months)

    def months_since(self, column: str) -> Any:
        """Months since the column was last above zero; `HORIZON` where that is longer ago."""
        last = self._ask("last_positive", column, HORIZON)
        known = self._ask("count", column, HORIZON) > 0
        return ibis.ifelse(known, (ibis._.period - last).fill_null(HORIZON), ibis.null()).cast("float64")

    def table(self, months: ibis.Table, keys: tuple[str, ...]) -> ibis.Table:
        """Return ``months`` with every window asked for."""
        columns = {}
        for name, (reducer, column, length) in self.requests.items():
            window = ibis.window(group_by=list(keys), order_by="period", preceding=length - 1, following=0)
            columns[name] = _REDUCERS[reducer](months, column).over(window)
        return months.mutate(**columns)


def _positive_period(months: ibis.Table, column: str) -> Any:
    return ibis.ifelse(months[column] > 0, months.period, ibis.null()).max()


_REDUCERS = {
    "sum": lambda months, column: months[column].sum(),
    "mean": lambda months, column: months[column].mean(),
    "max": lambda months, column: months[column].max(),
    "min": lambda months, column: months[column].min(),
    "std": lambda months, column: months[column].std(),
    "count": lambda months, column: months[column].count(),
    "positive": lambda months, column: (months[column] > 0).cast("int32").sum(),
    "last_positive": _positive_period,
}


def ratio(part: Any, whole: Any, cap: float) -> Any:
    """Return ``part / whole`` within ±cap; at the cap where there is a part and no whole, NULL where there is neither."""
    share = ibis.ifelse(whole > 0, part / whole, ibis.ifelse((whole <= 0) & (part > 0), cap, ibis.null("float64")))
    return ibis.ifelse(share > cap, cap, ibis.ifelse(share < -cap, -cap, share))
