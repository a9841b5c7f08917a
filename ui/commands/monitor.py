"""`munshi monitor`: whether what serves still does what it did."""

from __future__ import annotations

from typing import Annotated

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName


def monitor(
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Train a challenger where drift and performance call for one.")
    ] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Examine the models that serve: drift, performance on complete labels, calibration, age."""
    from tools.operations.monitoring import monitor as run

    with out.progress() as progress:
        found = run(workspace, retrain=retrain, progress=progress)
    lines = [
        f"{each['status']:<11} {each['model']} {each['version']}  {each['check']}: {each['detail']}"
        for each in found["findings"]
    ]
    lines += [
        f"{model} {version} was trained. `munshi models` shows whether it waits: `munshi models approve {model} …`."
        for model, version in found["challengers"].items()
    ]
    out.emit(found, as_json, "\n".join(lines) or "No model serves yet.")
