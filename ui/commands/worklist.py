"""`munshi worklist`: customers and alerts that somebody sees to, and what that was worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="The worklist: fill, assign, note, resolve, and what acting was worth.")
Id = Annotated[str, typer.Argument(help="Id of the item, as the list shows it.")]


@app.command()
def fill(
    kind: Annotated[str, typer.Argument(help="risky_borrowers, likely_leavers, unusual_transactions or alerts.")],
    limit: Annotated[int, typer.Option(min=1, help="How many of the list's first rows.")] = 50,
    argument: Annotated[list[str], typer.Option("--argument", help="name=value, of the list; again for more.")] = [],  # noqa: B006
    hold_out: Annotated[float | None, typer.Option(min=0, max=0.99, help="Share left alone.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Put a list on the worklist; a share of it is left alone."""
    from tools.operations import worklist
    from ui.commands.alerts import pair

    arguments = dict(pair(each) for each in argument)
    more: dict[str, Any] = {"limit": limit, "arguments": arguments, "hold_out": hold_out}
    done = _with(workspace, lambda opened, by: worklist.fill(opened, by, kind, **more))
    out.emit(done, as_json, f"{done['listed']} are on the worklist, {done['held_out']} are left alone, "
             f"{done['there_already']} were there already.")  # fmt: skip


@app.command("list")
def list_items(
    kind: Annotated[str, typer.Option(help="Of this list alone.")] = "",
    state: Annotated[str, typer.Option(help="open, done or all.")] = "open",
    assignee: Annotated[str, typer.Option(help="A user, me or nobody.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at the most.")] = 100,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """List what somebody should see to."""
    from tools.operations import worklist

    found = _with(workspace, lambda opened, by: worklist.listed(opened, by, kind=kind, state=state, assignee=assignee,
                                                                limit=limit))  # fmt: skip
    lines = [_line(each) for each in found["items"]]
    out.emit(found, as_json, "\n".join([*lines, f"{found['count']} in all, {found['held_out']} left alone."]))


@app.command()
def assign(
    item_id: Id,
    to: Annotated[str, typer.Option(help="A user, me or nobody.")] = "me",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Give an item to somebody."""
    from tools.operations import worklist

    _done(workspace, as_json, lambda opened, by: worklist.assign(opened, by, item_id, to=to))


@app.command()
def note(
    item_id: Id,
    text: Annotated[str, typer.Argument(help="What to write down.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write something down with an item."""
    from tools.operations import worklist

    _done(workspace, as_json, lambda opened, by: worklist.note(opened, by, item_id, text=text))


@app.command()
def resolve(
    item_id: Id,
    outcome: Annotated[str, typer.Argument(help="What came of it, such as paid or retained.")],
    text: Annotated[str, typer.Option("--note", help="More of it.")] = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Say what came of an item."""
    from tools.operations import worklist

    _done(workspace, as_json, lambda opened, by: worklist.resolve(opened, by, item_id, outcome=outcome, text=text))


@app.command()
def undo(item_id: Id, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Take back what was done last with an item."""
    from tools.operations import worklist

    _done(workspace, as_json, lambda opened, by: worklist.undo(opened, by, item_id))


@app.command()
def worth(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Tell what acting was worth: those listed beside those left alone."""
    from tools.operations import worklist

    found = _with(workspace, worklist.worth)
    out.emit(found, as_json, "\n".join(_worth(each) for each in found))


def _done(name: str, as_json: bool, do: Callable[[Workspace, Principal], dict[str, Any]]) -> None:
    done = _with(name, do)
    out.emit(done, as_json, _line(done))


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _line(item: dict[str, Any]) -> str:
    about = item["told"].get("title") or item["customer_id"] or item["subject"]
    who, came = item["assignee_name"] or "nobody", item["outcome_words"] or item["state"]
    return f"{item['item_id']}  {item['kind']:<22} {about:<16} {who:<14} {came}"


def _worth(told: dict[str, Any]) -> str:
    listed, done, left = told["items"] - told["held_out"], told["done"], told["held_out"]
    head = f"{told['label']}: {listed} listed, {done} done, {left} left alone"
    worth = told["worth"]
    if worth is None:
        return f"{head}."
    if worth["difference"] is None:
        return f"{head}. {worth['why']}"
    low, high = (f"{worth[each] * 100:+.1f}" for each in ("low", "high"))
    return f"{head}. {worth['label']}: {worth['difference'] * 100:+.1f} percentage points ({low} to {high})."
