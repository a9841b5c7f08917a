"""`munshi review` and `munshi letter`: adverse decisions wait for a person, and are told to the customer in a draft."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Cases that wait for a person: list, decide.")


@app.command("list")
def list_cases(
    decided: Annotated[bool, typer.Option("--decided", help="Those a person decided instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at the most.")] = 100,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, the riskiest first."""
    from tools.operations import reviews

    found = _with(workspace, lambda opened, by: reviews.queue(opened, by, decided=decided, limit=limit))
    lines = [_decided(each) if decided else _waiting(each) for each in found]
    out.emit(found, as_json, "\n".join(lines) or ("Nobody decided a case yet." if decided else "No case waits."))


@app.command()
def decide(
    case_id: Annotated[str, typer.Argument(help="Id of the case, as the list shows it.")],
    outcome: Annotated[Literal["uphold", "approve"], typer.Argument(help="Uphold it, or approve against it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept with the decision.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Decide a case, with a reason."""
    from tools.operations import reviews

    done = _with(workspace, lambda opened, by: reviews.decide(opened, by, case_id, outcome, reason=reason))
    words = "stays as it was decided" if outcome == "uphold" else "is approved against it"
    out.emit(done, as_json, f"{done['case']['customer_id']} {words}.")


def letter(
    customer_id: Annotated[str, typer.Argument(help="Whom it is to.")],
    to_file: Annotated[Path | None, typer.Option("--out", help="Write the draft to this file.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Draft a letter on an adverse decision, with its principal reasons; nothing is sent."""
    from tools.operations import reviews

    done = _with(workspace, lambda opened, by: reviews.letter(opened, by, customer_id))
    if to_file is not None:
        to_file.write_text(done["text"], "utf-8")
        out.say(f"The draft is in {to_file}.")
    out.emit(done, as_json, done["text"].rstrip())


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _waiting(case: dict[str, Any]) -> str:
    why = case["said"] or f"model {case['probability_of_default']:.2f} ({case['band']})"
    return f"{case['case_id']}  {case['customer_id']}  {case['cause']:<8} {why}"


def _decided(each: dict[str, Any]) -> str:
    return (
        f"{each['case_id']}  {each['case']['customer_id']}  {each['outcome']:<8} {each['decided_by']}: {each['reason']}"
    )
