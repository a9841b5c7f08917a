"""Decisions about models: list, approve, reject, roll back, switch off and on; kept in the books and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.acts import acting
from governance.errors import ModelError, SourceError
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.fill import EMPTY, data_clock
from tools.operations.knowledge_base import write_passages
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.warehouse import Writer
    from governance.principal import Principal

LIST = (
    "SELECT model, version, alias, trained_at_as_of, "
    "card::JSON -> '$.validation.metrics.auc' AS auc, card::JSON ->> '$.learner' AS learner "
    "FROM books.models.registry ORDER BY model, trained_at_as_of DESC, alias"
)
HEALTH = (
    'SELECT model, version, as_of, "check", value, threshold, status, detail FROM books.models.health '
    'ORDER BY model, as_of DESC, "check"'
)
DECISIONS = (
    'SELECT model, version, action, "by", "at", reason, gate FROM books.models.decisions ORDER BY "at", decision_id'
)
#: Worse statuses come later.
STATUSES = ("ok", "cannot say", "warn", "alarm")


def list_models(name: str, settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return every version: alias, trained, validated, health at the newest month end, whether it is switched off."""
    import json

    with Workspace.open(name, settings) as workspace:
        principal = local_principal(name)
        rows = workspace.query(principal, LIST).dicts()
        health = workspace.query(principal, HEALTH).dicts()
        off = _off(workspace.query(principal, DECISIONS).dicts())
    for row in rows:
        row["auc"] = json.loads(row["auc"]) if row["auc"] else None
        row["trained_as_of"] = row.pop("trained_at_as_of").isoformat()
        row["health"] = _health(health, row["model"], row["version"])
        row["switched_off"] = row["model"] in off and row["alias"] == "champion"
    return rows


def decisions_of(name: str, settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return what was decided about models, the oldest first, the gate's figures beside it."""
    import json

    with Workspace.open(name, settings) as workspace:
        rows = workspace.query(local_principal(name), DECISIONS).dicts()
    return [
        {**row, "at": row["at"].isoformat(), "gate": json.loads(row["gate"]) if row["gate"] else []} for row in rows
    ]


def approve(
    name: str, model: str, version: str, *, by: str, reason: str, settings: Settings | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:  # fmt: skip
    """Let a challenger serve, where the gate passes it; its scores replace the champion's in the same publish.

    Raises
    ------
    ModelError, ToolRefused
        As `analytics.monitor.life_cycle.approve`.
    """
    from analytics.monitor import gate, life_cycle

    with decided(name, "approve", model, version, settings) as writer:
        judgements = life_cycle.approve(writer, model, version, by=by, reason=reason)
        scored = rescored(writer, model, progress)
    return {"model": model, "champion": version, "scored": scored, "gate": gate.as_rows(judgements)}


def reject(
    name: str, model: str, version: str, *, by: str, reason: str, settings: Settings | None = None
) -> dict[str, Any]:
    """Retire a challenger."""
    from analytics.monitor import life_cycle

    with decided(name, "reject", model, version, settings) as writer:
        life_cycle.reject(writer, model, version, by=by, reason=reason)
    return {"model": model, "rejected": version}


def rollback(
    name: str, model: str, *, by: str, reason: str, settings: Settings | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Let the version that served before serve again, and score by it."""
    from analytics.monitor import life_cycle

    with decided(name, "rollback", model, "", settings) as writer:
        version = life_cycle.rollback(writer, model, by=by, reason=reason)
        scored = rescored(writer, model, progress)
    return {"model": model, "champion": version, "scored": scored}


def switch_off(name: str, model: str, *, by: str, reason: str, settings: Settings | None = None) -> dict[str, Any]:
    """Stop a model from serving: tools refuse, and its latest scores leave the books."""
    from analytics.monitor import life_cycle

    with decided(name, "switch_off", model, "", settings) as writer:
        decision = life_cycle.switch_off(writer, model, by=by, reason=reason)
    return {"model": model, "version": decision.version, "switched_off": True}


def switch_on(
    name: str, model: str, *, by: str, reason: str, settings: Settings | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Let a model serve again, and score by it."""
    from analytics.monitor import life_cycle

    with decided(name, "switch_on", model, "", settings) as writer:
        decision = life_cycle.switch_on(writer, model, by=by, reason=reason)
        scored = rescored(writer, model, progress)
    return {"model": model, "version": decision.version, "switched_off": False, "scored": scored}


@contextmanager
def opened(name: str, settings: Settings | None = None) -> Iterator[tuple[Workspace, Principal]]:
    """Open a workspace to look at its models, as the one who sits at the machine."""
    with Workspace.open(name, settings) as workspace:
        yield workspace, local_principal(name)


def card(name: str, model: str, settings: Settings | None = None) -> dict[str, Any]:
    """Return the card of the version that serves, as the registry keeps it, with version and state beside it.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    import json

    from tools.arguments import literal
    from tools.model_state import model_state

    with opened(name, settings) as (workspace, principal):
        state = model_state(workspace, principal, model)
        which = f"model = {literal(model)} AND version = {literal(state.version)}"
        rows = workspace.query(principal, f"SELECT card FROM books.models.registry WHERE {which}").rows
    return {"version": state.version, "warnings": list(state.warnings), **json.loads(rows[0][0])}


def inventory(name: str, settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return every model that serves: what for, how old, how good, until when, what it is not for."""
    import datetime as dt

    from tools.model_state import model_state, serving_models, stale_after

    with opened(name, settings) as (workspace, principal):
        states = [model_state(workspace, principal, model) for model, _, _ in serving_models(workspace, principal)]
    found = []
    for state in states:
        told = card(name, state.model, settings)
        metrics = told.get("validation", {}).get("metrics", {})
        expires = state.trained_as_of + dt.timedelta(days=stale_after(state.model).days)
        found.append(
            {
                "model": state.model, "version": state.version, "purpose": told.get("event", ""),
                "learner": told.get("learner"), "features": len(told.get("features", ())),
                "trained_as_of": state.trained_as_of.isoformat(), "stale_from": expires.isoformat(),
                "metrics": {each: metrics[each] for each in ("auc", "calibration_slope") if each in metrics},
                "off": state.off, "warnings": list(state.warnings), "limits": list(told.get("limits", ())),
            }
        )  # fmt: skip
    return found


def export(name: str, model: str, folder: Path, form: str, settings: Settings | None = None) -> dict[str, Any]:
    """Write the version that serves to a folder, in a format, with a manifest; the audit log keeps its digest.

    Raises
    ------
    ToolRetry, ModelError
        No such model serves, or there is no such format of it.
    """
    from analytics.models import package
    from analytics.models.supervised import SupervisedModel
    from tools.model_state import model_state

    with opened(name, settings) as (workspace, principal):
        state = model_state(workspace, principal, model)
        stored = workspace.stored_model(principal, model, state.version)
        if not isinstance(stored, SupervisedModel):
            raise ModelError(f"{model} {state.version} came as a graph: that file is what there is of it.")
        details = {"model": model, "version": state.version, "format": form}
        with acting(workspace.control, workspace.folder, principal.name, "models:export", details, outcome="ok") as act:
            written = package.write(stored, model, folder, form)
            act.details["manifest"] = written.digest
    return {"folder": str(folder), "manifest_sha256": written.digest, **written.manifest}


@contextmanager
def decided(name: str, action: str, model: str, version: str, settings: Settings | None) -> Iterator[Writer]:
    """Open the books for a decision; the audit log keeps that it was taken, or why it was not, without the person."""
    details = {"model": model, "version": version}
    with Workspace.open(name, settings) as workspace:
        who, doing = local_principal(name).name, f"models:{action}"
        with (
            acting(workspace.control, workspace.folder, who, doing, details, outcome="ok"),
            workspace.lake.writer(f"{action} {model}") as writer,
        ):
            yield writer
    if action in ("approve", "reject", "rollback"):
        from tools.operations.tracking import mirror

        mirror(name, model, settings)


def rescored(writer: Writer, model: str, progress: Progress) -> int:
    """Score by what serves of a model now, write the passages anew; return how many were scored."""
    from analytics.build import score
    from analytics.rules.apply import apply_rules

    clock = data_clock(writer)
    if clock is None:
        raise SourceError(EMPTY)
    report = score(writer, clock, progress=progress, model=model)
    apply_rules(writer)
    write_passages(writer, clock)
    return report.scored


def _off(decisions: list[dict[str, Any]]) -> set[str]:
    last = {each["model"]: each["action"] for each in decisions if each["action"] in ("switch_off", "switch_on")}
    return {model for model, action in last.items() if action == "switch_off"}


def _health(rows: list[dict[str, Any]], model: str, version: str) -> str | None:
    """Return the worst status of the newest month end examined."""
    own = [row for row in rows if row["model"] == model and row["version"] == version]
    newest = [row["status"] for row in own if row["as_of"] == own[0]["as_of"]]
    return max(newest, key=STATUSES.index) if newest else None
