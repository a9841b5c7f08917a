"""Probabilities by horizon: they never fall, end at the whole, and find the timing that was drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.models import hazards, profit, reject_inference, scale


def drawn(rows: int = 30_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds, and periods: of those who leave, the riskier do so sooner."""
    draw = np.random.default_rng(seed)
    log_odds = draw.normal(-1.5, 1.2, rows)
    leaves = draw.random(rows) < scale.expit(log_odds)
    soon, then = scale.expit(0.3 + 0.6 * log_odds), scale.expit(np.full(rows, 0.4))
    period = np.where(draw.random(rows) < soon, 1, np.where(draw.random(rows) < then, 2, 3))
    return log_odds, np.where(leaves, period, 0).astype(float)


def test_they_never_fall_and_end_at_the_whole() -> None:
    log_odds, period = drawn(2000)
    found = hazards.by_horizon(log_odds, hazards.timing(period, log_odds, 3))
    assert found.shape == (2000, 3)
    assert (np.diff(found, axis=1) >= 0).all()
    assert found[:, -1] == pytest.approx(scale.expit(log_odds))


def test_the_timing_that_was_drawn_is_found() -> None:
    log_odds, period = drawn()
    lines = hazards.timing(period, log_odds, 3)
    assert lines[0] == pytest.approx([0.3, 0.6], abs=0.12)
    assert lines[1] == pytest.approx([0.4, 0.0], abs=0.12)
    found = hazards.by_horizon(log_odds, lines)
    for number in (1, 2, 3):
        observed = ((period > 0) & (period <= number)).mean()
        assert found[:, number - 1].mean() == pytest.approx(observed, abs=0.01)


def test_without_events_no_period_is_preferred() -> None:
    lines = hazards.timing(np.zeros(50), np.zeros(50), 3)
    assert lines == [[0.0, 0.0], [0.0, 0.0]]


def test_told_by_horizon() -> None:
    log_odds, period = drawn(4000)
    found = hazards.by_horizon(log_odds, hazards.timing(period, log_odds, 3))
    scored = pd.DataFrame({"customer_id": np.arange(4000).astype(str), "period": period})
    scored = scored.assign(**{f"within_{days}": found[:, at] for at, days in enumerate((30, 60, 90))})
    rows = hazards.told(scored, (30, 60, 90))
    assert [row["horizon_days"] for row in rows] == [30, 60, 90]
    assert [row["events"] for row in rows] == sorted(row["events"] for row in rows)
    assert all(row["auc"]["low"] > 0.6 for row in rows)


def test_profit_by_hand() -> None:
    left = np.array([1.0] * 10 + [0.0] * 90)
    terms = profit.Terms(cost=10, offer=100, value=1_100, kept=0.5)
    found = profit.curve(left, np.linspace(1, 0, 100), terms)
    by_share = {row["share"]: row["profit"] for row in found["rows"]}
    assert by_share[0.10] == 10 * 0.5 * 1_000 - 10 * 10
    assert by_share[0.20] == 10 * 0.5 * 1_000 - 10 * 100 - 20 * 10
    assert found["best_share"] == 0.10
    assert "not known" in found["note"]


def test_nothing_is_worth_doing_where_it_costs_more_than_it_brings() -> None:
    found = profit.curve(np.array([1.0, 0.0] * 50), np.linspace(1, 0, 100), profit.Terms(cost=9_999))
    assert found["best_share"] == 0.0


class TestRejectInference:
    """Parcelling: a band that worsens with the odds supposed."""

    def test_worse_odds_mean_more_bads(self) -> None:
        draw = np.random.default_rng(0)
        probability = draw.beta(1, 9, 5000)
        bad = (draw.random(5000) < probability).astype(float)
        found = reject_inference.band(bad, probability)
        rates = [row["bad_rate"] for row in found["rows"]]
        assert [row["odds"] for row in found["rows"]] == [1.0, 1.5, 2.0]
        assert found["accepted"]["bad_rate"] < rates[0] < rates[1] < rates[2]
        assert found["supposed"]

    def test_known_rejects_against_weights_by_hand(self) -> None:
        bad, probability = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.4, 0.3, 0.2, 0.1])
        found = reject_inference.band(bad, probability, np.array([0.5, 0.5]))
        assert not found["supposed"]
        assert found["rows"][0]["bad_rate"] == pytest.approx((1 + 1) / 6, abs=1e-6)
        assert found["rows"][2]["bad_rate"] == pytest.approx((1 + 2 * 2 / 3) / 6, abs=1e-6)
