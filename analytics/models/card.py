"""What every supervised model's card says beyond the fit.

Background, stability, top concepts, sensitivity, whether contributions add up, how steady reasons are, points, limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.reasons import by_concept
from analytics.explain.stability import steadiness
from analytics.explain.wording import wording_of
from analytics.features.feature import CONCEPTS
from analytics.models import metrics, sensitivity, validation
from analytics.models.scale import POINTS_PER_LOG_ODDS
from analytics.models.scorecard import Scorecard

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.scheme import Scheme
    from analytics.models.supervised import SupervisedModel

#: Customers whose reasons are asked again with figures moved by a hair.
STEADY_ROWS = 2_000


def completed(
    scheme: Scheme, model: SupervisedModel, training: pd.DataFrame, scoring: pd.DataFrame, *, limits: Sequence[str]
) -> SupervisedModel:
    """Return the model with everything on its card that is told of any model, see the module.

    Parameters
    ----------
    training
        Labelled rows.
    scoring
        Those scored, at every as-of.
    """
    learnt = validation.complete_before(training, model.trained_as_of, scheme.window_months)
    medians = learnt[list(model.features)].median()
    known = {str(name): float(value) for name, value in medians.items() if np.isfinite(value)}
    model = model.with_facts(background={"as_ofs": list(model.card()["training_as_ofs"]), "medians": known})
    newest, previous = _last_two(scoring)
    facts: dict[str, Any] = {
        "stability": _stability(model, previous, newest),
        "top_concepts": top_concepts(model, newest),
        "sensitivity": sensitivity.by_concept(model, newest),
        "additivity": additivity(model, newest),
        "reason_stability": asdict(steadiness(model, newest.iloc[:STEADY_ROWS], known)),
        "limits": list(limits),
    }
    if isinstance(model.learner, Scorecard):
        line = model.platt
        facts["scorecard"] = model.learner.table(slope=line.slope, intercept=line.intercept)
    return model.with_facts(**facts)


def _last_two(scoring: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    as_ofs = sorted(scoring["as_of"].unique())
    frames = [scoring[scoring["as_of"] == as_of] for as_of in as_ofs[-2:]]
    return frames[-1], frames[0] if len(frames) > 1 else None


def _stability(model: SupervisedModel, previous: pd.DataFrame | None, newest: pd.DataFrame) -> dict[str, Any]:
    if previous is None:
        return {}
    before, now = (model.score(frame)["score"].to_numpy(dtype=float) for frame in (previous, newest))
    return {"score_psi": round(metrics.population_stability(before, now), 6), "n": [len(before), len(now)]}


def additivity(model: SupervisedModel, frame: pd.DataFrame) -> float:
    """Return by how much the sum of a row's contributions misses its log-odds at the worst."""
    told = model.contributions(frame).to_numpy().sum(axis=1)
    return float(np.abs(told - model.score(frame)["log_odds"].to_numpy(dtype=float)).max(initial=0.0))


def top_concepts(model: SupervisedModel, newest: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the concepts by how many points they move on average, the weightiest first."""
    wording = wording_of(model.card())
    weight = by_concept(model.contributions(newest), wording).abs().mean() * POINTS_PER_LOG_ODDS
    ranked = weight.sort_values(ascending=False)
    return [
        {"concept": CONCEPTS[str(name)].label, "mean_points": round(float(value), 2)} for name, value in ranked.items()
    ]
