"""`munshi models`: what serves, what waits, what was decided; approve, reject, roll back, switch off and on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

app = typer.Typer(help="List the models with their health; decide which version serves.")

Model = Annotated[str, typer.Argument(help="Model: credit, churn, …")]
Version = Annotated[str, typer.Argument(help="Version, as the list shows it.")]
By = Annotated[str, typer.Option("--by", help="Who decides; the books keep the name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; the books keep it.")]


@app.callback(invoke_without_command=True)
def listed(context: typer.Context, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List every version: alias, trained, validated, health."""
    if context.invoked_subcommand is not None:
        return
    from tools.operations.models import list_models

    rows = list_models(workspace)
    empty = f"No model yet: `munshi train --workspace {workspace}`."
    out.emit(rows, as_json, "\n".join(_line(row) for row in rows if row["alias"] != "vintage") or empty)


@app.command()
def decisions(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List what was decided, by whom, when and why."""
    from tools.operations.models import decisions_of

    rows = decisions_of(workspace)
    lines = [
        f"{row['at'][:16].replace('T', ' ')}  {row['model']:<10} {row['version']:<14} {row['action']:<10} "
        f"{row['by']}: {row['reason']}"
        for row in rows
    ]
    out.emit(rows, as_json, "\n".join(lines) or "Nothing was decided yet.")


@app.command()
def approve(
    model: Model, version: Version, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Let a challenger serve, where it passes the gate."""
    from tools.operations.models import approve as run

    with out.progress() as progress:
        done = run(workspace, model, version, by=by, reason=reason, progress=progress)
    checks = "\n".join(f"  {each['status']:<11} {each['title']}: {each['said']}" for each in done["gate"])
    out.emit(done, as_json, f"{checks}\n{model} {version} serves; {done['scored']:,} customers scored.")


@app.command()
def reject(
    model: Model, version: Version, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Retire a challenger."""
    from tools.operations.models import reject as run

    out.emit(run(workspace, model, version, by=by, reason=reason), as_json, f"{model} {version} is retired.")


@app.command()
def rollback(model: Model, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let the version that served before serve again."""
    from tools.operations.models import rollback as run

    with out.progress() as progress:
        done = run(workspace, model, by=by, reason=reason, progress=progress)
    out.emit(done, as_json, f"{model} {done['champion']} serves again; {done['scored']:,} customers scored.")


@app.command()
def switch_off(
    model: Model, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Stop a model from serving: every answer that would lean on it refuses, with the reason."""
    from tools.operations.models import switch_off as run

    done = run(workspace, model, by=by, reason=reason)
    out.emit(done, as_json, f"{model} {done['version']} is switched off. Back: `munshi models switch-on {model}`.")


@app.command()
def switch_on(model: Model, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a model that was switched off serve again."""
    from tools.operations.models import switch_on as run

    with out.progress() as progress:
        done = run(workspace, model, by=by, reason=reason, progress=progress)
    out.emit(done, as_json, f"{model} {done['version']} serves again; {done['scored']:,} customers scored.")


def _line(row: dict[str, Any]) -> str:
    auc = row["auc"]
    validated = f"AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})" if auc else "not validated"
    alias = "switched off" if row["switched_off"] else row["alias"]
    health = row["health"] or "not monitored yet"
    return (
        f"{row['model']:<10} {row['version']:<14} {alias:<12} trained {row['trained_as_of']}  {validated:<28} {health}"
    )
