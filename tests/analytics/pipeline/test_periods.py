"""Months counted back from a cut-off, against adding months to dates."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from memory_books import MemoryWriter

from analytics.pipeline.periods import add_months, month_end, month_ends, months_back, period_number

days = st.dates(dt.date(1995, 1, 1), dt.date(2035, 12, 31))


@given(days, st.integers(-40, 40))
def test_adding_months_there_and_back_is_the_month_end(day: dt.date, months: int) -> None:
    moved = add_months(day, months)
    assert moved == month_end(moved)
    assert period_number(moved) - period_number(day) == months
    assert add_months(moved, -months) == month_end(day)


def test_month_ends_stop_at_the_last_whole_month() -> None:
    found = month_ends(dt.date(2025, 11, 30), dt.date(2026, 2, 27))
    assert found == [dt.date(2025, 11, 30), dt.date(2025, 12, 31), dt.date(2026, 1, 31)]
    assert month_ends(dt.date(2025, 2, 28), dt.date(2025, 2, 27)) == []


def test_months_back_from_every_day_of_a_year(writer: MemoryWriter) -> None:
    """A month before a cut-off opens on the same day of the month, or the first after a short month."""
    writer.connection.execute(
        "CREATE TABLE books.core.days AS SELECT c::DATE AS cutoff, m::DATE AS moment "
        "FROM range(DATE '2023-12-25', DATE '2025-01-05', INTERVAL 3 DAY) AS cutoffs(c), "
        "range(DATE '2023-01-01', DATE '2025-01-05', INTERVAL 7 DAY) AS moments(m) WHERE m < c"
    )
    table = writer.table("core", "days")
    frame = writer.frame(table.mutate(back=months_back(table.moment, table.cutoff)))
    for row in frame.itertuples():
        opens = _month_before(row.cutoff.date(), row.back + 1)
        closes = _month_before(row.cutoff.date(), row.back)
        assert opens <= row.moment.date() < closes


def _month_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month that many months earlier; where there is none, the first of the next month."""
    end = add_months(day, -months)
    return end.replace(day=day.day) if day.day <= end.day else end + dt.timedelta(1)
