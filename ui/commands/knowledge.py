"""`munshi knowledge`: the workspace's own documents in the knowledge base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import SourceError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.operations.own_knowledge import OwnDocument
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Your own documents in the knowledge base: add, list, show, remove.")
DocumentId = Annotated[str, typer.Argument(help="Id of the document, as the list shows it.")]
DAY = ["%Y-%m-%d"]


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="PDF, DOCX, Markdown, HTML or text.")],
    title: Annotated[str, typer.Option(help="Title, where the file has none that will do.")] = "",
    status: Annotated[
        str, typer.Option(help="in force, superseded, draft, withdrawn, advisory, not yet in force.")
    ] = "",
    valid_from: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="First day in force.")] = None,
    superseded_on: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="Last day in force.")] = None,
    roles: Annotated[
        list[str] | None, typer.Option("--for-role", help="Only this role may read it; may be repeated.")
    ] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Add files; one of the same name takes the place of the one before. All are added, or none."""
    from tools.operations import own_knowledge

    told = own_knowledge.Told(title, status, _day(valid_from), _day(superseded_on))
    read = [(path.name, _content(path)) for path in files]
    added = _with(workspace, lambda opened, by: own_knowledge.add_documents(opened, by, read, told, roles or ()))
    out.emit([asdict(each) for each in added], as_json, "\n".join(map(_added, added)))


@app.command("list")
def list_documents(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List your own documents."""
    from tools.operations import own_knowledge

    found = _with(workspace, own_knowledge.list_documents)
    lines = [
        f"{each.document_id:<40} {_standing(each):<34} {each.passages:>5} passages  {each.title}" for each in found
    ]
    empty = "None yet: `munshi knowledge add FILE`. The library is there beside them."
    out.emit([asdict(each) for each in found], as_json, "\n".join(lines) or empty)


@app.command()
def show(document_id: DocumentId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show a document passage by passage: yours, or one of the library."""
    from tools.operations import own_knowledge

    found = _with(workspace, lambda opened, by: own_knowledge.show_document(opened, by, document_id))
    parts = [f"[{each['id']}] {each['section']}\n{each['text']}" for each in found["passages"]]
    out.emit(found, as_json, "\n\n".join([f"{found['title']} ({found['status']})", *parts]))


@app.command()
def remove(document_id: DocumentId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Take a document of yours out of the knowledge base."""
    from tools.operations import own_knowledge

    gone = _with(workspace, lambda opened, by: own_knowledge.remove_document(opened, by, document_id))
    out.emit(asdict(gone), as_json, f"“{gone.title}” answers nothing any more.")


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise SourceError(f"There is no file {path}.")
    return path.read_bytes()


def _day(moment: dt.datetime | None) -> dt.date | None:
    return None if moment is None else moment.date()


def _standing(document: OwnDocument) -> str:
    who = f", for {', '.join(document.roles)}" if document.roles else ""
    return f"{document.status}{who}"


def _added(document: OwnDocument) -> str:
    done = "replaced" if document.replaced else "added"
    hidden = f" {document.hidden} personal values stand in it as tokens." if document.hidden else ""
    what = f"“{document.title}”, {document.passages} passages, {_standing(document)}"
    return f"{document.document_id} {done}: {what}.{hidden}"
