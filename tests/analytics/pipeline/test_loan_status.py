"""Days past due and outstanding at day end, against the regulator's example and the annuity formula."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
import pytest
from memory_books import MemoryWriter, customer, loan

from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import as_of_table


def status(writer: MemoryWriter, *as_ofs: str) -> list[tuple]:
    books = writer.books
    rows = loan_status(books.loans, books.instalments, as_of_table(map(dt.date.fromisoformat, as_ofs)))
    frame = writer.frame(rows).sort_values(["loan_id", "as_of"])
    return list(frame[["outstanding", "days_past_due", "sma_class"]].itertuples(index=False, name=None))


def test_the_regulators_example(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2026-01-31", ["2026-02-28"])
    found = status(writer, "2026-02-28", "2026-03-30", "2026-03-31", "2026-04-30", "2026-05-30", "2026-06-29")
    assert [(days, name) for _, days, name in found] == [
        (0, "standard"), (0, "standard"), (1, "SMA-0"), (31, "SMA-1"), (61, "SMA-2"), (91, "NPA"),
    ]  # fmt: skip


def test_paid_on_the_as_of_is_paid(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2026-01-10", ["2026-02-20"])
    assert [days for _, days, _ in status(writer, "2026-02-19", "2026-02-20")] == [10, 0]


def test_outstanding_is_the_present_value_of_what_is_left(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2025-01-10", ["2025-02-10", "2025-03-10", "2025-04-10"], tenor=24)
    (outstanding, _, _), *_ = status(writer, "2025-04-30")
    emi = writer.rows("SELECT emi_amount FROM books.core.loans")[0][0]
    assert outstanding == pytest.approx(sum(float(emi) / 1.01**k for k in range(1, 22)), abs=0.5)


def test_without_interest_the_principal_falls_evenly(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2025-01-10", ["2025-02-10"], tenor=10, principal=1000, rate=0.0)
    assert status(writer, "2025-01-31", "2025-02-28")[1][0] == 900


def test_closed_loans_have_no_row_and_written_off_ones_keep_theirs(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2025-01-10", [], closed_on="2025-04-30")
    loan(writer, "L2", "C1", "2025-01-10", [], written_off_on="2025-04-15")
    assert [name for _, _, name in status(writer, "2025-03-31")] == ["SMA-1", "SMA-1"]
    assert [name for _, _, name in status(writer, "2025-04-30")] == ["written_off"]


def test_without_instalments_arrears_are_not_known(writer: MemoryWriter) -> None:
    customer(writer, "C1", currency="CZK")
    loan(writer, "L1", "C1", "2025-01-10", [], tenor=10, principal=1000, rate=0.0)
    writer.connection.execute("DELETE FROM books.core.instalments")
    ((outstanding, days, name),) = status(writer, "2025-04-30")
    assert outstanding == 700
    assert pd.isna(days)
    assert pd.isna(name)


def test_days_past_due_against_counting_days(writer: MemoryWriter) -> None:
    """Forty loans with arrears at random, each at ten dates."""
    customer(writer, "C1")
    draw = random.Random(5)
    dues = [dt.date(2025, 1 + number, 5) for number in range(1, 7)]
    paid: dict[str, list[dt.date | None]] = {}
    for number in range(40):
        delays = [draw.choice([None, 0, 0, 1, 29, 30, 31, draw.randint(0, 120)]) for _ in dues]
        paid[f"L{number:02d}"] = [
            late if late is None else due + dt.timedelta(late) for due, late in zip(dues, delays, strict=True)
        ]
        days = [day and day.isoformat() for day in paid[f"L{number:02d}"]]
        loan(writer, f"L{number:02d}", "C1", "2025-01-05", days, tenor=6)
    as_ofs = sorted(dt.date(2025, 1, 31) + dt.timedelta(draw.randint(0, 400)) for _ in range(10))
    counted = [_counted(dues, settled, as_of) for _, settled in sorted(paid.items()) for as_of in as_ofs]
    assert [days for _, days, _ in status(writer, *(as_of.isoformat() for as_of in as_ofs))] == counted


def _counted(dues: list[dt.date], paid: list[dt.date | None], as_of: dt.date) -> int:
    unpaid = [due for due, day in zip(dues, paid, strict=True) if due <= as_of and (day is None or day > as_of)]
    return (as_of - min(unpaid)).days + 1 if unpaid else 0
