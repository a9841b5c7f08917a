"""Settings of the trees tried one after another: which rank best on time folds before those of the validation.

Optuna's tree-structured Parzen estimator (Bergstra et al., 2011), seeded, in memory. A setting's figure is the mean AUC
over the folds; the settings without tuning are the first that are tried, so that tuning never chooses worse on them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from governance.errors import ModelError

if TYPE_CHECKING:
    import optuna
    import pandas as pd

    from analytics.models.scheme import Scheme

FEWEST_BADS = 5


@dataclass(frozen=True)
class Trial:
    """One setting and its mean AUC."""

    parameters: Mapping[str, Any]
    auc: float


@dataclass(frozen=True)
class Tuning:
    """The best settings, all that were tried, and the folds they were judged on."""

    parameters: Mapping[str, Any]
    trials: tuple[Trial, ...]
    folds: tuple[dt.date, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values, for the card."""
        return {
            "parameters": dict(self.parameters),
            "folds": [day.isoformat() for day in self.folds],
            "trials": [{"parameters": dict(each.parameters), "auc": round(each.auc, 6)} for each in self.trials],
        }


def tune(frame: pd.DataFrame, folds: Sequence[dt.date], scheme: Scheme, *, trials: int, seed: int = 0) -> Tuning:
    """Try settings.

    Parameters
    ----------
    frame
        Labelled rows, see `analytics.models.credit.fit`.
    folds
        As-ofs to test on; each trains on labels complete before it. One without enough bads on both sides is left out.
    scheme
        What the model is about: the features, their directions, the label's window.

    Raises
    ------
    ModelError
        No fold has bads enough.
    """
    import optuna

    from analytics.models.learners import BOOSTING, ROUNDS

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    parts = _parts(frame, folds, scheme.window_months)
    if not parts:
        raise ModelError("There is too little history before the validation's folds to tune on. Train without --tune.")
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    first = {
        name: BOOSTING[name]
        for name in ("max_depth", "eta", "min_child_weight", "subsample", "colsample_bytree", "lambda")
    }
    study.enqueue_trial({**first, "rounds": ROUNDS})
    study.optimize(lambda trial: _judged(trial, parts, scheme.directions, seed), n_trials=trials)
    tried = tuple(Trial(dict(each.params), float(each.value or 0.0)) for each in study.trials)
    return Tuning(dict(study.best_params), tried, tuple(day for day, _, _ in parts))


def _parts(
    frame: pd.DataFrame, folds: Sequence[dt.date], window_months: int
) -> list[tuple[dt.date, pd.DataFrame, pd.DataFrame]]:
    import pandas as pd

    from analytics.models.validation import complete_before

    parts = []
    for day in sorted(folds):
        past, test = complete_before(frame, day, window_months), frame[frame["as_of"] == pd.Timestamp(day)]
        past = past[~past["indeterminate"].astype(bool)]
        if min(past["bad"].sum(), test["bad"].sum()) >= FEWEST_BADS:
            parts.append((day, past, test))
    return parts


def _judged(
    trial: optuna.Trial,
    parts: Sequence[tuple[dt.date, pd.DataFrame, pd.DataFrame]],
    directions: Mapping[str, int],
    seed: int,
) -> float:
    from analytics.models.learners import Boosted
    from analytics.models.metrics import auc

    tuned = {
        "max_depth": trial.suggest_int("max_depth", 2, 5),
        "eta": trial.suggest_float("eta", 0.01, 0.2, log=True),
        "min_child_weight": trial.suggest_float("min_child_weight", 1.0, 60.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
        "lambda": trial.suggest_float("lambda", 0.5, 50.0, log=True),
        "rounds": trial.suggest_int("rounds", 50, 500),
    }
    names, held = tuple(directions), tuple(directions.values())
    found = []
    for _, past, test in parts:
        trees = Boosted.fit(past, past["bad"].to_numpy(dtype=float), names, held, seed=seed, tuned=tuned)
        bad, once = test["bad"].to_numpy(dtype=float), np.ones((1, len(test)))
        found.append(float(auc(bad, trees.log_odds(test), once)[0]))
    return float(np.mean(found))
