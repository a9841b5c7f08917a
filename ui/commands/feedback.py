"""`munshi feedback`, `munshi corrections`, `munshi unanswered`: learning from use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from assistant.unanswered import Unanswered
    from governance.principal import Principal
    from tools.workspace import Workspace

corrections = typer.Typer(no_args_is_help=True, help="Corrections of answers: list, approve, dismiss.")
FeedbackId = Annotated[str, typer.Argument(help="Id of the feedback, as the list shows it.")]


def feedback(
    receipt: Annotated[str, typer.Argument(help="Id under the answer.")],
    up: Annotated[bool | None, typer.Option("--up/--down", help="Whether the answer was good.")] = None,
    correction: Annotated[str, typer.Option(help="What would have answered: a question in words, or a SELECT.")] = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Say what an answer was worth; a correction waits for somebody to approve it."""
    from assistant.feedback import give_feedback

    if up is None:
        raise ToolRetry("Say --up or --down.")
    kept = _with(
        workspace, lambda opened, by: give_feedback(opened, by, receipt, up=up, correction=correction)
    )  # fmt: skip
    waits = f" The correction waits: `munshi corrections approve {kept.feedback_id}`." if kept.correction else ""
    out.emit(asdict(kept), as_json, f"Noted: thumb {'up' if kept.up else 'down'}.{waits}")


@corrections.command("list")
def list_corrections(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List the corrections that wait."""
    from assistant.feedback import corrections as waiting

    found = _with(workspace, waiting)
    lines = [f"{each.feedback_id}  {question}\n          → {each.correction}" for each, question in found]
    told = [{**asdict(each), "question": question} for each, question in found]
    out.emit(told, as_json, "\n".join(lines) or "No correction waits.")


@corrections.command()
def approve(feedback_id: FeedbackId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a correction answer what was asked, from now on."""
    from assistant.feedback import approve_correction

    done = _with(workspace, lambda opened, by: approve_correction(opened, by, feedback_id))
    out.emit(asdict(done), as_json, f"It answers from now on, as verified question {done.question_id}.")


@corrections.command()
def dismiss(feedback_id: FeedbackId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a correction rest."""
    from assistant.feedback import dismiss_correction

    done = _with(workspace, lambda opened, by: dismiss_correction(opened, by, feedback_id))
    out.emit(asdict(done), as_json, f"Feedback {done.feedback_id} rests.")


def unanswered(
    limit: Annotated[int, typer.Option(min=1, help="Groups shown.")] = 20,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show the questions that found no answer, gathered by likeness, with the words that stood in the way."""
    from assistant.unanswered import unanswered as gathered

    found: list[Unanswered] = _with(workspace, gathered)
    lines = [line for each in found[:limit] for line in _lines(each)]
    out.emit([asdict(each) for each in found[:limit]], as_json, "\n".join(lines) or "Every question found an answer.")


def _lines(group: Unanswered) -> list[str]:
    by = "one person" if group.askers == 1 else f"{group.askers} people"
    more = f", {len(group.wordings)} other wordings" if group.wordings else ""
    lines = [f"{group.count:>5}  {group.typical}  ({by}{more})"]
    if group.words:
        lines.append(f"{'':>7}not understood: {', '.join(group.words)}")
    return lines + [f"{'':>7}“{each.word}” may be “{each.like}” ({each.names})" for each in group.suggestions]


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))
