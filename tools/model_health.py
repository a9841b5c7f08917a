"""What rides along with an answer that leans on a model: version, age, figures out of time, what monitoring says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.principal import Principal
from tools.credit_health import champion_card
from tools.model_state import leant_on
from tools.result import Fact
from tools.workspace import Workspace


@dataclass(frozen=True)
class ModelHealth:
    """Versions, facts under the model's name, and what an answer has to warn of."""

    versions: Mapping[str, str]
    facts: Mapping[str, Fact]
    warnings: tuple[str, ...]
    as_of: dt.date | None


def model_health(workspace: Workspace, principal: Principal, model: str) -> ModelHealth:
    """How a model stands whose scores an answer is about to tell.

    Raises
    ------
    ToolRetry
        No such model serves here.
    ToolRefused
        It is switched off, or far older than its limit.
    """
    state = leant_on(workspace, principal, model)
    card = champion_card(workspace, principal, model)
    metrics: Mapping[str, Any] = card.get("validation", {}).get("metrics", {})
    facts = {
        f"{model}_version": Fact(value=state.version),
        f"{model}_trained_as_of": Fact(value=state.trained_as_of, unit="date"),
        **{
            f"{model}_{name}": Fact(value=figure["value"], unit="ratio")
            for name, figure in metrics.items()
            if isinstance(figure, Mapping) and "value" in figure
        },
    }
    return ModelHealth({model: state.version}, facts, state.warnings, state.trained_as_of)
