"""`munshi report`: packs on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

app = typer.Typer(help="Make a report as a PDF.", no_args_is_help=True)


@app.callback()
def reports() -> None:
    """Make a report as a PDF."""


@app.command()
def board(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write the PDF to.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write the board pack: the book, its risk, its riskiest borrowers, what is ahead, the models' health."""
    from governance.principal import local_principal
    from tools.workspace import Workspace
    from ui.paper.board import board_pack

    with Workspace.open(workspace) as opened:
        pack = board_pack(opened, local_principal(workspace))
        written = output.write_bytes(pack.as_pdf())
    told = {"file": str(output), "bytes": written, "as_of": pack.told["as_of"], "snapshot": pack.told["snapshot"],
            "notice": pack.told["notice"]}  # fmt: skip
    out.emit(told, as_json, f"The board pack as of {told['as_of']} is in {output}.")
    if pack.told["notice"] and not as_json:
        out.say(f"note: {pack.told['notice']}")


def export(
    receipt_id: Annotated[str, typer.Argument(help="Id that stands under the answer.")],
    form: Annotated[str, typer.Option("--format", help="pdf, xlsx, csv, html, png or svg.")] = "pdf",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; by default in this folder.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Take an answer along as a file: made again from its receipt, on the same books."""
    from governance.principal import local_principal
    from tools.workspace import Workspace
    from ui.paper.answer_file import answer_file

    with Workspace.open(workspace) as opened:
        made = answer_file(opened, local_principal(workspace), receipt_id, form)
    target = output or Path(made.name)
    written = target.write_bytes(made.content)
    out.emit({"file": str(target), "bytes": written, "receipt": receipt_id}, as_json, f"The answer is in {target}.")
