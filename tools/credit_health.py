"""Which models serve, and what an answer that leans on one has to say about its health."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.errors import ToolRetry, did_you_mean
from governance.principal import Principal
from tools.arguments import literal
from tools.result import Fact
from tools.workspace import Workspace

#: A champion trained longer ago than this, counted on the data clock, is called stale.
STALE_AFTER = dt.timedelta(days=548)
#: Population stability index of the score, by convention (Siddiqi, Credit Risk Scorecards, ch. 9).
WATCHED, DRIFTED = 0.10, 0.25


@dataclass(frozen=True)
class ModelHealth:
    """What rides along with an answer that leans on a model."""

    versions: Mapping[str, str]
    facts: Mapping[str, Fact]
    warnings: tuple[str, ...]
    as_of: dt.date | None


def serving_models(workspace: Workspace, principal: Principal) -> list[tuple[str, str, dt.date]]:
    """The champions: model, version, as-of it was trained at."""
    sql = "SELECT model, version, trained_at_as_of FROM books.models.registry WHERE champion ORDER BY model"
    return [(row[0], row[1], row[2]) for row in workspace.query(principal, sql).rows]


def champion_card(workspace: Workspace, principal: Principal, model: str) -> Mapping[str, Any]:
    """The card of the champion.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    return workspace.remember(principal, f"card of {model}", lambda: _card(workspace, principal, model))


def _card(workspace: Workspace, principal: Principal, model: str) -> Mapping[str, Any]:
    known = [name for name, _, _ in serving_models(workspace, principal)]
    if model not in known:
        raise ToolRetry(f"No model '{model}' serves in {workspace.name}.{did_you_mean(model, known)}")
    sql = f"SELECT card FROM books.models.registry WHERE champion AND model = {literal(model)}"
    card: Mapping[str, Any] = json.loads(workspace.query(principal, sql).rows[0][0])
    return card


def credit_health(workspace: Workspace, principal: Principal) -> ModelHealth:
    """What an answer that leans on the credit model says of it; warns where it is stale, drifted or uncalibrated.

    Raises
    ------
    ToolRetry
        No credit model serves here.
    """
    return workspace.remember(principal, "credit health", lambda: _examined(workspace, principal))


def _examined(workspace: Workspace, principal: Principal) -> ModelHealth:
    card = champion_card(workspace, principal, "credit")
    version, trained = next(
        (version, trained) for model, version, trained in serving_models(workspace, principal) if model == "credit"
    )
    newest = "SELECT max(as_of) FROM books.scores.latest WHERE model = 'credit'"  # a date: known to who sees no scores
    as_of = workspace.query(principal, newest).rows[0][0]
    metrics = card["validation"].get("metrics", {})
    slope = metrics.get("calibration_slope")
    shift = card.get("stability", {}).get("score_psi")
    age = workspace.data_clock(principal) - trained
    checks = (
        (age > STALE_AFTER, f"The credit model was trained on {trained}; it is older than {STALE_AFTER.days} days."),
        (shift is not None and shift >= DRIFTED, f"Credit scores drifted in the last month (PSI {shift})."),
        (
            slope is not None and not slope["low"] <= 1 <= slope["high"],
            f"The credit model's calibration slope is {slope and slope['value']}: read probabilities as a ranking.",
        ),
        (not metrics, "The credit model could not be validated out of time: there is not enough history."),
    )
    facts = {
        "credit_version": Fact(value=version),
        "credit_trained_as_of": Fact(value=trained, unit="date"),
        "credit_scored_as_of": Fact(value=as_of, unit="date"),
        "credit_event": Fact(value=card["event"]),
        "credit_learner": Fact(value=card.get("learner")),
        "credit_auc": Fact(value=metrics["auc"]["value"] if metrics else None, unit="ratio"),
        "credit_calibration_slope": Fact(value=slope["value"] if slope else None, unit="ratio"),
        "credit_score_psi": Fact(value=shift, unit="ratio"),
        "credit_drift": Fact(value=_drift(shift)),
    }
    return ModelHealth({"credit": version}, facts, tuple(said for wrong, said in checks if wrong), as_of)


def _drift(shift: float | None) -> str:
    if shift is None:
        return "not known yet"
    return "drifted" if shift >= DRIFTED else "to be watched" if shift >= WATCHED else "no drift"
