"""`munshi theme`: the client's own face."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import ConfigurationError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(no_args_is_help=True, help="The client's own face: show, set, reset.")


@app.command()
def show(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show the theme that holds."""
    from tools.operations import theming
    from tools.workspace import Workspace

    with Workspace.open(workspace) as opened:
        _tell(theming.shown(opened), as_json)


@app.command("set")
def set_theme(
    file: Annotated[Path, typer.Argument(help="YAML: name, logo, colours, fonts, language, numbers, currency_sign.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Let the theme in a file hold; a logo is named by its path beside the file."""
    from governance.principal import local_principal
    from tools.operations import theming
    from tools.workspace import Workspace

    if not file.is_file():
        raise ConfigurationError(f"There is no file {file}.")
    with Workspace.open(workspace) as opened:
        text = file.read_text("utf-8")
        _tell(theming.set_theme(opened, local_principal(workspace), text, file.parent), as_json)


@app.command()
def reset(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let the house's own face hold again."""
    from governance.principal import local_principal
    from tools.operations import theming
    from tools.workspace import Workspace

    with Workspace.open(workspace) as opened:
        _tell(theming.reset(opened, local_principal(workspace)), as_json)


def _tell(told: Mapping[str, Any], as_json: bool) -> None:
    lines = [f"{name}: {value}" for name, value in told["theme"].items()] or ["the house's own"]
    since = f" since {told['set_at'][:16]}, by {told['set_by']}" if told["set_at"] else ""
    out.emit(told, as_json, "\n".join([f"Theme {told['version']}{since}", *lines]))
