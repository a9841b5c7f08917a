"""`munshi semantic`: Munshi on a database of one's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui import cli_output as out
from ui.commands.options import AsJson

app = typer.Typer(no_args_is_help=True, help="Ask a database of your own: draft its semantic layer, edit it, hold it.")

Database = Annotated[
    str, typer.Argument(help="A DuckDB or SQLite file, CSV or Parquet, a folder of such, or an address Ibis opens.")
]


@app.command()
def draft(
    database: Database,
    out_file: Annotated[Path | None, typer.Option("--out", help="File to write; by default standard output.")] = None,
) -> None:
    """Write a first semantic layer: tables, keys, joins, times, dimensions, measures, and what is not known."""
    from tools.operations.semantic_draft import draft as run

    text = run(database, out=out_file)
    if out_file is None:
        typer.echo(text, nl=False)
    else:
        points = text.count("# open:")
        out.say(f"The draft is in {out_file}; {points} points in it are open. Edit it, then `munshi semantic hold`.")


@app.command()
def hold(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Name of the workspace; there is no default.")],
    semantic: Annotated[Path, typer.Option("--semantic", help="The edited semantic layer.")],
    database: Annotated[str | None, typer.Argument(help="The database; left out, the tables there stay.")] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a database into a workspace, encrypted, under its semantic layer; from then on it can be asked."""
    from tools.operations.own_database import hold_database

    with out.progress() as progress:
        held = hold_database(database, semantic, workspace, progress=progress)
    rows = ", ".join(f"{count:,} {table}" for table, count in held.rows.items())
    sentence = (
        f"Workspace {workspace} holds {held.database} ({rows}; newest date {held.data_clock}). "
        f'{held.metrics} figures by {held.dimensions} dimensions: `munshi ask "What can you do?" -w {workspace}`.'
    )
    out.emit(asdict(held), as_json, sentence)
