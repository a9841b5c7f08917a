"""`munshi usage`: what models outside cost, and what they may."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from governance.errors import ConfigurationError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

app = typer.Typer(help="What models outside cost; `munshi usage budget` bounds it.")
NAMES = {"*workspace": "the workspace", "*each": "each person"}


@app.callback(invoke_without_command=True)
def shown(
    context: typer.Context,
    per: Annotated[str, typer.Option(help="day or month: the running one, UTC.")] = "month",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show what was spent, by whom on which model, and the budgets."""
    if context.invoked_subcommand is not None:
        return
    from tools.operations.spending import spending
    from tools.workspace import Workspace

    if per not in ("day", "month"):
        raise ConfigurationError(f"Spending is shown per day or per month, not per '{per}'.")
    with Workspace.open(workspace) as opened:
        found = spending(opened, "day" if per == "day" else "month")
    lines = [_line(each) for each in found["spent"]] or [f"Nothing was spent on models outside this {per}."]
    out.emit(found, as_json, "\n".join([*lines, *(_budget(each) for each in found["budgets"])]))


@app.command()
def budget(
    whose: Annotated[str, typer.Argument(help="workspace, each (everybody without one of his own), or a name.")],
    tokens: Annotated[int | None, typer.Option(min=0, help="Tokens that may be spent.")] = None,
    cost: Annotated[str | None, typer.Option(help="Money that may be spent, in the currency of the prices.")] = None,
    per: Annotated[str, typer.Option(help="day or month.")] = "day",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Set a budget; without --tokens and --cost, take it away."""
    from governance.principal import local_principal
    from tools.operations.spending import set_budget
    from tools.workspace import Workspace

    with Workspace.open(workspace) as opened:
        kept = set_budget(opened, local_principal(workspace), whose, per, tokens=tokens, cost=_money(cost))
    out.emit(kept, as_json, _bounds(kept))


def _line(each: Mapping[str, Any]) -> str:
    return (
        f"{each['principal']:<24} {each['mind']:<28} {each['calls']:>6,} calls "
        f"{each['prompt_tokens'] + each['completion_tokens']:>12,} tokens {each['cost']:>12f}"
    )


def _budget(each: Mapping[str, Any]) -> str:
    used = f"{each['used_tokens']:,} tokens and {each['used_cost']:f} used"
    return f"{_bounds(each)} {used}{' by the nearest to it' if each['whose'] == '*each' else ''}."


def _bounds(each: Mapping[str, Any]) -> str:
    bounds = [f"{each['tokens']:,} tokens"] if each["tokens"] is not None else []
    bounds += [f"{each['cost']:f}"] if each["cost"] is not None else []
    whose = NAMES.get(each["whose"], each["whose"])
    return f"Budget of {whose} a {each['per']}: {' and '.join(bounds) or 'none'}."


def _money(written: str | None) -> Decimal | None:
    try:
        return None if written is None else Decimal(written)
    except InvalidOperation:
        raise ConfigurationError(f"'{written}' is no amount: write it as 12.50.") from None
