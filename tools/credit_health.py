"""What an answer that leans on one has to say about its health."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.principal import Principal
from tools.arguments import literal
from tools.model_state import leant_on, model_state
from tools.result import Fact
from tools.workspace import Workspace

#: Population stability index of the score, by convention (Siddiqi, Credit Risk Scorecards, ch. 9).
WATCHED, DRIFTED = 0.10, 0.25


@dataclass(frozen=True)
class ModelHealth:
    """What rides along with an answer that leans on a model."""

    versions: Mapping[str, str]
    facts: Mapping[str, Fact]
    warnings: tuple[str, ...]
    as_of: dt.date | None


def champion_card(workspace: Workspace, principal: Principal, model: str) -> Mapping[str, Any]:
    """The card of the champion.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    return workspace.remember(principal, f"card of {model}", lambda: _card(workspace, principal, model))


def _card(workspace: Workspace, principal: Principal, model: str) -> Mapping[str, Any]:
    version = model_state(workspace, principal, model).version
    which = f"model = {literal(model)} AND version = {literal(version)}"
    sql = f"SELECT card FROM books.models.registry WHERE {which}"
    card: Mapping[str, Any] = json.loads(workspace.query(principal, sql).rows[0][0])
    return card


def credit_health(workspace: Workspace, principal: Principal) -> ModelHealth:
    """What an answer that leans on the credit model says of it; warns where it is stale, drifted or uncalibrated.

    Raises
    ------
    ToolRetry
        No credit model serves here.
    ToolRefused
        It is switched off, or far older than its limit.
    """
    leant_on(workspace, principal, "credit")
    return described(workspace, principal)


def described(workspace: Workspace, principal: Principal) -> ModelHealth:
    """What is known of the credit model's health, also where no answer may lean on it."""
    return workspace.remember(principal, "credit health", lambda: _examined(workspace, principal))


def _examined(workspace: Workspace, principal: Principal) -> ModelHealth:
    card = champion_card(workspace, principal, "credit")
    state = model_state(workspace, principal, "credit")
    newest = "SELECT max(as_of) FROM books.scores.latest WHERE model = 'credit'"
    as_of = workspace.query(principal, newest).rows[0][0]
    metrics = card["validation"].get("metrics", {})
    slope = metrics.get("calibration_slope")
    shift = card.get("stability", {}).get("score_psi")
    facts = {
        "credit_version": Fact(value=state.version),
        "credit_trained_as_of": Fact(value=state.trained_as_of, unit="date"),
        "credit_scored_as_of": Fact(value=as_of, unit="date"),
        "credit_event": Fact(value=card["event"]),
        "credit_learner": Fact(value=card.get("learner")),
        "credit_auc": Fact(value=metrics["auc"]["value"] if metrics else None, unit="ratio"),
        "credit_calibration_slope": Fact(value=slope["value"] if slope else None, unit="ratio"),
        "credit_score_psi": Fact(value=shift, unit="ratio"),
        "credit_drift": Fact(value=_drift(shift)),
    }
    return ModelHealth({"credit": state.version}, facts, (*state.warnings, *doubts("credit", card)), as_of)


def doubts(model: str, card: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer that leans on a model that predicts has to say of its card."""
    metrics = card.get("validation", {}).get("metrics", {})
    slope = metrics.get("calibration_slope")
    shift = card.get("stability", {}).get("score_psi")
    checks = (
        (shift is not None and shift >= DRIFTED, f"Scores of {model} drifted in the last month (PSI {shift})."),
        (
            slope is not None and not slope["low"] <= 1 <= slope["high"],
            f"The {model} model's calibration slope is {slope and slope['value']}: read probabilities as a ranking.",
        ),
        (not metrics, f"The {model} model could not be validated out of time: there is not enough history."),
    )
    return tuple(words for wrong, words in checks if wrong)


def _drift(shift: float | None) -> str:
    if shift is None:
        return "not known yet"
    return "drifted" if shift >= DRIFTED else "to be watched" if shift >= WATCHED else "no drift"
