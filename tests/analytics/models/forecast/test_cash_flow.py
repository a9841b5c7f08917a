"""Balance paths: exact where nothing is random, seeded, and refusing what cannot be answered."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analytics.models.forecast.cash_flow import Due, cash_flow
from governance.errors import ModelError

DAY = dt.date(2026, 6, 30)


def test_without_surprises_there_is_one_path() -> None:
    found = cash_flow(1_000.0, np.full(120, -100.0), [Due(3, 5_000.0)], Due(6, -4_000.0), DAY)
    assert found.days == tuple(DAY + dt.timedelta(days=number) for number in range(1, 7))
    assert found.median.tolist() == [900, 800, 5700, 5600, 5500, 5400]
    assert (found.low == found.high).all()
    assert (found.chance_short, found.chance_negative, found.paths) == (0.0, 0.0, 500)


@pytest.mark.parametrize(
    ("balance", "instalment", "short", "negative"),
    [(1_000, -400, 0.0, 0.0), (1_000, -600, 1.0, 0.0), (300, -50, 1.0, 1.0)],
    ids=["enough", "less than the instalment", "below zero before it"],
)
def test_short(balance: float, instalment: float, short: float, negative: float) -> None:
    found = cash_flow(balance, np.full(90, -100.0), [], Due(6, instalment), DAY)
    assert (found.chance_short, found.chance_negative) == (short, negative)


def test_what_falls_after_the_instalment_does_not_help() -> None:
    found = cash_flow(100.0, np.zeros(90), [Due(8, 9_000.0)], Due(5, -500.0), DAY)
    assert found.chance_short == 1.0


def test_the_seed_decides_and_the_chance_moves_with_the_balance() -> None:
    flows = np.random.default_rng(0).normal(-100, 800, 182)
    chances = [cash_flow(balance, flows, [], Due(20, -1_000.0), DAY).chance_short for balance in (500, 4_000, 40_000)]
    assert chances[0] > chances[1] > chances[2]
    first, again, other = (cash_flow(4_000, flows, [], Due(20, -1_000.0), DAY, seed=seed) for seed in (0, 0, 1))
    assert (first.median == again.median).all()
    assert not (first.median == other.median).all()


def test_too_few_days_and_an_instalment_behind_are_refused() -> None:
    with pytest.raises(ModelError, match="There are 20 days"):
        cash_flow(0.0, np.zeros(20), [], Due(5, -1.0), DAY)
    with pytest.raises(ModelError, match="not ahead"):
        cash_flow(0.0, np.zeros(90), [], Due(0, -1.0), DAY)
