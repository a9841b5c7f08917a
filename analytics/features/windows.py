"""Windows over the monthly table: what a feature's expression is written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import ibis

from analytics.pipeline.measures import MEASURES
from analytics.pipeline.timeline import HORIZON


@dataclass
class Windows:
    """Hands out windowed columns of the monthly table and remembers which were asked for.

    Each method names a column of the monthly table and a number of months back from the as-of, its own month included,
    and returns a deferred expression. The table of all windows is then made once (`table`).
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
        """Sum over the months: zero where the source covers the customer without a row, NULL where it does not."""
        return self._none_is_zero(column, self._ask("sum", column, months))

    def months_with(self, column: str, months: int) -> Any:
        """Number of months with a value above zero."""
        return self._none_is_zero(column, self._ask("positive", column, months))

    def mean(self, column: str, months: int) -> Any:
        """Sum over the months by the number of months observed."""
        return self.total(column, months) / self.observed(column, months)

    def variation(self, column: str, months: int) -> Any:
        """Coefficient of variation over the months observed, those without a row as zeros; NULL under two months."""
        count, total = self.observed(column, months), self.total(column, months)
        squares = self._none_is_zero(column, self._ask("squares", column, months))
        spread = (ibis.greatest(squares - total * total / count, 0.0) / (count - 1).nullif(0)).sqrt()
        return ratio(spread, total / count, 5.0)

    def average(self, column: str, months: int) -> Any:
        """Mean over the months that have a value."""
        return self._ask("mean", column, months)

    def highest(self, column: str, months: int) -> Any:
        """Largest value of the months."""
        return self._ask("max", column, months)

    def lowest(self, column: str, months: int) -> Any:
        """Smallest value of the months."""
        return self._ask("min", column, months)

    def months_since(self, column: str) -> Any:
        """Months since the column was last above zero; `HORIZON` where that is longer ago."""
        last = self._ask("last_positive", column, HORIZON)
        since = (ibis._.period - last).fill_null(HORIZON).cast("float64")
        return ibis.ifelse(self._first_covered(column).notnull(), since, ibis.null())

    def observed(self, column: str, months: int) -> Any:
        """Months from the first covered one on, at most ``months``."""
        since = ibis._.period - self._first_covered(column) + 1
        return ibis.cases((since < months, since), (since >= months, months)).cast("float64")

    def _first_covered(self, column: str) -> Any:
        """Return the period within the last year from which the source covers a column."""
        return self._ask("first_positive", _COVERED_BY[column], HORIZON)

    def _none_is_zero(self, column: str, reduced: Any) -> Any:
        return ibis.coalesce(reduced, self._first_covered(column) * 0) if column in _COVERED_BY else reduced

    def table(self, months: ibis.Table, keys: tuple[str, ...]) -> ibis.Table:
        """Return ``months`` with every window asked for."""
        columns = {}
        for name, (reducer, column, length) in self.requests.items():
            window = ibis.window(group_by=list(keys), order_by="period", preceding=length - 1, following=0)
            columns[name] = _REDUCERS[reducer](months, column).over(window)
        return months.mutate(**columns)


#: Column → the one that is above zero in the months the source covers it.
_COVERED_BY: Mapping[str, str] = MappingProxyType(
    {measure.name: "categorised" if measure.categorised else "postings" for measure in MEASURES}
    | dict.fromkeys(("deficit", "round_count", "paired_amounts", "circular_parties", "cash_deposited"), "postings")
)


def _positive_period(months: ibis.Table, column: str) -> Any:
    return ibis.ifelse(months[column] > 0, months.period, ibis.null())


_REDUCERS: Mapping[str, Callable[[ibis.Table, str], Any]] = MappingProxyType(
    {
        "sum": lambda months, column: months[column].sum(),
        "squares": lambda months, column: (months[column] * months[column]).sum(),
        "mean": lambda months, column: months[column].mean(),
        "max": lambda months, column: months[column].max(),
        "min": lambda months, column: months[column].min(),
        "positive": lambda months, column: (months[column] > 0).cast("int32").sum(),
        "first_positive": lambda months, column: _positive_period(months, column).min(),
        "last_positive": lambda months, column: _positive_period(months, column).max(),
    }
)


def ratio(part: Any, whole: Any, cap: float) -> Any:
    """Return ``part / whole`` within ±cap; the cap where there is a part and no whole, NULL where there is neither."""
    within = ibis.greatest(ibis.least(part / whole, cap), -cap)
    return ibis.cases(((whole > 0) & part.notnull(), within), ((whole <= 0) & (part > 0), cap))
