"""The credit model's card: what is to be known before anyone leans on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.reasons import by_concept
from analytics.features.feature import CONCEPTS
from analytics.models import loss, metrics, validation
from analytics.models.scale import POINTS_PER_LOG_ODDS

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.credit import CreditModel

LIMITS: tuple[str, ...] = (
    "Ranks borrowers with an open loan; it is not an application score and says nothing of customers without a loan.",
    "Knows only what passes through the accounts and loans in these books; other lenders appear as postings at best.",
    "Contributions say what moved the score, not what would happen if a figure were changed.",
    "Probabilities lean on the bad rate of the training window; a turn in the economy shows in the calibration first.",
    f"Expected loss uses {loss.UNSECURED:.0%} of the outstanding on unsecured and {loss.SECURED:.0%} on secured loans, "
    "not this lender's own recoveries.",
)


def completed(
    model: CreditModel, training: pd.DataFrame, scoring: pd.DataFrame, folds: Sequence[validation.Fold]
) -> CreditModel:
    """Return the model with validation, background, stability, top concepts and limits on its card."""
    learnt = validation.complete_before(training, model.trained_as_of)
    medians = learnt[list(model.features)].median()
    known = {str(name): float(value) for name, value in medians.items() if np.isfinite(value)}
    model = model.with_facts(background={"as_ofs": list(model.card()["training_as_ofs"]), "medians": known})
    newest, previous = _last_two(scoring)
    return model.with_facts(
        validation=validation.report(folds) if folds else {"refused": "Too little history for a fold out of time."},
        stability=_stability(model, previous, newest),
        top_concepts=_top_concepts(model, newest),
        loss_given_default={"unsecured": loss.UNSECURED, "secured": loss.SECURED,
                            "secured_products": list(loss.SECURED_PRODUCTS)},
        limits=list(LIMITS),
    )  # fmt: skip


def _last_two(scoring: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    as_ofs = sorted(scoring["as_of"].unique())
    frames = [scoring[scoring["as_of"] == as_of] for as_of in as_ofs[-2:]]
    return frames[-1], frames[0] if len(frames) > 1 else None


def _stability(model: CreditModel, previous: pd.DataFrame | None, newest: pd.DataFrame) -> dict[str, Any]:
    if previous is None:
        return {}
    before, now = (model.score(frame)["score"].to_numpy(dtype=float) for frame in (previous, newest))
    return {"score_psi": round(metrics.population_stability(before, now), 6), "n": [len(before), len(now)]}


def _top_concepts(model: CreditModel, newest: pd.DataFrame) -> list[dict[str, Any]]:
    weight = by_concept(model.contributions(newest)).abs().mean() * POINTS_PER_LOG_ODDS
    ranked = weight.sort_values(ascending=False)
    return [
        {"concept": CONCEPTS[str(name)].label, "mean_points": round(float(value), 2)} for name, value in ranked.items()
    ]
