"""What rides along with an answer that leans on a model: version, age, figures out of time, what monitoring says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.models.catalogue import MODELS
from governance.principal import Principal
from tools.card_figures import figures
from tools.credit_health import ModelHealth, champion_card, described, doubts
from tools.model_state import leant_on, model_state
from tools.result import Fact
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.models.protocol import Scorer


def model_health(workspace: Workspace, principal: Principal, model: str) -> ModelHealth:
    """How a model stands whose scores an answer is about to tell.

    Raises
    ------
    ToolRetry
        No such model serves here.
    ToolRefused
        It is switched off, or far older than its limit.
    """
    leant_on(workspace, principal, model)
    return standing(workspace, principal, model)


def standing(workspace: Workspace, principal: Principal, model: str) -> ModelHealth:
    """What is known of a model's health, also where no answer may lean on it.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    if model == "credit":
        return described(workspace, principal)
    state = model_state(workspace, principal, model)
    card = champion_card(workspace, principal, model)
    found = figures(card.get("validation", {}))
    doubted = doubts(model, card) if model in MODELS and not MODELS[model].is_refitted else ()
    facts = {
        f"{model}_version": Fact(value=state.version),
        f"{model}_trained_as_of": Fact(value=state.trained_as_of, unit="date"),
        **{f"{model}_{each.path}": Fact(value=each.value, unit="ratio") for each in found},
    }
    return ModelHealth({model: state.version}, facts, (*state.warnings, *doubted), state.trained_as_of)


def of_version(health: ModelHealth, model: str, stored: Scorer) -> ModelHealth:
    """What an answer says that leans on one version: the champion's health, or what is known of another that is routed.

    Parameters
    ----------
    health
        The champion's.
    stored
        The version that gave the score.
    """
    if health.versions[model] == stored.version:
        return health
    metrics = stored.card().get("validation", {}).get("metrics", {})
    own = {
        f"{model}_version": Fact(value=stored.version),
        f"{model}_trained_as_of": Fact(value=stored.trained_as_of, unit="date"),
        **{f"{model}_{name}": Fact(value=metrics[name]["value"], unit="ratio")
           for name in ("auc", "calibration_slope") if name in metrics},
    }  # fmt: skip
    return replace(health, versions={model: stored.version}, facts=own)
