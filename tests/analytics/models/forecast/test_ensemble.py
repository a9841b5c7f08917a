"""One series: refusals, zeros, constants, sign, season, interval, and the members beside their sources."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.models.forecast import ensemble
from analytics.models.forecast.ensemble import forecast_series
from analytics.models.forecast.intermittent import croston_sba, is_intermittent, tsb
from governance.errors import ModelError


def months(count: int = 42, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return 1000 + 300 * np.sin(np.arange(count) * np.pi / 6) + draw.normal(0, 50, count)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_under_six_months_is_refused_with_the_number(count: int) -> None:
    with pytest.raises(ModelError, match=f"There are {count} whole months"):
        forecast_series(np.ones(count), 3)


@pytest.mark.parametrize("horizon", [0, 13])
def test_a_horizon_out_of_reach_is_refused(horizon: int) -> None:
    with pytest.raises(ModelError, match=f"1 to 12 months ahead; {horizon}"):
        forecast_series(months(), horizon)


def test_a_month_without_a_value_is_refused_and_counted() -> None:
    series = months()
    series[[3, 7]] = np.nan
    with pytest.raises(ModelError, match="2 of 42 months have no value"):
        forecast_series(series, 3)


def test_zeros_and_constants_are_forecast_as_they_are() -> None:
    for value in (0.0, 750.0):
        found = forecast_series(np.full(30, value), 4)
        assert found.points.tolist() == found.low.tolist() == found.high.tolist() == [value] * 4


def test_a_season_is_kept_from_two_years_on() -> None:
    found, young = forecast_series(months(), 12, origins=4), forecast_series(months(23), 3, origins=2)
    assert (found.season, young.season) == (12, 1)
    expected = 1000 + 300 * np.sin((42 + np.arange(12)) * np.pi / 6)
    assert np.abs(found.points - expected).mean() < 90
    assert (found.low < found.points).all()
    assert (found.high > found.points).all()


def test_mostly_zeros_get_croston_and_tsb() -> None:
    series = np.where(np.arange(36) % 4 == 0, 400.0, 0.0)
    found = forecast_series(series, 3)
    assert "TSB" in found.method
    assert found.points == pytest.approx(np.full(3, 100.0), rel=0.1)


@given(st.lists(st.integers(0, 10**9), min_size=6, max_size=14), st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_spend_is_never_negative_and_the_point_lies_within(paise: list[int], horizon: int) -> None:
    found = forecast_series(np.array(paise) / 100, horizon, origins=2)
    assert len(found.points) == len(found.low) == len(found.high) == horizon
    assert (found.low >= 0).all()
    assert (found.low <= found.points + 1e-6).all()
    assert (found.points <= found.high + 1e-6).all()


def test_a_falling_series_may_go_below_zero_only_where_it_is_allowed_to() -> None:
    falling = np.linspace(1000, 20, 36) + np.random.default_rng(0).normal(0, 5, 36)
    assert forecast_series(falling, 12, origins=1).points.min() == 0.0
    assert forecast_series(falling, 12, least=None, origins=1).points.min() < 0.0


def test_the_same_series_gives_the_same_forecast() -> None:
    first, again = (forecast_series(months(), 6, origins=2) for _ in range(2))
    assert (first.points == again.points).all()
    assert (first.high == again.high).all()


def test_arima_can_stand_beside_the_others() -> None:
    found = forecast_series(months(20), 2, members=ensemble.ARIMA, origins=1)
    assert "ARIMA" in found.method


def test_croston_and_tsb_beside_their_recursions() -> None:
    draw = np.random.default_rng(5)
    series = np.where(draw.random(40) < 0.35, draw.gamma(2.0, 100.0, 40), 0.0)
    assert is_intermittent(series)
    when = np.flatnonzero(series)
    size, gap, odds, alpha = series[when[0]], when[0] + 1.0, float(series[0] != 0), 0.1
    for before, now in itertools.pairwise(when):
        size, gap = size + alpha * (series[now] - size), gap + alpha * (now - before - gap)
    for value in series[1:]:
        odds += alpha * ((value != 0) - odds)
    assert croston_sba(series) == pytest.approx((1 - alpha / 2) * size / gap)
    assert tsb(series) == pytest.approx(odds * size)
