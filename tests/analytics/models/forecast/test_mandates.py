"""When a mandate takes money next, and how much."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.models.forecast.mandates import Mandates


def due(paid: list[float], horizons: int = 4) -> list[float]:
    one = Mandates(
        np.array([0]), np.array(["spend"], object), np.array([0]), np.array(["rent"], object), np.array([paid])
    )
    return one.due(len(paid) - 1, np.arange(1, horizons + 1))[0].tolist()


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ([100, 100, 100], [100, 100, 100, 100]),
        ([0, 0, 100, 100], [0, 0, 0, 0]),
        ([100, 100, 110, 110], [110] * 4),
        ([100, 100, 100, 200], [100] * 4),
        ([100, 100, 100, 0], [100] * 4),
        ([100, 100, 100, 0, 0], [0] * 4),
        ([100, 0, 0, 100, 0, 0, 100, 0, 0], [100, 0, 0, 100]),
        ([100, 0, 0, 100, 0, 0, 100], [0, 0, 100, 0]),
        ([100, 0, 100, 0, 100, 0], [0] * 4),
        ([0, 0, 0], [0] * 4),
    ],
    ids=["monthly", "twice is too few", "raised", "two in one month", "one is late", "ended", "quarterly",
         "quarterly, just paid", "no known cadence", "never"],
)  # fmt: skip
def test_due(paid: list[float], expected: list[float]) -> None:
    assert due(paid) == expected


def test_a_yearly_premium_comes_once_a_year() -> None:
    paid = [0.0] * 30
    paid[2] = paid[14] = paid[26] = 9_000.0
    assert due(paid, 12) == [0.0] * 8 + [9_000.0] + [0.0] * 3


def test_the_past_of_an_origin_is_all_it_sees() -> None:
    paid = np.array([[100.0, 100, 100, 100, 500, 500]])
    one = Mandates(np.array([0]), np.array(["spend"], object), np.array([0]), np.array(["rent"], object), paid)
    assert one.due(3, np.array([1])).tolist() == [[100.0]]
