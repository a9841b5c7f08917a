"""Whether a model may be leant on: which version serves, how old it is, whether somebody switched it off.

Every tool that reads a score asks here, so that no face can forget it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.monitor.limits import refused_after
from analytics.monitor.limits import stale_after as stale_after
from governance.errors import ToolRefused, ToolRetry, did_you_mean
from governance.principal import Principal
from tools.arguments import literal
from tools.workspace import Workspace

SERVING = "SELECT model, version, trained_at_as_of FROM books.models.registry WHERE alias = 'champion' ORDER BY model"
SWITCHES = (
    'SELECT action, "by", "at", reason FROM books.models.decisions '
    "WHERE model = {model} AND action IN ('switch_off', 'switch_on') ORDER BY \"at\" DESC, decision_id LIMIT 1"
)
#: Versions that score part of a model's people, and those that wait.
OTHERS = (
    "SELECT alias, version, card::JSON ->> '$.route.attribute' AS attribute, card::JSON ->> '$.route.value' AS value "
    "FROM books.models.registry WHERE model = {model} AND alias IN ('route', 'challenger') ORDER BY version"
)
HEALTH = (
    'SELECT "check", status, detail FROM books.models.health WHERE model = {model} AND version = {version} '
    "AND as_of = (SELECT max(as_of) FROM books.models.health WHERE model = {model} AND version = {version})"
)


@dataclass(frozen=True)
class ModelState:
    """How a model stands.

    Attributes
    ----------
    age
        Days of the data clock since its training as-of.
    off
        Why it is switched off and by whom; None while it serves.
    health
        What monitoring last found, check by check: status and words.
    routes
        Whom other versions score, in words.
    """

    model: str
    version: str
    trained_as_of: dt.date
    age: dt.timedelta
    off: str | None
    health: Mapping[str, tuple[str, str]]
    routes: tuple[str, ...] = ()

    @property
    def stale(self) -> str | None:
        """That it is older than its limit, in words; None while it is not."""
        limit = stale_after(self.model)
        if self.age <= limit:
            return None
        return f"The {self.model} model was trained on {self.trained_as_of}; it is older than {limit.days} days."

    @property
    def refusal(self) -> str | None:
        """Why no answer may lean on it, in words; None where one may."""
        if self.off:
            return f"The {self.model} model is switched off, {self.off}"
        if self.age > refused_after(self.model):
            return (
                f"The {self.model} model was trained on {self.trained_as_of}, {self.age.days} days before the newest "
                f"posting: no answer leans on it. Train another: `munshi train {self.model}`."
            )
        return None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an answer that leans on it has to say."""
        found = [each for each in (self.refusal, None if self.refusal else self.stale) if each]
        watched = (said for status, said in self.health.values() if status in ("warn", "alarm"))
        return (*found, *watched, *self.routes)


def serving_models(workspace: Workspace, principal: Principal) -> list[tuple[str, str, dt.date]]:
    """The champions: model, version, as-of it was trained at."""
    return [(row[0], row[1], row[2]) for row in workspace.query(principal, SERVING).rows]


def model_state(workspace: Workspace, principal: Principal, model: str) -> ModelState:
    """How a model stands, also where no answer may lean on it.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    return workspace.remember(principal, f"state of {model}", lambda: _state(workspace, principal, model))


def leant_on(workspace: Workspace, principal: Principal, model: str) -> ModelState:
    """How a model stands that an answer is about to lean on.

    Raises
    ------
    ToolRetry
        No such model serves here.
    ToolRefused
        It is switched off, or far older than its limit.
    """
    state = model_state(workspace, principal, model)
    if state.refusal:
        raise ToolRefused(state.refusal)
    return state


def refusal(workspace: Workspace, principal: Principal, model: str) -> str | None:
    """Why nothing is said of a model's scores, in words; None where they may be told, or none serves."""
    if model not in [name for name, _, _ in serving_models(workspace, principal)]:
        return None
    return model_state(workspace, principal, model).refusal


def _state(workspace: Workspace, principal: Principal, model: str) -> ModelState:
    serving = {name: (version, trained) for name, version, trained in serving_models(workspace, principal)}
    others = workspace.query(principal, OTHERS.format(model=literal(model))).dicts()
    if model not in serving:
        waits = [row["version"] for row in others if row["alias"] == "challenger"]
        why = f" {waits[0]} was trained and may not: `munshi models decisions` says why." if waits else ""
        raise ToolRetry(f"No model '{model}' serves in {workspace.name}.{why or did_you_mean(model, serving)}")
    routes = tuple(
        f"Those with {row['attribute']} {row['value']} are scored by {row['version']}, another version of {model}."
        for row in others if row["alias"] == "route"
    )  # fmt: skip
    version, trained = serving[model]
    named = {"model": literal(model), "version": literal(version)}
    switches = workspace.query(principal, SWITCHES.format(**named)).dicts()
    found = workspace.query(principal, HEALTH.format(**named)).dicts()
    health = {row["check"]: (row["status"], row["detail"]) for row in found}
    age = workspace.data_clock(principal) - trained
    return ModelState(model, version, trained, age, _off(switches), health, routes)


def _off(switches: list[dict[str, Any]]) -> str | None:
    if not switches or switches[0]["action"] != "switch_off":
        return None
    last = switches[0]
    return f"by {last['by']} on {last['at']:%d %b %Y}: {last['reason']}"
