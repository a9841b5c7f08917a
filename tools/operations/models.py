"""Decisions about models: list, approve, reject, roll back, switch off and on; kept in the books and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.errors import MunshiError, SourceError
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.fill import EMPTY, data_clock
from tools.operations.knowledge_base import write_passages
from tools.operations.progress import Progress, silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.warehouse import Writer

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

    with _decided(name, "approve", model, version, settings) as writer:
        judgements = life_cycle.approve(writer, model, version, by=by, reason=reason)
        scored = _rescored(writer, progress)
    return {"model": model, "champion": version, "scored": scored, "gate": gate.as_rows(judgements)}


def reject(
    name: str, model: str, version: str, *, by: str, reason: str, settings: Settings | None = None
) -> dict[str, Any]:
    """Retire a challenger."""
    from analytics.monitor import life_cycle

    with _decided(name, "reject", model, version, settings) as writer:
        life_cycle.reject(writer, model, version, by=by, reason=reason)
    return {"model": model, "rejected": version}


def rollback(
    name: str, model: str, *, by: str, reason: str, settings: Settings | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Let the version that served before serve again, and score by it."""
    from analytics.monitor import life_cycle

    with _decided(name, "rollback", model, "", settings) as writer:
        version = life_cycle.rollback(writer, model, by=by, reason=reason)
        scored = _rescored(writer, progress)
    return {"model": model, "champion": version, "scored": scored}


def switch_off(name: str, model: str, *, by: str, reason: str, settings: Settings | None = None) -> dict[str, Any]:
    """Stop a model from serving: tools refuse, and its latest scores leave the books."""
    from analytics.monitor import life_cycle

    with _decided(name, "switch_off", model, "", settings) as writer:
        decision = life_cycle.switch_off(writer, model, by=by, reason=reason)
    return {"model": model, "version": decision.version, "switched_off": True}


def switch_on(
    name: str, model: str, *, by: str, reason: str, settings: Settings | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Let a model serve again, and score by it."""
    from analytics.monitor import life_cycle

    with _decided(name, "switch_on", model, "", settings) as writer:
        decision = life_cycle.switch_on(writer, model, by=by, reason=reason)
        scored = _rescored(writer, progress)
    return {"model": model, "version": decision.version, "switched_off": False, "scored": scored}


@contextmanager
def _decided(name: str, action: str, model: str, version: str, settings: Settings | None) -> Iterator[Writer]:
    """Open the books for a decision; the audit log keeps that it was taken, or why it was not, without the person."""
    details = {"model": model, "version": version}
    with Workspace.open(name, settings) as workspace:
        audit = workspace.control.audit
        who = local_principal(name).name
        try:
            with workspace.lake.writer(f"{action} {model}") as writer:
                yield writer
        except MunshiError as refusal:
            audit(who, f"models:{action}", "refused", {**details, "error": type(refusal).__name__})
            raise
        audit(who, f"models:{action}", "ok", details)


def _rescored(writer: Writer, progress: Progress) -> int:
    from analytics.build import score

    clock = data_clock(writer)
    if clock is None:
        raise SourceError(EMPTY)
    report = score(writer, clock, progress=progress)
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
