"""Tuning is seeded, tries the settings there are first, and reads no fold it is validated on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models.credit import CREDIT, fit
from analytics.models.learners import BOOSTING, ROUNDS
from analytics.models.tuning import Tuning, tune
from governance.errors import ModelError

FOLD = dt.date(2025, 3, 31)
SCHEME = replace(CREDIT, directions=DIRECTIONS)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rows = borrowers(500, months=16, seed=1)
    return rows[rows["as_of"].isin(pd.to_datetime(["2024-01-31", "2024-03-31", "2025-03-31", "2025-04-30"]))]


@pytest.fixture(scope="module")
def tuning(frame: pd.DataFrame) -> Tuning:
    return tune(frame, [FOLD], SCHEME, trials=4)


def test_the_settings_there_are_come_first_and_the_best_is_kept(tuning: Tuning) -> None:
    first = tuning.trials[0].parameters
    assert len(tuning.trials) == 4
    assert {name: first[name] for name in first if name != "rounds"} == {
        name: BOOSTING[name] for name in first if name != "rounds"
    }  # fmt: skip
    assert first["rounds"] == ROUNDS
    best = max(tuning.trials, key=lambda trial: trial.auc)
    assert dict(tuning.parameters) == dict(best.parameters)
    assert tuning.as_dict()["trials"][0]["auc"] == round(tuning.trials[0].auc, 6)


def test_later_rows_change_nothing(frame: pd.DataFrame, tuning: Tuning) -> None:
    earlier = frame[frame["as_of"] <= pd.Timestamp(FOLD)]
    assert tune(earlier, [FOLD], SCHEME, trials=4) == tuning


def test_tuned_settings_reach_the_trees(frame: pd.DataFrame) -> None:
    import xgboost

    model = fit(frame, trained_as_of=FOLD, features=DIRECTIONS, how="blend", tuned={"rounds": 7, "max_depth": 2})
    booster = xgboost.Booster()
    booster.load_model(bytearray(model.learner.trees.document))
    assert booster.num_boosted_rounds() == 7


def test_too_little_history_is_said(frame: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="Train without --tune"):
        tune(frame, [dt.date(2024, 1, 31)], SCHEME, trials=1)
