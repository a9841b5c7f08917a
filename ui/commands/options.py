"""Options that every subcommand spells alike."""

from __future__ import annotations

from typing import Annotated

import typer

WorkspaceName = Annotated[str, typer.Option("--workspace", "-w", help="Name of the workspace.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output; everything else on standard error.")]
