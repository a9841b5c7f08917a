"""`munshi alerts`: rules over the books, what they raised, and what is done with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Alerts: rules, checks, and what is done with what they raise.")
Id = Annotated[str, typer.Argument(help="Id of the alert, as the list shows it.")]
Note = Annotated[str, typer.Option("--note", help="Why; it is kept in the alert's history.")]
_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|=|>|<)\s*(.+?)\s*")


@app.command("list")
def list_alerts(
    state: Annotated[str, typer.Option(help="open, acknowledged, snoozed, resolved or all.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at the most.")] = 100,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """List alerts, the newest first; those that are not resolved where no state is named."""
    from tools.operations import alerts

    found = _with(workspace, lambda opened, by: alerts.listed(opened, by, state=state, limit=limit))
    out.emit(found, as_json, "\n".join(_line(each) for each in found) or "No alert.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Short name: letters, digits, '-'.")],
    metric: Annotated[str, typer.Option(help="A governed metric, such as npa_ratio.")] = "",
    condition: Annotated[list[str], typer.Option("--filter", help="field=value, of a metric; again for more.")] = [],  # noqa: B006
    period: Annotated[str, typer.Option(help="newest_month, newest_3_months, newest_12_months, all_time.")] = "",
    of_list: Annotated[str, typer.Option("--list", help="A list: top_risky_borrowers, likely_leavers, …")] = "",
    argument: Annotated[list[str], typer.Option("--argument", help="name=value, of a list; again for more.")] = [],  # noqa: B006
    where: Annotated[list[str], typer.Option("--where", help="'score > 0.9', of a list's rows; again for more.")] = [],  # noqa: B006
    new: Annotated[bool, typer.Option("--new", help="Count only rows the check before did not see.")] = False,
    above: Annotated[str, typer.Option(help="The threshold: 50, or 5%.")] = "",
    below: Annotated[str, typer.Option(help="The threshold: 50, or 5%.")] = "",
    rises: Annotated[str, typer.Option(help="By how much over the mean of the months before: 20%.")] = "",
    falls: Annotated[str, typer.Option(help="By how much under the mean of the months before: 20%.")] = "",
    months: Annotated[int, typer.Option(min=2, max=24, help="How many months before.")] = 6,
    title: Annotated[str, typer.Option(help="What the alert is called.")] = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Declare a rule; it is measured once."""
    from tools.operations import alerts

    told: dict[str, Any] = {
        "name": name, "title": title, "metric": metric, "filters": [_condition(each, "--filter") for each in condition],
        "list": of_list, "arguments": dict(pair(each) for each in argument), "new": new, "months": months,
        "where": [_condition(each, "--where") for each in where], **({"period": period} if period else {}),
    }  # fmt: skip
    bounds = {"above": above, "below": below, "rises": rises, "falls": falls}
    told |= {name: _figure(text, f"--{name}") for name, text in bounds.items() if text}
    made = _with(workspace, lambda opened, by: alerts.add_rule(opened, by, told))
    stands = "it holds now" if made["now"]["holds"] else "it does not hold now"
    out.emit(made, as_json, f"The rule {name} is kept; {stands}: {_plain(made['now'])}.")


@app.command()
def rules(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List the rules, each with what its last check found."""
    from tools.operations import alerts

    found = _with(workspace, alerts.rules)
    lines = [f"{each['name']:<28} {(each['last'] or {}).get('outcome', 'not checked yet')}" for each in found]
    out.emit(found, as_json, "\n".join(lines) or "No rule yet: `munshi alerts add NAME --metric npa_ratio --above 5%`.")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name of the rule.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Take a rule out; alerts it raised stay."""
    from tools.operations import alerts

    out.emit(_with(workspace, lambda opened, by: alerts.remove_rule(opened, by, name)), as_json,
             f"The rule {name} is gone.")  # fmt: skip


@app.command()
def check(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Hold every rule against the books now; tell who asked to be told of what is new."""
    from tools.mail.sending import send_due
    from tools.operations import alerts

    def run(opened: Workspace, by: Principal) -> list[dict[str, Any]]:
        found = alerts.check(opened, by)
        send_due(opened)
        return found

    found = _with(workspace, run)
    lines = [": ".join(filter(None, (f"{each['rule']:<28} {each['outcome']}", each["why"]))) for each in found]
    out.emit(found, as_json, "\n".join(lines) or "No rule yet.")


@app.command()
def ack(alert_id: Id, note: Note = "", workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Say that somebody looks after an alert."""
    from tools.operations import alerts

    _done(workspace, as_json, lambda opened, by: alerts.acknowledge(opened, by, alert_id, note=note))


@app.command()
def snooze(
    alert_id: Id,
    until: Annotated[str, typer.Option(help="The day it comes back, such as 2027-01-31.")],
    note: Note = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Put an alert away until a day."""
    from governance.errors import ToolRetry
    from tools.operations import alerts

    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        raise ToolRetry(f"'{until}' is no day. Write it as 2027-01-31.") from None
    _done(workspace, as_json, lambda opened, by: alerts.snooze(opened, by, alert_id, until=day, note=note))


@app.command()
def resolve(alert_id: Id, note: Note = "", workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Close an alert."""
    from tools.operations import alerts

    _done(workspace, as_json, lambda opened, by: alerts.resolve(opened, by, alert_id, note=note))


@app.command()
def reopen(alert_id: Id, note: Note = "", workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Open an alert again."""
    from tools.operations import alerts

    _done(workspace, as_json, lambda opened, by: alerts.reopen(opened, by, alert_id, note=note))


def _done(name: str, as_json: bool, do: Callable[[Workspace, Principal], dict[str, Any]]) -> None:
    done = _with(name, do)
    out.emit(done, as_json, _line(done))


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _line(alert: dict[str, Any]) -> str:
    return f"{alert['alert_id']}  {alert['state']:<12} {alert['as_of']}  {alert['title']}: {_plain(alert)}"


def _plain(told: dict[str, Any]) -> str:
    from assistant.prose.numbers import said

    value, bound = (said(Decimal(told[each]), told["unit"], currency=told["currency"]) for each in ("value", "bound"))
    return f"{value} against {bound}"


def _condition(text: str, option: str) -> dict[str, Any]:
    from governance.errors import ToolRetry

    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ToolRetry(f"{option} '{text}': write field, comparison, value, such as \"score > 0.9\".")
    field, op, value = found.groups()
    return {"field": field, "op": op, "value": _value(value)}


def _value(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def pair(text: str) -> tuple[str, str]:
    """An argument as it is typed: name=value."""
    from governance.errors import ToolRetry

    name, equals, value = text.partition("=")
    if not equals:
        raise ToolRetry(f"--argument '{text}': write name=value.")
    return name.strip(), value.strip()


def _figure(text: str, option: str) -> str:
    """A figure as a rule has it: ``5%`` is 0.05."""
    from governance.errors import ToolRetry

    try:
        figure = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise ToolRetry(f"{option} '{text}' is no figure. Write 50, 0.05 or 5%.") from None
    return str(figure / 100 if text.strip().endswith("%") else figure)
