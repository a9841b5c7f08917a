"""Who leaves, against walking through his days one by one."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pytest
from memory_books import MemoryWriter, customer, posting

from analytics.models.churn_labels import (
    FALLEN,
    GAP_DAYS,
    HORIZONS,
    LEAST_ACTIVITY,
    WINDOW_DAYS,
    WINDOW_MONTHS,
    attached,
    labels,
)
from analytics.pipeline.periods import add_months

AS_OF = dt.date(2025, 6, 30)
CLOCK = AS_OF + dt.timedelta(days=WINDOW_DAYS)


@dataclass
class Life:
    """What a customer does: day after the as-of → amounts, salaries by day, the day he closes."""

    name: str
    spends: Sequence[int] = ()
    salaries: Sequence[int] = ()
    passive: Sequence[int] = ()
    receives: Sequence[int] = ()
    closes: int | None = None
    late: dict[int, int] = field(default_factory=dict)


def steady(first: int = -179, last: int = WINDOW_DAYS, every: int = 3) -> list[int]:
    return list(range(first, last + 1, every))


LIVES = (
    Life("stays", steady()),
    Life("quiet at once", steady(last=10)),
    Life("quiet in the second", steady(last=44)),
    Life("quiet in the third", steady(last=74)),
    Life("quiet too late", steady(last=105)),
    Life("a pause of a month", [*steady(last=44), *steady(first=75)]),
    Life("salary stops", steady(), salaries=[-170, -140, -80, -50, -20]),
    Life("salary goes on", steady(), salaries=list(range(-170, WINDOW_DAYS, 30))),
    Life("salary skips one", steady(), salaries=[*range(-170, 20, 30), *range(60, WINDOW_DAYS, 30)]),
    Life("money dries up", steady(), receives=list(range(-170, 20, 15))),
    Life("closes in the gap", steady(last=9), closes=10),
    Life("closes in the second", steady(), closes=50),
    Life("closes late", steady(), closes=110),
    Life("closed before", steady(last=-5), closes=-2),
    Life("dormant", steady(last=-31)),
    Life("new", steady(first=-60)),
    Life("the bank alone is busy", steady(last=20), passive=steady()),
    Life("known late", steady(last=-31), late={-20: 30, -15: 30, -10: 30, -5: 30}),
)


def lived(writer: MemoryWriter, life: Life) -> None:
    """Write a life into the books."""

    def on(day: int) -> str:
        return f"{AS_OF + dt.timedelta(days=day)} 10:00"

    customer(writer, life.name)
    if life.closes is not None:
        closed = AS_OF + dt.timedelta(days=life.closes)
        writer.connection.execute(
            "UPDATE books.core.customers SET closed_on = ? WHERE customer_id = ?", [closed, life.name]
        )
    rows = [posting(life.name, on(day), -100, category="groceries") for day in life.spends]
    rows += [posting(life.name, on(day), 30_000, category="income", recurring_kind="salary") for day in life.salaries]
    rows += [posting(life.name, on(day), 5_000, category="transfer") for day in life.receives]
    rows += [posting(life.name, on(day), -1_000, category="loan_payment", recurring_kind="emi") for day in life.passive]
    rows += [
        posting(
            life.name,
            on(day),
            -100,
            category="groceries",
            known_at=dt.datetime.combine(AS_OF + dt.timedelta(days=day + behind), dt.time(10)),
        )
        for day, behind in life.late.items()
    ]
    writer.append("core.transactions", pa.Table.from_pylist([{"recurring_kind": "", **row} for row in rows]))


@pytest.fixture(scope="module")
def writer() -> MemoryWriter:
    books, draw = MemoryWriter(), random.Random(5)
    lives = [*LIVES, *(drawn(f"drawn {number}", draw) for number in range(25))]
    for life in lives:
        lived(books, life)
    return books


def drawn(name: str, draw: random.Random) -> Life:
    until = draw.randint(-60, WINDOW_DAYS)
    spends = [day for day in range(-179, until) if draw.random() < draw.choice([0.1, 0.4])]
    salaries = [day for day in range(-175, draw.choice([0, 40, WINDOW_DAYS]), 30) if draw.random() < 0.95]
    return Life(name, [-179, *spends], salaries, receives=[day for day in spends if draw.random() < 0.2])


@pytest.fixture(scope="module")
def found(writer: MemoryWriter) -> pd.DataFrame:
    return writer.frame(labels(writer.books, [AS_OF], CLOCK)).set_index("customer_id")


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("stays", 0), ("quiet at once", 1), ("quiet in the second", 2), ("quiet in the third", 3),
        ("quiet too late", 0), ("a pause of a month", 0), ("salary stops", 1), ("salary goes on", 0),
        ("salary skips one", 0), ("money dries up", 1), ("closes in the second", 2), ("closes late", 0),
        ("the bank alone is busy", 1),
    ],
)  # fmt: skip
def test_a_life_and_when_he_leaves(found: pd.DataFrame, name: str, period: int) -> None:
    row = found.loc[name]
    assert row.period == period
    assert bool(row.bad) == (period > 0)
    assert not row.indeterminate


@pytest.mark.parametrize("name", ["closes in the gap", "closed before", "dormant", "new", "known late"])
def test_who_has_no_label(found: pd.DataFrame, name: str) -> None:
    assert name not in found.index


def test_against_walking_through_the_days(found: pd.DataFrame, writer: MemoryWriter) -> None:
    draw = random.Random(5)
    walked = {life.name: _walk(life) for life in (drawn(f"drawn {number}", draw) for number in range(25))}
    expected = {name: period for name, period in walked.items() if period is not None}
    ours = found[found.index.str.startswith("drawn")].period.to_dict()
    assert ours == expected
    assert len(set(expected.values())) >= 3


def _walk(life: Life) -> int | None:
    """The period in which a drawn customer leaves, 0 where he stays, None where he is not asked about."""
    active = [*life.spends, *life.salaries, *life.receives]
    inflow = [(day, 30_000) for day in life.salaries] + [(day, 5_000) for day in life.receives]

    def count(first: int, last: int) -> int:
        return sum(first <= day <= last for day in active)

    observed = 1 - min(day for day in active if day >= -179)
    base = count(-179, 0) / (min(observed, 180) / 30)
    recent = count(-29, 0)
    if observed < 90 or recent < LEAST_ACTIVITY or recent <= FALLEN * base:
        return None
    base_in = sum(amount for day, amount in inflow if day <= 0) / (min(observed, 180) / 30)
    paid_months = sum(any(-30 * (back + 1) < day <= -30 * back for day in life.salaries) for back in range(3))
    for period in (1, 2, 3):
        first, last = GAP_DAYS + 1 + 30 * (period - 1), GAP_DAYS + 30 * (period + 1)
        comes = sum(amount for day, amount in inflow if first <= day <= last)
        unpaid = paid_months == 3 and not any(first <= day <= last for day in life.salaries)
        if count(first, last) <= 2 * FALLEN * base or (base_in and comes <= 2 * FALLEN * base_in) or unpaid:
            return period
    return 0


def test_a_label_waits_for_its_whole_window(writer: MemoryWriter) -> None:
    early = labels(writer.books, [AS_OF], CLOCK - dt.timedelta(days=1))
    assert not len(writer.frame(early))
    assert all(add_months(month, WINDOW_MONTHS) >= month + dt.timedelta(days=WINDOW_DAYS)
               for month in (dt.date(2024, number, 28) for number in range(1, 13)))  # fmt: skip


def test_recency_counts_from_the_last_thing_he_did(writer: MemoryWriter) -> None:
    rows = writer.frame(attached(writer.books, [AS_OF])).set_index("customer_id")
    assert rows.loc["stays", "recency_days"] == -max(day for day in steady() if day <= 0)
    assert HORIZONS == (30, 60, 90)
