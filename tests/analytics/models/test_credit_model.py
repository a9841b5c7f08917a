"""The credit model by itself: calibrated, monotone, additive, portable, honest about too little."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from borrower_frames import DIRECTIONS, borrowers
from sklearn.linear_model import LogisticRegression

from analytics.models import metrics, scale
from analytics.models.credit import MINIMUM_BADS, CreditModel, How, fit
from analytics.models.logistic_fit import held_logistic, ridge_logistic
from analytics.models.protocol import Model
from governance.errors import ModelError

DAY = dt.date(2025, 6, 30)


def fitted(how: How, *, seed: int = 0, customers: int = 1500) -> CreditModel:
    return fit(borrowers(customers), trained_as_of=DAY, features=DIRECTIONS, how=how, seed=seed)


@pytest.fixture(scope="module", params=["blend", "held logistic", "free logistic"])
def model(request: pytest.FixtureRequest) -> CreditModel:
    return fitted(request.param)


class TestContract:
    """What every model promises, on both learners."""

    frame: ClassVar[pd.DataFrame] = borrowers(customers=800, months=1, seed=9)

    def test_it_is_a_model(self, model: CreditModel) -> None:
        assert isinstance(model, Model)

    def test_columns_and_index(self, model: CreditModel) -> None:
        scored = model.score(self.frame.iloc[::-1])
        assert list(scored) == ["customer_id", "as_of", "log_odds", "probability", "score", "band"]
        assert (scored.index == self.frame.index[::-1]).all()

    def test_contributions_sum_to_the_log_odds(self, model: CreditModel) -> None:
        parts = model.contributions(self.frame)
        assert list(parts) == [*DIRECTIONS, "base"]
        assert np.abs(parts.sum(axis=1) - model.score(self.frame).log_odds).max() < 1e-9

    def test_discrimination_and_calibration_on_new_customers(self, model: CreditModel) -> None:
        frame = borrowers(customers=6000, months=1, seed=10)
        bad, probability = frame.bad.to_numpy(dtype=float), model.score(frame).probability.to_numpy()
        ones = np.ones((1, len(bad)))
        assert metrics.auc(bad, probability, ones)[0] > 0.72
        assert 0.7 < metrics.calibration_slope(bad, probability, ones)[0] < 1.45
        assert abs(metrics.calibration_intercept(bad, probability, ones)[0]) < 0.25

    def test_bytes_there_and_back(self, model: CreditModel) -> None:
        stored = model.to_bytes()
        again = CreditModel.from_bytes(stored)
        assert stored == model.to_bytes() == again.to_bytes()
        pd.testing.assert_frame_equal(again.score(self.frame), model.score(self.frame), rtol=1e-12)
        assert again.card() == json.loads(json.dumps(dict(model.card())))

    def test_a_column_that_is_not_there_is_missing(self, model: CreditModel) -> None:
        scored = model.score(self.frame.drop(columns="income_6m"))
        assert scored.probability.between(0, 1, inclusive="neither").all()

    def test_the_card(self, model: CreditModel) -> None:
        card = model.card()
        assert card["label"].startswith("A borrower has an open loan")
        assert card["training_bad_customers"] >= MINIMUM_BADS
        assert card["training_as_ofs"][0] == "2024-01-31"


def test_the_same_seed_gives_the_same_bytes_and_another_another() -> None:
    first, again, other = (fitted("blend", seed=seed, customers=250) for seed in (0, 0, 1))
    assert first.to_bytes() == again.to_bytes()
    assert first.learner.dump() != other.learner.dump()


@pytest.mark.parametrize("how", ["blend", "held logistic"])
def test_the_directions_are_kept_to(how: How) -> None:
    model, frame = fitted(how, customers=400), borrowers(customers=300, months=1, seed=4)
    for name, direction in DIRECTIONS.items():
        low, high = frame[name].quantile([0.02, 0.98])
        log_odds = [
            model.score(frame.assign(**{name: value})).log_odds.to_numpy() for value in np.linspace(low, high, 9)
        ]
        steps = np.diff(log_odds, axis=0) * direction
        assert (steps >= -1e-6).all(), name


def test_too_few_bads_are_refused_with_both_numbers() -> None:
    frame = borrowers()
    few = frame[~frame.bad | frame.customer_id.isin(frame.loc[frame.bad, "customer_id"].unique()[:4])]
    with pytest.raises(ModelError, match=rf"4 customers went bad.*needs {MINIMUM_BADS}"):
        fit(few, trained_as_of=DAY, features=DIRECTIONS)


def test_few_bads_get_the_simple_model() -> None:
    frame = borrowers()
    some = frame[~frame.bad | frame.customer_id.isin(frame.loc[frame.bad, "customer_id"].unique()[:20])]
    assert fit(some, trained_as_of=DAY, features=DIRECTIONS).learner.kind == "logistic regression"


def test_strange_bytes_are_refused() -> None:
    with pytest.raises(ModelError, match="not a model that can be read"):
        CreditModel.from_bytes(b"nonsense")


def test_ridge_logistic_against_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    columns = draw.normal(size=(900, 6))
    bad = (draw.random(900) < 1 / (1 + np.exp(-(columns @ np.arange(6) / 4 - 2)))).astype(float)
    theirs = LogisticRegression(C=0.05, tol=1e-10, max_iter=1000).fit(columns, bad)
    weights, intercept = ridge_logistic(columns, bad, penalty=1 / 0.05)
    assert weights == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_held_weights_lie_on_their_side_and_lose_little() -> None:
    draw = np.random.default_rng(1)
    columns = draw.normal(size=(2000, 5))
    bad = (draw.random(2000) < 1 / (1 + np.exp(-(columns @ np.array([1, -1, 0.5, 0, 0.5]) - 2)))).astype(float)
    weights, _ = held_logistic(columns, bad, [1, -1, -1, 1, 0], penalty=1.0)
    assert weights[0] > 0 > weights[1]
    assert weights[2] == 0
    assert weights[4] > 0.3


def test_points_double_the_odds_every_twenty() -> None:
    at_fifty, at_hundred = scale.logit(np.array([1 / 51, 1 / 101]))
    assert scale.points(np.array([at_fifty, at_hundred])) == pytest.approx([600, 620])
    assert scale.score(np.array([-40.0, 40.0])).tolist() == [900, 300]
    assert scale.band(np.array([0.0099, 0.01, 0.0799, 0.2, 0.99])).tolist() == [
        "very low", "low", "medium", "very high", "very high",
    ]  # fmt: skip


def test_scoring_imports_neither_scikit_learn_nor_shap() -> None:
    code = (
        "import sys; from analytics.models.credit import CreditModel; import analytics.explain.reasons; "
        "print([name for name in ('sklearn', 'shap', 'xgboost', 'pandas') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
