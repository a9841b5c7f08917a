"""`munshi schedules`: questions and reports by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Questions and reports by the clock: add, list, run, remove.")
Id = Annotated[str, typer.Argument(help="Id of the schedule, as the list shows it.")]


@app.command()
def add(
    due: Annotated[str, typer.Argument(help='When: "every Monday 09:00", "every month on the 1st 08:00".')],
    question: Annotated[str, typer.Option(help="The question to ask.")] = "",
    report: Annotated[str, typer.Option(help="The report to make: board.")] = "",
    to: Annotated[list[str], typer.Option("--to", help="Address to mail a link to; again for more.")] = [],  # noqa: B006
    attach: Annotated[
        bool, typer.Option("--attach", help="Send the file along, where the operator allows it.")
    ] = False,
    zone: Annotated[str, typer.Option(help="Time zone of the clock.")] = "Asia/Kolkata",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Schedule a question or a report."""
    from tools.operations import schedules

    more: dict[str, Any] = {"question": question, "report": report, "to": to, "attach": attach, "zone": zone}
    made = _with(workspace, lambda opened, by: schedules.add(opened, by, due, **more))
    out.emit(made, as_json, f"{made['schedule_id']} runs {made['when']}; next {_moment(made['next_at'])}.")


@app.command("list")
def list_schedules(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List one's schedules, each with its last run."""
    from tools.operations import schedules

    found = _with(workspace, schedules.listed)
    out.emit(found, as_json, "\n".join(_line(each) for each in found) or "Nothing is scheduled yet.")


@app.command()
def remove(schedule_id: Id, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Take a schedule out, with what its runs gave."""
    from tools.operations import schedules

    out.emit(_with(workspace, lambda opened, by: schedules.remove(opened, by, schedule_id)), as_json,
             f"{schedule_id} is gone.")  # fmt: skip


@app.command()
def pause(schedule_id: Id, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a schedule rest."""
    _set(schedule_id, workspace, as_json, active=False)


@app.command()
def resume(schedule_id: Id, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a schedule run again, from its next due time on."""
    _set(schedule_id, workspace, as_json, active=True)


@app.command()
def run(
    due: Annotated[bool, typer.Option("--due", help="All that are due: for a crontab.")] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Run what is due, each as whoever scheduled it; then send the mails that wait."""
    from governance.errors import ToolRetry
    from tools.mail.sending import send_due
    from tools.operations.schedules import described_run
    from tools.workspace import Workspace
    from ui.scheduled import run_due

    if not due:
        raise ToolRetry("Say what to run: `munshi schedules run --due` runs all that are due.")
    with Workspace.open(workspace) as opened:
        done = [described_run(each) for each in run_due(opened)]
        send_due(opened)
    lines = [": ".join(filter(None, (f"{each['schedule_id']}  {_ended(each)}", each["said"]))) for each in done]
    out.emit(done, as_json, "\n".join(lines) or "Nothing is due.")
    if any(each["state"] == "failed" for each in done):
        raise typer.Exit(1)


@app.command()
def result(
    run_id: Annotated[str, typer.Argument(help="Id of the run, as the list shows it.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write a report to.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show what a run gave; a report is written to a file."""
    from tools.operations import schedules

    found = _with(workspace, lambda opened, by: schedules.result(opened, by, run_id))
    told = schedules.described_run(found)
    if found.file:
        target = output or Path(found.file_name)
        target.write_bytes(found.file)
        told["file"] = str(target)
    out.emit(told, as_json, f"{found.said}" + (f" It is in {told['file']}." if found.file else ""))


def _set(schedule_id: str, workspace: str, as_json: bool, *, active: bool) -> None:
    from tools.operations import schedules

    done = _with(workspace, lambda opened, by: schedules.pause(opened, by, schedule_id, active=active))
    out.emit(done, as_json, _line(done))


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _line(told: dict[str, Any]) -> str:
    what = told["question"] or f"report {told['report']}"
    next_time = f"next {_moment(told['next_at'])}" if told["active"] else "paused"
    last = f"; last {_ended(told['runs'][0])} ({told['runs'][0]['run_id']})" if told["runs"] else ""
    return f"{told['schedule_id']}  {told['when']:<28} {what}: {next_time}{last}"


def _ended(run: dict[str, Any]) -> str:
    missed = f", {run['missed']} missed before it" if run["missed"] else ""
    return f"{run['state']} {_moment(run['ran_at'])}{missed}"


def _moment(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%d %b %Y %H:%M} UTC"
