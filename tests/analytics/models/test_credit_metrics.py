"""Our metrics beside scikit-learn's, scipy's and statsmodels'."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from analytics.models import metrics
from analytics.models.calibration import Platt, cross_fitted
from analytics.models.metrics import Replicates
from analytics.models.scale import logit


def sample(seed: int = 0, rows: int = 400, ties: bool = True) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    probability = draw.beta(1, 8, rows)
    probability = np.round(probability, 2) if ties else probability
    probability = np.clip(probability, 0.005, 0.995)
    bad = (draw.random(rows) < probability).astype(float)
    return bad, probability


def one(metric: metrics.Metric, bad: np.ndarray, probability: np.ndarray) -> float:
    return float(metric(bad, probability, np.ones((1, len(bad))))[0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_ranking_metrics_against_the_libraries(seed: int, ties: bool) -> None:
    bad, probability = sample(seed, ties=ties)
    assert one(metrics.auc, bad, probability) == pytest.approx(roc_auc_score(bad, probability))
    assert one(metrics.average_precision, bad, probability) == pytest.approx(average_precision_score(bad, probability))
    distance = ks_2samp(probability[bad == 1], probability[bad == 0]).statistic
    assert one(metrics.ks, bad, probability) == pytest.approx(distance)
    base = brier_score_loss(bad, np.full_like(bad, bad.mean()))
    assert one(metrics.brier_skill, bad, probability) == pytest.approx(1 - brier_score_loss(bad, probability) / base)


def test_calibration_against_a_logistic_regression() -> None:
    bad, probability = sample(3)
    columns = sm.add_constant(logit(probability))
    theirs = sm.Logit(bad, columns).fit(disp=0)
    assert one(metrics.calibration_slope, bad, probability) == pytest.approx(theirs.params[1], abs=1e-5)
    shifted = sm.GLM(bad, np.ones_like(bad), family=sm.families.Binomial(), offset=logit(probability)).fit()
    assert one(metrics.calibration_intercept, bad, probability) == pytest.approx(shifted.params[0], abs=1e-5)


def test_weights_are_repetitions() -> None:
    bad, probability = sample(4, rows=60)
    counts = np.random.default_rng(1).integers(0, 4, len(bad))
    repeated = np.repeat(bad, counts), np.repeat(probability, counts)
    for name, metric in metrics.METRICS.items():
        weighted = float(metric(bad, probability, counts[None, :].astype(float))[0])
        assert weighted == pytest.approx(one(metric, *repeated), abs=1e-6), name


def test_a_customers_rows_are_drawn_together_and_the_sample_comes_first() -> None:
    draws = Replicates.by_customer(np.array(["a", "a", "b", "c"], dtype=object), count=50, seed=1)
    assert draws.weights.shape == (51, 4)
    assert (draws.weights[0] == 1).all()
    assert (draws.weights[:, 0] == draws.weights[:, 1]).all()
    assert (draws.weights[1:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """AUC of two normals one apart is Φ(1/√2); 60 samples, 95 % intervals."""
    truth, held = 0.76025, 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        bad = (np.arange(300) < 60).astype(float)
        score = 1 / (1 + np.exp(-(draw.normal(size=300) + bad)))
        found = Replicates.by_customer(np.arange(300).astype(object), count=200, seed=seed).estimate(
            metrics.auc, bad, score
        )
        held += found.low <= truth <= found.high
    assert 52 <= held <= 60


def test_paired_gap_is_narrower_than_the_two_intervals() -> None:
    bad, probability = sample(7, rows=1500, ties=False)
    near = np.clip(probability * 1.02 + 1e-4 * np.arange(len(bad)) / len(bad), 0, 1)
    draws = Replicates.by_customer(np.arange(len(bad)).astype(object), count=200, seed=0)
    gap, alone = draws.gap(metrics.auc, bad, near, probability), draws.estimate(metrics.auc, bad, probability)
    assert gap.high - gap.low < 0.2 * (alone.high - alone.low)
    assert gap.low <= gap.value <= gap.high


def test_population_stability() -> None:
    draw = np.random.default_rng(0)
    base, same, moved = draw.normal(size=5000), draw.normal(size=5000), draw.normal(0.6, size=5000)
    assert metrics.population_stability(base, same) < 0.01
    assert metrics.population_stability(base, moved) > 0.25
    assert metrics.population_stability(base, base) == 0


def test_platt_recovers_a_known_line() -> None:
    draw = np.random.default_rng(2)
    log_odds = draw.normal(-2, 1.5, 20_000)
    bad = (draw.random(20_000) < 1 / (1 + np.exp(-(0.4 + 0.7 * log_odds)))).astype(float)
    line = Platt.fit(log_odds, bad)
    assert (line.intercept, line.slope) == pytest.approx((0.4, 0.7), abs=0.1)
    assert (1 / (1 + np.exp(-line.apply(log_odds)))).mean() == pytest.approx(bad.mean(), abs=1e-3)


def test_platt_never_turns_the_order_round() -> None:
    draw = np.random.default_rng(2)
    log_odds = draw.normal(size=500)
    assert Platt.fit(log_odds, (log_odds < 0).astype(float)).slope > 0


def test_cross_fitting_never_shows_a_customer_to_his_own_model() -> None:
    customers = np.repeat(np.arange(40), 3).astype(object)
    seen: list[tuple[set, set]] = []

    def predict(fit: np.ndarray, rest: np.ndarray) -> np.ndarray:
        seen.append((set(customers[fit]), set(customers[rest])))
        return np.zeros(int(rest.sum()))

    assert len(cross_fitted(customers, predict, folds=4, seed=0)) == 120
    assert len(seen) == 4
    assert all(not fitted & rest for fitted, rest in seen)
    assert set().union(*(rest for _, rest in seen)) == set(customers)
