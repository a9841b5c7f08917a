"""Detectors on series made by hand: what they find, what they leave, and what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.models.goals.detect import (
    DETECTORS,
    MONTHS,
    NEEDS,
    SENSITIVE,
    Finding,
    Known,
    job_changes,
    loan_needs,
    purchase_savings,
    salary_steps,
    school_fees,
)  # fmt: skip

AS_OF = dt.date(2025, 6, 30)
COLUMNS = ("inflow", "closing_balance", "saving", "emi_contracted", *(name for name, *_ in NEEDS))


def known(
    salaries: list[tuple[str, str, float]] = (),
    school: list[str] = (),
    **months: Any,  # type: ignore[assignment]
) -> Known:
    """One customer: salaries as (day, payer, amount), days of school fees, months as the last values of a column."""
    columns = {}
    for name in COLUMNS:
        values = np.asarray(months.get(name, [0.0] * MONTHS), dtype=float)
        columns[name] = np.r_[np.full(MONTHS - len(values), np.nan), values].reshape(1, MONTHS)
    paid = pd.DataFrame(salaries, columns=["day", "payer", "amount"]).assign(customer_id="C1")
    paid["day"] = pd.to_datetime(paid["day"])
    fees = pd.DataFrame({"customer_id": "C1", "day": pd.to_datetime(list(school)), "amount": 9_000.0})
    return Known(AS_OF, ["C1"], columns, paid.sort_values("day", ignore_index=True), fees)


def monthly(count: int, amounts: Any, payer: str = "a", until: str = "2025-06") -> list[tuple[str, str, float]]:
    ends = pd.period_range(end=until, periods=count, freq="M")
    return [
        (f"{end}-05", payer, float(value)) for end, value in zip(ends, np.broadcast_to(amounts, count), strict=True)
    ]


def test_a_new_employer() -> None:
    (found,) = job_changes(known(monthly(10, 50_000, until="2025-03") + monthly(2, 60_000, "b")))
    assert found == Finding(
        "C1", "job_change", 2,
        ("salary from another employer since 05 May 2025, 2 payments", "the former one paid last on 05 Mar 2025",
         "20% more than before"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "salaries",
    [
        [],
        monthly(12, 50_000),
        monthly(12, 50_000) + monthly(3, 9_000, "b"),  # a second job beside the first
        monthly(2, 50_000, until="2025-03") + monthly(2, 60_000, "b"),  # nothing established to change from
        monthly(6, 50_000, until="2024-06") + monthly(12, 60_000, "b"),  # long ago
        monthly(6, 50_000, until="2025-01") + monthly(2, 60_000, "b", until="2025-04"),  # paid no more
    ],
)
def test_no_new_employer(salaries: list[tuple[str, str, float]]) -> None:
    assert job_changes(known(salaries)) == []


@pytest.mark.parametrize("since", [2, 3, 5])
def test_a_step_of_the_salary(since: int) -> None:
    (found,) = salary_steps(known(monthly(12, [50_000] * (12 - since) + [55_000] * since)))
    assert found.evidence == (
        f"salary 10% higher since 05 {pd.Period('2025-06') - since + 1:%b} 2025",
        f"{since} payments since, against the half-year before",
    )


@pytest.mark.parametrize(
    "amounts",
    [
        [50_000] * 12,
        [50_000] * 9 + [51_000] * 3,  # two per cent is no step
        [50_000] * 11 + [80_000],  # once is a bonus
        [40_000, 60_000] * 6,  # it always swings
        [50_000] * 9 + [40_000] * 3,  # less
        [50_000] * 7 + [90_000] + [50_000] * 2 + [56_000] * 2,  # has been higher before
    ],
)
def test_no_step(amounts: list[float]) -> None:
    assert salary_steps(known(monthly(12, amounts))) == []


def test_noise_alone_is_hardly_ever_a_step() -> None:
    draw = np.random.default_rng(0)
    one = known(monthly(12, 50_000))
    many = pd.concat([one.salaries.assign(customer_id=f"C{at:03d}") for at in range(500)], ignore_index=True)
    noisy = Known(AS_OF, [], {}, many.assign(amount=many["amount"] * draw.lognormal(0, 0.05, len(many))), one.school)
    assert 0 < len(salary_steps(noisy)) <= 0.03 * 500


def test_money_put_by() -> None:
    rising = [20_000 + 15_000 * month for month in range(MONTHS)]
    (found,) = purchase_savings(known(inflow=[60_000] * MONTHS, closing_balance=rising))
    assert found.strength == 3
    assert found.evidence == (
        "1.5 months of inflow put by in 6 months up to 30 Jun 2025", "more at the end of 6 of 6 months",
    )  # fmt: skip
    invested = known(inflow=[60_000] * MONTHS, closing_balance=[20_000] * MONTHS, saving=[15_000] * MONTHS)
    assert len(purchase_savings(invested)) == 1


@pytest.mark.parametrize(
    ("inflow", "balance"),
    [
        ([60_000] * MONTHS, [20_000] * MONTHS),
        ([60_000] * MONTHS, [20_000] * (MONTHS - 1) + [200_000]),  # one large credit
        ([0] * (MONTHS - 2) + [60_000] * 2, [20_000 + 15_000 * month for month in range(MONTHS)]),  # no usual inflow
        ([60_000] * 3, [20_000, 40_000, 60_000]),  # too short
    ],
)
def test_no_money_put_by(inflow: list[float], balance: list[float]) -> None:
    assert purchase_savings(known(inflow=inflow, closing_balance=balance)) == []


def test_short_before_the_instalments() -> None:
    signs = {"emi_bounces": [0, 0, 1], "loan_app_count": [1, 0, 1], "low_days": [4, 6, 5]}
    (found,) = loan_needs(known(**signs, closing_balance=[900.0], emi_contracted=[5_000.0]))
    assert found.strength == 3
    assert found.evidence[0] == "1 instalments returned in 3 months"
    assert found.evidence[-1] == "balance below the instalments of a month on 30 Jun 2025"
    assert loan_needs(known(emi_bounces=[0, 0, 1])) == []


def test_school_fees_in_both_terms_and_new() -> None:
    (found,) = school_fees(known(school=["2024-10-10", "2025-04-10"]))
    assert found.evidence == ("2 payments of school fees since 10 Oct 2024, in both terms, none before",)
    assert school_fees(known(school=["2023-10-10", "2024-10-10", "2025-04-10"])) == []
    assert school_fees(known(school=["2025-04-10", "2025-05-10"])) == []


@pytest.mark.parametrize("goal", list(DETECTORS))
def test_nothing_known_is_nothing_found(goal: str) -> None:
    storm = known(**{name: [np.nan] * MONTHS for name in COLUMNS})
    nobody = Known(AS_OF, [], {name: np.zeros((0, MONTHS)) for name in COLUMNS}, storm.salaries, storm.school)
    assert DETECTORS[goal](storm) == DETECTORS[goal](nobody) == []


def test_what_is_sensitive_is_a_goal_and_off_by_name() -> None:
    assert set(DETECTORS) > SENSITIVE
    assert not {"health", "religion", "pregnancy"} & set(DETECTORS)
