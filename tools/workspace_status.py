"""What the workspace holds, how fresh it is, and which models serve."""

from __future__ import annotations

import datetime as dt

from governance.principal import Principal
from tools.model_state import serving_models
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

#: Views of the house's books that are counted; of a database of one's own all are.
COUNTED = ("customers", "accounts", "transactions", "loans", "instalments", "sessions")


def workspace_status(workspace: Workspace, principal: Principal) -> ToolResult:
    """Return row counts, freshness and the serving models."""
    sql = " UNION ALL ".join(
        f"SELECT '{view}' AS part, count(*) AS rows FROM semantic.{view}" for view in _counted(workspace)
    )
    counts = workspace.query(principal, sql).rows
    meta = workspace.meta(principal)
    models = serving_models(workspace, principal)
    clock = meta.get("data_clock")
    absent = [part for part, rows in counts if rows == 0]
    facts = {f"{part}": Fact(value=rows, unit="count") for part, rows in counts}
    facts |= {f"{model}_version": Fact(value=version) for model, version, _ in models}
    facts |= {f"{model}_trained_as_of": Fact(value=trained, unit="date") for model, _, trained in models}
    facts |= {
        "data_clock": Fact(value=dt.date.fromisoformat(clock) if clock else None, unit="date"),
        "currency": Fact(value=meta.get("currency", "")),
        "source": Fact(value=meta.get("source", "")),
        "schema_version": Fact(value=int(meta["schema_version"]), unit="count"),
        "database": Fact(value=workspace.vocabulary.database),
        "snapshot": Fact(value=workspace.reader(principal).snapshot, unit="count"),
    }
    return ToolResult(
        title=f"Workspace {workspace.name}",
        table=Table(
            title="Rows per table",
            columns=(
                Column(name="part", label="Table"),
                Column(name="rows", label="Rows", unit="count", type="integer"),
            ),
            rows=tuple(counts),
        ),
        facts=facts,
        sql=(sql,),
        model_versions={model: version for model, version, _ in models},
        warnings=tuple(f"The source has no {part}: what depends on them is absent." for part in absent),
        as_of=dt.date.fromisoformat(clock) if clock else None,
    )


def _counted(workspace: Workspace) -> tuple[str, ...]:
    return tuple(workspace.vocabulary.views) if workspace.vocabulary.database else COUNTED
