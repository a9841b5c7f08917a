"""Contributions against a background: what a customer's figures move when the background's are set in their place.

Interventional Shapley values (Janzing et al., 2020): of trees by the shap package, exact over the background's rows
(Lundberg et al., 2020); of what is a sum over features in closed form, the difference to the background's mean.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.models.design import matrix
from analytics.models.foreign import ForeignModel
from analytics.models.learners import Blended, Boosted
from analytics.models.supervised import SupervisedModel
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.explain.background import Background
    from analytics.models.learners import Learner
    from analytics.models.protocol import Scorer

Floats = NDArray[np.float64]

#: Largest gap, in log-odds, between the parts' sum and the score. Trees are summed in single precision.
TOLERANCE = 1e-5


def interventional(model: Scorer, frame: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Return calibrated log-odds by feature and ``base``, the background's mean; rows sum to the score's log-odds.

    Raises
    ------
    ModelError
        The parts do not add up.
    """
    import pandas as pd

    if isinstance(model, ForeignModel):
        return model.against(background.rows).contributions(frame)
    if not isinstance(model, SupervisedModel):
        raise ModelError(f"{model.version} cannot be set against a background.")
    parts = _parts(model.learner, frame, background.rows) * model.platt.slope
    parts[:, -1] += model.platt.intercept
    wanted = model.score(frame)["log_odds"].to_numpy(dtype=float)
    gap = float(np.abs(parts.sum(axis=1) - wanted).max())
    if gap > TOLERANCE:
        raise ModelError(f"Contributions against the background miss the score by {gap:.1e} log-odds.")
    return pd.DataFrame(parts, columns=[*model.features, "base"], index=frame.index)


def _parts(learner: Learner, frame: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    if isinstance(learner, Blended):
        share = learner.share
        return share * _of_trees(learner.trees, frame, rows) + (1 - share) * _of_sum(learner.line, frame, rows)
    if isinstance(learner, Boosted):
        return _of_trees(learner, frame, rows)
    return _of_sum(learner, frame, rows)


def _of_sum(learner: Learner, frame: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    """Each feature's own term less its mean over the background: exact where the log-odds are a sum of such terms."""
    parts, mean = learner.contributions(frame), learner.contributions(rows).mean(axis=0)
    return np.column_stack([parts[:, :-1] - mean[:-1], np.full(len(parts), mean.sum())])


def _of_trees(trees: Boosted, frame: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    import xgboost

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(trees.document))
        given = matrix(rows, trees.names)
        explainer = shap.TreeExplainer(booster, given, feature_perturbation="interventional", model_output="raw")
        values = np.asarray(explainer.shap_values(matrix(frame, trees.names), check_additivity=False), dtype=float)
        total = trees.contributions(frame).sum(axis=1)
        base = trees.contributions(rows).sum(axis=1).mean()
    rest = total - base - values.sum(axis=1)
    if float(np.abs(rest).max()) > 1e-3:
        raise ModelError(f"The trees' contributions miss their own log-odds by {float(np.abs(rest).max()):.1e}.")
    return np.column_stack([values + _shared(rest, values), np.full(len(values), base)])


def _shared(rest: Floats, values: Floats) -> Floats:
    """Spread what single precision lost over the features by weight: parts in ten million, so that sums are exact."""
    weight = np.abs(values) + 1e-12
    return np.asarray(rest[:, None] * weight / weight.sum(axis=1, keepdims=True))
