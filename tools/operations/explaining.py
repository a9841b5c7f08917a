"""One borrower's score beyond its reasons: against a background, what if, what would do, beside whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry, did_you_mean
from governance.settings import Settings
from tools.operations.models import opened
from tools.registry import tool
from tools.scored_customer import population, scored_customer

if TYPE_CHECKING:
    import pandas as pd

MODEL = "credit"
#: What a cohort can be named by.
COHORTS = ("city", "state", "region", "occupation", "product", "band")
#: Features shown of the second opinion.
SHOWN = 8


def explain(
    name: str,
    customer_id: str,
    *,
    changes: Mapping[str, str] | None = None,
    under: float | None = None,
    beside: str | None = None,
    cohort: Mapping[str, str] | None = None,
    second_opinion: bool = False,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Return what was asked of one borrower's score; what a tool can tell is the tool's result.

    Parameters
    ----------
    changes
        Lever or feature → what becomes of it: score again with those.
    under
        Probability that few changes should bring the score under.
    beside
        Another borrower to compare with.
    cohort
        Column of `COHORTS` → value: borrowers to compare with; without ``beside`` and ``cohort`` all borrowers.
    second_opinion
        Fit a line around the borrower and say how well it follows.

    Raises
    ------
    ToolRetry
        No such borrower, lever, feature or cohort; the message lists what there is.
    ToolRefused
        The model is switched off, or far older than its limit.
    """
    from analytics.explain.background import background

    unknown = [column for column in cohort or () if column not in COHORTS]
    if unknown:
        raise ToolRetry(f"A cohort is not named by '{unknown[0]}'.{did_you_mean(unknown[0], COHORTS)}")
    with opened(name, settings) as (workspace, principal):

        def called(which: str, **arguments: Any) -> dict[str, Any]:
            result = tool(which).call(workspace, principal, {"customer_id": customer_id, **arguments})
            return result.model_dump(mode="json")

        asked = scored_customer(workspace, principal, customer_id, MODEL)
        people = population(workspace, principal, MODEL, asked.stored.features)
        told: dict[str, Any] = {
            "customer_id": customer_id, "model": MODEL, "version": asked.stored.version,
            "as_of": str(asked.score["as_of"]), "probability": asked.probability, "score": asked.score["score"],
            "warnings": list(asked.health.warnings),
            "against": [_against(asked.stored, asked.row, background(asked.stored, people, kind))
                        for kind in ("cut-off", "population")],
            "compared": called("compare_customers", **({"other": beside} if beside else {}), **(cohort or {})),
        }  # fmt: skip
        if changes:
            told["what_if"] = called("what_if", changes=dict(changes))
        if under is not None:
            told["counterfactual"] = called("what_if", under=under)
    if second_opinion:
        told["second_opinion"] = _second_opinion(asked.stored, asked.row, people)
    return told


def _second_opinion(model: Any, row: pd.DataFrame, people: pd.DataFrame) -> dict[str, Any]:
    from analytics.explain.surrogate import surrogate

    line = surrogate(model, row, people)
    weights = dict(list(line.weights.items())[:SHOWN])
    return {"weights": weights, "fidelity": line.fidelity, "stability": line.stability, "reliable": line.reliable}


def _against(model: Any, row: pd.DataFrame, chosen: Any) -> dict[str, Any]:
    """Points by concept against a background: what the borrower's own figures took or gave."""
    from analytics.explain.interventional import interventional
    from analytics.explain.reasons import by_concept
    from analytics.features.feature import CONCEPTS
    from analytics.models.scale import POINTS_PER_LOG_ODDS

    moved = by_concept(interventional(model, row, chosen)).iloc[0] * -POINTS_PER_LOG_ODDS
    points = sorted(((CONCEPTS[str(concept)].label, float(value)) for concept, value in moved.items()),
                    key=lambda each: each[1])  # fmt: skip
    return {"whom": chosen.words, "background": chosen.version, "concepts": [{"concept": concept, "points": value}
                                                                             for concept, value in points]}  # fmt: skip
