"""Intervals cover what they say, by horizon, and never turn over."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.models.forecast.conformal import Conformal, quantile


def test_new_draws_are_covered_at_the_level() -> None:
    draw = np.random.default_rng(0)
    band = Conformal.of([draw.gamma(2, 1, 4000) - 2, draw.normal(0, 3, 4000)])
    fresh = np.stack([draw.gamma(2, 1, 4000) - 2, draw.normal(0, 3, 4000)], axis=1)
    scale = draw.uniform(1, 50, 4000)
    expected = np.full((4000, 2), 1e6)
    low, high = band.apply(expected, scale)
    actual = expected + fresh * scale[:, None]
    assert ((actual >= low) & (actual <= high)).mean(axis=0) == pytest.approx([0.8, 0.8], abs=0.02)


def test_a_horizon_with_few_misses_leans_on_all() -> None:
    band = Conformal.of([np.arange(100.0), np.array([1.0])])
    assert band.misses.tolist() == [100, 101]


def test_nothing_below_the_least_and_the_point_inside() -> None:
    band = Conformal.of([np.full(50, 5.0)])
    low, high = band.apply(np.array([[3.0]]), np.array([2.0]))
    assert (low.item(), high.item()) == (3.0, 13.0)
    assert Conformal.from_dict(band.as_dict()).apply(np.array([[3.0]]), np.array([2.0]))[1].item() == 13.0


def test_the_quantile_corrects_for_a_finite_sample() -> None:
    assert quantile(np.arange(1.0, 10.0), 0.9) == 9.0
    assert quantile(np.arange(1.0, 100.0), 0.5) == 50.0
    assert quantile(np.empty(0), 0.9) == 0.0
