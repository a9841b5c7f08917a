"""`munshi verified`: questions whose plan was approved; asked again, that plan answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.verified import VerifiedQuestion
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Questions whose plan was approved: list, add, approve, retire.")
QuestionId = Annotated[str, typer.Argument(help="Id of the question, as the list shows it.")]


@app.command("list")
def list_questions(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List every question with its state."""
    from tools.operations import verified

    found: list[VerifiedQuestion] = _with(workspace, verified.listed)
    lines = [f"{each.question_id}  {each.state:<9} {each.question}" for each in found]
    empty = "None yet: `munshi verified add --receipt ID` proposes an answer's question."
    out.emit([asdict(each) for each in found], as_json, "\n".join(lines) or empty)


@app.command()
def add(
    question: Annotated[str, typer.Argument(help="The question, in words; left out with --receipt.")] = "",
    plan: Annotated[str, typer.Option(help='Its calls, as JSON: [{"tool": …, "args": {…}}].')] = "[]",
    receipt: Annotated[str, typer.Option(help="Id under an answer: its question and its calls.")] = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Propose a question; it answers by its plan once it is approved."""
    from tools.operations import verified

    if receipt:
        made = _with(workspace, lambda opened, by: verified.propose_answer(opened, by, receipt))
    else:
        calls = _calls(plan)
        made = _with(workspace, lambda opened, by: verified.propose(opened, by, _plain(opened, by, question), calls))
    out.emit(asdict(made), as_json, f"{made.question_id} waits: `munshi verified approve {made.question_id}`.")


@app.command()
def approve(question_id: QuestionId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a question answer by its plan."""
    from tools.operations import verified

    done = _with(workspace, lambda opened, by: verified.approve(opened, by, question_id))
    out.emit(asdict(done), as_json, f"“{done.question}” is answered by its plan from now on.")


@app.command()
def retire(question_id: QuestionId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a question answer by its plan no more."""
    from tools.operations import verified

    done = _with(workspace, lambda opened, by: verified.retire(opened, by, question_id))
    out.emit(asdict(done), as_json, f"“{done.question}” is answered by its plan no more.")


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _calls(plan: str) -> list[Any]:
    try:
        calls = json.loads(plan)
    except ValueError as error:
        raise ToolRetry(f'The plan is not JSON ({error}). Write it as \'[{{"tool": "…", "args": {{}}}}]\'.') from None
    if not isinstance(calls, list):
        raise ToolRetry("The plan is not a JSON list of calls.")
    return calls


def _plain(workspace: Workspace, by: Principal, question: str) -> str:
    """The question, refused where it names a person: it is kept, and shown to models."""
    from assistant.privacy import Veil
    from assistant.screening import Screening
    from governance.written_personal import plain

    screened = Screening(workspace, by).screen(question, Veil(workspace.keys))
    if screened.text != plain(question):
        raise ToolRetry("A verified question holds no personal data: name the customer by his id.")
    return screened.text
