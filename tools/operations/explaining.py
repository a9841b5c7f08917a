"""One borrower's score beyond its reasons: against a background, what if, what would do, beside whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry, did_you_mean
from governance.settings import Settings
from tools.arguments import literal
from tools.model_state import leant_on
from tools.operations.models import opened

if TYPE_CHECKING:
    import pandas as pd

    from governance.principal import Principal
    from tools.workspace import Workspace

MODEL = "credit"
#: Borrowers that backgrounds, reachable figures and cohorts are taken from.
POPULATION = 20_000
#: Columns of ``semantic.borrowers`` a cohort can be named by.
COHORTS = ("city", "state", "region", "occupation", "main_product", "band")
#: Features shown of a background comparison and of the second opinion.
SHOWN = 8


def explain(
    name: str,
    customer_id: str,
    *,
    changes: Mapping[str, float] | None = None,
    under: float | None = None,
    beside: str | None = None,
    cohort: Mapping[str, str] | None = None,
    second_opinion: bool = False,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Return what was asked of one borrower's score.

    Parameters
    ----------
    changes
        Feature → value: score again with those.
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
        No such borrower, feature or cohort; the message lists what there is.
    ToolRefused
        The model is switched off, or far older than its limit.
    """
    from analytics.explain import what_if as trials
    from analytics.explain.background import background
    from analytics.explain.comparison import compared
    from analytics.explain.surrogate import surrogate

    with opened(name, settings) as (workspace, principal):
        state = leant_on(workspace, principal, MODEL)
        version = _version(workspace, principal, customer_id, state.version)
        model = workspace.stored_model(principal, MODEL, version)
        population = _population(workspace, principal)
        row = _row(workspace, principal, customer_id)
        others = _others(workspace, principal, population, beside, cohort)
    scored = model.score(row).iloc[0]
    told: dict[str, Any] = {
        "customer_id": customer_id, "model": MODEL, "version": version, "as_of": str(scored["as_of"])[:10],
        "probability": float(scored["probability"]), "score": int(scored["score"]), "warnings": list(state.warnings),
        "against": [_against(model, row, background(model, population, kind)) for kind in ("cut-off", "population")],
        "compared": {"with": beside or (", ".join(cohort.values()) if cohort else "all borrowers"),
                     **asdict(compared(model, row, others))},
    }  # fmt: skip
    if changes:
        told["what_if"] = asdict(trials.what_if(model, row, changes))
    if under is not None:
        told["counterfactual"] = {"under": under, **asdict(trials.counterfactual(model, row, population, under=under))}
    if second_opinion:
        line = surrogate(model, row, population)
        weights = dict(list(line.weights.items())[:SHOWN])
        told["second_opinion"] = {"weights": weights, "fidelity": line.fidelity, "stability": line.stability,
                                  "reliable": line.reliable}  # fmt: skip
    return told


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


def _population(workspace: Workspace, principal: Principal) -> pd.DataFrame:
    from tools.operations.model_report import latest_features

    return latest_features(workspace, principal, MODEL, most=POPULATION)


def _version(workspace: Workspace, principal: Principal, customer_id: str, serving: str) -> str:
    """Return the version that scored a borrower: another than the one that serves where he is routed to it."""
    sql = f"SELECT version FROM semantic.borrowers WHERE customer_id = {literal(customer_id)}"
    found = workspace.query(principal, sql).rows
    return str(found[0][0]) if found else serving


def _row(workspace: Workspace, principal: Principal, customer_id: str) -> pd.DataFrame:
    from tools.operations.model_report import features_frame

    sql = (
        "SELECT f.* FROM books.features.customer_monthly AS f JOIN semantic.borrowers AS s USING (customer_id, as_of) "
        f"WHERE customer_id = {literal(customer_id)}"
    )
    rows = workspace.query(principal, sql)
    if not rows.rows:
        raise ToolRetry(f"{customer_id} is no borrower scored on features of a month end. `munshi tool "
                        "top_risky_borrowers` lists those who are.")  # fmt: skip
    return features_frame(rows)


def _others(
    workspace: Workspace,
    principal: Principal,
    population: pd.DataFrame,
    beside: str | None,
    cohort: Mapping[str, str] | None,
) -> pd.DataFrame:
    if beside:
        return _row(workspace, principal, beside)
    if not cohort:
        return population
    tests = []
    for column, value in cohort.items():
        if column not in COHORTS:
            raise ToolRetry(f"A cohort is not named by '{column}'.{did_you_mean(column, COHORTS)}")
        known = workspace.values(principal, "borrowers", column)
        if value not in known:
            raise ToolRetry(f"No borrower has {column} '{value}'.{did_you_mean(value, known)}")
        tests.append(f'"{column}" = {literal(value)}')
    sql = f"SELECT customer_id FROM semantic.borrowers WHERE {' AND '.join(tests)}"
    members = {row[0] for row in workspace.query(principal, sql).rows}
    return population[population["customer_id"].isin(members)]
