"""The exported graph says what the model says, holes and splits included."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models.credit import CreditModel, How, fit
from analytics.models.design import matrix
from analytics.models.learners import Blended
from analytics.models.onnx_export import INPUT, session_of, to_onnx
from governance.errors import ModelError


def trained(how: How) -> CreditModel:
    return fit(borrowers(900), trained_as_of=dt.date(2025, 6, 30), features=DIRECTIONS, how=how)


@pytest.fixture(scope="module")
def blend() -> CreditModel:
    return trained("blend")


def stormy(rows: int = 4_000) -> pd.DataFrame:
    """Borrowers with holes everywhere, nothing known, extremes and zeros."""
    frame = borrowers(rows, months=1, seed=21)
    draw = np.random.default_rng(2)
    for name in DIRECTIONS:
        frame[name] = frame[name].astype(float) * draw.choice([1.0, 0.0, -1.0, 1e6], rows, p=[0.85, 0.05, 0.05, 0.05])
        frame.loc[draw.random(rows) < 0.2, name] = np.nan
    frame.loc[:50, list(DIRECTIONS)] = np.nan
    return frame


def on_splits(model: CreditModel) -> pd.DataFrame:
    """Rows whose values lie exactly on the trees' thresholds, and a hair to either side."""
    from analytics.models.onnx_export import tree_attributes

    assert isinstance(model.learner, Blended)
    told = tree_attributes(model.learner.trees)
    rows = []
    for feature, mode, value in zip(told["nodes_featureids"], told["nodes_modes"], told["nodes_values"], strict=True):
        if mode == "BRANCH_LT":
            single = np.float32(value)
            for near in (single, np.nextafter(single, np.float32(-np.inf)), np.nextafter(single, np.float32(np.inf))):
                row = dict.fromkeys(DIRECTIONS, np.nan)
                row[list(DIRECTIONS)[feature]] = float(near)
                rows.append(row)
    return pd.DataFrame(rows[:3000]).assign(customer_id="C", as_of=pd.Timestamp("2025-06-30"))


@pytest.mark.parametrize("how", ["blend", "held logistic", "scorecard"])
def test_the_graph_gives_the_models_probabilities(how: How, blend: CreditModel) -> None:
    model = blend if how == "blend" else trained(how)
    session = session_of(to_onnx(model))
    frames = [stormy(), *([on_splits(model)] if how == "blend" else [])]
    for frame in frames:
        log_odds, probability = session.run(None, {INPUT: matrix(frame, model.features)})
        ours = model.score(frame)
        assert np.abs(probability - ours.probability.to_numpy()).max() <= 1e-6
        assert np.abs(log_odds - ours.log_odds.to_numpy()).max() <= 1e-5


def test_the_graph_names_its_features(blend: CreditModel) -> None:
    import json

    told = session_of(to_onnx(blend)).get_modelmeta().custom_metadata_map
    assert (told["version"], json.loads(told["features"])) == (blend.version, list(DIRECTIONS))


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(ModelError, match="no ONNX graph"):
        session_of(b"not a graph")
