"""`munshi models`: what serves, what waits, what was decided; approve, reject, roll back, switch off and on."""

from __future__ import annotations

from pathlib import Path
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
    out.emit(done, as_json, f"{_checks(done)}\n{model} {version} serves; {done['scored']:,} customers scored.")


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


@app.command()
def route(
    model: Model,
    where: Annotated[str, typer.Option(help="Whom it scores: region=West, state=…, city=…, occupation=…, product=….")],
    to: Annotated[str, typer.Option(help="A version of the registry, or a YAML file that declares an ONNX graph.")],
    by: By,
    reason: Reason,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Let another version score part of the people, where it passes the gate on them."""
    from tools.operations.routing import route as run

    with out.progress() as progress:
        done = run(workspace, model, where, to, by=by, reason=reason, progress=progress)
    back = f"Back: `munshi models unroute {model} '{done['version']}'`."
    out.emit(done, as_json, f"{_checks(done)}\n{done['version']} scores those with {done['route']}. {back}")


@app.command()
def unroute(
    model: Model, version: Version, by: By, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Let the version that serves score those again whom a route took."""
    from tools.operations.routing import unroute as run

    with out.progress() as progress:
        done = run(workspace, model, version, by=by, reason=reason, progress=progress)
    out.emit(done, as_json, f"{model} {version} is retired; {done['scored']:,} customers scored.")


@app.command()
def card(model: Model, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show the card of the version that serves."""
    from tools.operations.models import card as run

    found = run(workspace, model)
    lines = [f"{model} {found['version']}: {found.get('label', '')}", f"learner: {found.get('learner')}"]
    for name, metric in found.get("validation", {}).get("metrics", {}).items():
        lines.append(f"{name:<22} {metric['value']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})")
    lines += [f"limit: {limit}" for limit in found.get("limits", ())]
    out.emit(found, as_json, "\n".join([*lines, *(f"warning: {each}" for each in found["warnings"])]))


@app.command()
def inventory(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List every model that serves: purpose, age, quality, state, when it goes stale."""
    from tools.operations.models import inventory as run

    rows = run(workspace)
    lines = [
        f"{row['model']:<10} {row['version']:<14} {row['purpose']}; trained {row['trained_as_of']}, stale from "
        f"{row['stale_from']}{'; switched off ' + row['off'] if row['off'] else ''}"
        for row in rows
    ]
    out.emit(rows, as_json, "\n".join(lines) or "No model serves yet.")


@app.command()
def report(
    model: Model,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write the report as a PDF to this file.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write the validation report: discrimination, calibration, stability, fairness, reasons, limitations."""
    from tools.operations import model_report

    found = model_report.report(workspace, model)
    for target, write in ((html, model_report.write_html), (pdf, model_report.write_pdf)):
        if target is not None:
            write(found, target)
            out.say(f"The report is in {target}.")
    told = {**found, "sections": [vars(section) for section in found["sections"]]}
    titles = "\n".join(f"  {section.title}" for section in found["sections"])
    out.emit(told, as_json, f"{found['title']}\n{titles}")


@app.command()
def export(
    model: Model,
    folder: Annotated[Path, typer.Argument(help="Folder to write to.")],
    form: Annotated[str, typer.Option("--format", help="document, onnx or joblib.")] = "onnx",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write the version that serves as files to take elsewhere, with a manifest of digests."""
    from tools.operations.models import export as run

    done = run(workspace, model, folder, form)
    out.emit(done, as_json, f"{model} {done['version']} is in {folder}; manifest {done['manifest_sha256']}.")


def _checks(done: dict[str, Any]) -> str:
    return "\n".join(f"  {each['status']:<11} {each['title']}: {each['said']}" for each in done["gate"])


def _line(row: dict[str, Any]) -> str:
    auc = row["auc"]
    validated = f"AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})" if auc else "not validated"
    alias = "switched off" if row["switched_off"] else row["alias"]
    health = row["health"] or "not monitored yet"
    return (
        f"{row['model']:<10} {row['version']:<14} {alias:<12} trained {row['trained_as_of']}  {validated:<28} {health}"
    )
