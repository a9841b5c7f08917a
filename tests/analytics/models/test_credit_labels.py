"""The label against walking through every day of the window."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
from memory_books import MemoryWriter, customer, loan

from analytics.models.credit_labels import BAD_DAYS, borrowers, labels
from analytics.models.loss import losses_given_default
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import as_of_table

AS_OF, CLOCK = dt.date(2025, 3, 31), dt.date(2026, 3, 31)


def labelled(writer: MemoryWriter, clock: dt.date = CLOCK, as_of: dt.date = AS_OF) -> pd.DataFrame:
    books = writer.books
    status = loan_status(books.loans, books.instalments, as_of_table([as_of]))
    return writer.frame(labels(books, borrowers(status), clock)).set_index("customer_id")


def dues(disbursed: dt.date, tenor: int) -> list[dt.date]:
    months = [disbursed.year * 12 + disbursed.month - 1 + number for number in range(1, tenor + 1)]
    return [dt.date(month // 12, month % 12 + 1, disbursed.day) for month in months]


def test_against_every_day_of_the_window(writer: MemoryWriter) -> None:
    draw, walked = random.Random(11), {}
    first, last = AS_OF + dt.timedelta(1), CLOCK
    for number in range(60):
        name = f"C{number:02d}"
        customer(writer, name)
        start = dt.date(2024, draw.randint(6, 12), draw.randint(1, 28))
        plan = dues(start, 18)
        stops = draw.choice([99, 99, draw.randint(0, 14)])
        paid: list[dt.date | None] = []
        for position, due in enumerate(plan):
            late = draw.choice([0, 0, 0, 5, 29, 59, 88, 89, 90, 120])
            paid.append(None if position >= stops else due + dt.timedelta(late))
        loan(writer, f"L{number:02d}", name, start.isoformat(), [day and day.isoformat() for day in paid], tenor=18)
        days = (first + dt.timedelta(step) for step in range((last - first).days + 1))
        walked[name] = max(_days_past_due(plan, paid, day) for day in days)
    found = labelled(writer)
    assert 15 < len(found) < 60, "some are NPA at the as-of and have no label"
    assert found.worst_days_past_due.to_dict() == {name: walked[name] for name in found.index}
    assert (found.bad == (found.worst_days_past_due >= BAD_DAYS)).all()
    assert (found.indeterminate == found.worst_days_past_due.between(30, 89)).all()
    assert found.bad.any()
    assert found.indeterminate.any()


def _days_past_due(plan: list[dt.date], paid: list[dt.date | None], day: dt.date) -> int:
    unpaid = [due for due, settled in zip(plan, paid, strict=True) if due <= day and (settled is None or settled > day)]
    return (day - min(unpaid)).days + 1 if unpaid else 0


def test_the_ninetieth_day_is_bad_and_the_eighty_ninth_is_not(writer: MemoryWriter) -> None:
    for name, settled in (
        ("C89", dt.date(2025, 5, 10) + dt.timedelta(89)),
        ("C90", dt.date(2025, 5, 10) + dt.timedelta(90)),
    ):
        customer(writer, name)
        days = [day.isoformat() for day in dues(dt.date(2025, 1, 10), 12)]
        days[3] = settled.isoformat()
        loan(writer, f"L-{name}", name, "2025-01-10", days)
    found = labelled(writer)
    assert found.worst_days_past_due.to_dict() == {"C89": 89, "C90": 90}
    assert found.bad.to_dict() == {"C89": False, "C90": True}


def test_the_window_opens_after_the_cut_off_and_closes_a_year_later(writer: MemoryWriter) -> None:
    plan = [day.isoformat() for day in dues(dt.date(2024, 10, 1), 24)]
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2024-10-01", plan[:15], tenor=24)
    assert labelled(writer).worst_days_past_due["C1"] == (CLOCK - dt.date(2026, 2, 1)).days + 1
    assert labelled(writer, clock=CLOCK - dt.timedelta(1)).empty


def test_who_is_a_borrower(writer: MemoryWriter) -> None:
    for name in ("paying", "npa", "closed", "written off", "later", "none"):
        customer(writer, name)
    paying = [day.isoformat() for day in dues(dt.date(2024, 11, 10), 12)]
    loan(writer, "L1", "paying", "2024-11-10", paying)
    loan(writer, "L2", "npa", "2024-11-10", [])
    loan(writer, "L3", "closed", "2024-11-10", paying, closed_on="2025-03-31")
    loan(writer, "L4", "written off", "2024-11-10", paying, written_off_on="2025-03-01")
    loan(writer, "L5", "later", "2025-04-01", [])
    assert list(labelled(writer).index) == ["paying"]


def test_a_write_off_in_the_window_is_bad(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    days = [day.isoformat() for day in dues(dt.date(2024, 11, 10), 24)]
    loan(writer, "L1", "C1", "2024-11-10", days[:20], tenor=24, written_off_on="2025-09-01")
    assert labelled(writer).bad["C1"]


def test_without_instalments_there_is_no_label(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    loan(writer, "L1", "C1", "2024-11-10", [])
    writer.connection.execute("DELETE FROM books.core.instalments")
    assert labelled(writer).empty


def test_what_would_be_lost_by_product(writer: MemoryWriter) -> None:
    customer(writer, "C1")
    for name, product in (("L1", "home_loan"), ("L2", "personal_loan")):
        loan(writer, name, "C1", "2025-03-10", [], principal=1000, rate=0.0, tenor=10, product=product)
    books = writer.books
    status = loan_status(books.loans, books.instalments, as_of_table([AS_OF]))
    assert writer.frame(losses_given_default(status, books.loans)).loss_given_default.tolist() == [1000.0]
