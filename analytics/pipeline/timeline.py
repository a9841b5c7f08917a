"""Two ways of laying months over events: the calendar's, and those counted back from a date of the customer's own.

Either gives the same values where both apply, since everything after it (`analytics.pipeline.aggregate`,
`analytics.features.build`) is the same code on columns ``keys`` and ``period``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from analytics.pipeline.periods import add_months, as_of_table, calendar_period, month_ends, months_back, period_number

if TYPE_CHECKING:
    import ibis

#: Months a feature may look back.
HORIZON = 12


class Timeline(Protocol):
    """Which months there are for whom."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that name one sequence of months."""

    def place(self, events: ibis.Table, moment: str) -> ibis.Table:
        """Return the events inside the months, with ``keys`` and ``period``; ``moment`` is when a row is known."""

    def spine(self, customers: ibis.Table) -> ibis.Table:
        """Return every month of everyone: ``keys``, ``customer_id``, ``period``, ``ends_on``."""

    def last_period(self, table: ibis.Table) -> Any:
        """Return the number of the newest period."""

    def wanted(self, months: ibis.Table) -> ibis.Table:
        """Keep the months that are as-ofs, with a column ``as_of``."""


@dataclass(frozen=True)
class Calendar:
    """Calendar months; as-ofs are the month ends from ``first`` to ``last``."""

    first: dt.date
    last: dt.date

    @property
    def keys(self) -> tuple[str, ...]:
        """One sequence of months for each customer."""
        return ("customer_id",)

    def place(self, events: ibis.Table, moment: str) -> ibis.Table:
        """Return the events known within the months."""
        import ibis

        start, cutoff = add_months(self.first, -HORIZON) + dt.timedelta(days=1), self.last + dt.timedelta(days=1)
        known = events[moment]
        inside = events.filter(known >= ibis.literal(start), known < ibis.literal(cutoff))
        return inside.mutate(period=calendar_period(inside[moment]))

    def spine(self, customers: ibis.Table) -> ibis.Table:
        """Return customers × months."""
        ends = as_of_table(month_ends(add_months(self.first, 1 - HORIZON), self.last))
        months = ends.select(ends_on=ends.as_of, period=calendar_period(ends.as_of))
        return customers.select("customer_id").cross_join(months)

    def last_period(self, table: ibis.Table) -> Any:  # noqa: ARG002
        """Return the newest calendar period."""
        import ibis

        return ibis.literal(period_number(self.last), type="int32")

    def wanted(self, months: ibis.Table) -> ibis.Table:
        """Keep the month ends asked for."""
        import ibis

        return months.filter(months.period >= period_number(self.first)).mutate(as_of=ibis._.ends_on)


@dataclass(frozen=True)
class Anchored:
    """Months counted back from each customer's own as-of.

    Attributes
    ----------
    anchors
        Ibis table with ``customer_id`` and ``as_of``, a row for each pair.
    """

    anchors: ibis.Table

    @property
    def keys(self) -> tuple[str, ...]:
        """One sequence of months for each pair."""
        return ("customer_id", "as_of")

    def place(self, events: ibis.Table, moment: str) -> ibis.Table:
        """Return the events of the `HORIZON` months before each pair's cut-off."""
        pairs = events.inner_join(self.anchors.select("customer_id", "as_of"), "customer_id")
        cutoff = _day_after(pairs.as_of)
        inside = pairs.filter(pairs[moment] < cutoff).mutate(
            period=lambda t: -months_back(t[moment], _day_after(t.as_of))
        )
        return inside.filter(inside.period > -HORIZON)

    def spine(self, customers: ibis.Table) -> ibis.Table:
        """Return pairs × `HORIZON` months."""
        import ibis

        known = self.anchors.select("customer_id", "as_of").semi_join(customers, "customer_id")
        rows = known.mutate(period=ibis.range(1 - HORIZON, 1).unnest()).mutate(period=ibis._.period.cast("int32"))
        start = _day_after(rows.as_of) - ibis.interval(months=1) * -rows.period
        return rows.mutate(ends_on=start.cast("date") - ibis.interval(days=1)).mutate(
            ends_on=ibis._.ends_on.cast("date")
        )

    def last_period(self, table: ibis.Table) -> Any:  # noqa: ARG002
        """Return the period that ends at the cut-off."""
        import ibis

        return ibis.literal(0, type="int32")

    def wanted(self, months: ibis.Table) -> ibis.Table:
        """Keep the as-ofs themselves."""
        return months.filter(months.period == 0)


def _day_after(day: Any) -> Any:
    import ibis

    return (day + ibis.interval(days=1)).cast("date")
