"""`munshi eval`: golden questions asked and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName


def evaluation(
    file: Annotated[Path, typer.Argument(help="Golden questions: YAML, or a text-to-SQL benchmark's JSON.")],
    workspace: WorkspaceName = "demo",
    database: Annotated[
        str | None, typer.Option(help="Ask this database instead, in a workspace that is gone afterwards.")
    ] = None,
    semantic: Annotated[
        Path | None, typer.Option(help="Semantic layer of the database; by default the one drafted of it.")
    ] = None,
    mind: Annotated[
        list[str] | None, typer.Option(help="Who thinks: embedded, or a model's name; may be given more than once.")
    ] = None,
    db_id: Annotated[
        str | None, typer.Option("--db-id", help="Ask only a benchmark's questions on this database.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask golden questions and say how many are answered rightly: accuracy, precision, grounding, time, tokens."""
    from assistant.evaluation.evaluate import evaluate

    found = evaluate(
        file, workspace=workspace, database=database, semantic=semantic, minds=mind or ["embedded"], only=db_id
    )
    if html is not None:
        html.write_text(found.html(), "utf-8")
        out.say(f"The report is in {html}.")
    out.emit(found.as_dict(), as_json, found.text())
