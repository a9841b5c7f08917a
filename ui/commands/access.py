"""`munshi users` and `munshi keys`: who may come in."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import IdentityError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

users = typer.Typer(no_args_is_help=True, help="The people who may sign in: add, list, disable.")
keys = typer.Typer(no_args_is_help=True, help="API keys of machines: create, list, rotate, revoke.")

Name = Annotated[str, typer.Argument(help="Name to sign in with.")]
KeyId = Annotated[str, typer.Argument(help="Id of the key, as the list shows it.")]
Role = Annotated[str, typer.Option(help="viewer, analyst, risk_manager, compliance, data_steward, admin, service.")]
Rows = Annotated[list[str] | None, typer.Option("--rows", help="Rows that may be seen, such as city=Pune,Delhi.")]
KEEP_IT = "Keep it now: it is shown this once. Send it as `Authorization: Bearer …`."


@users.command("add")
def add_user(
    name: Name,
    role: Role = "viewer",
    rows: Rows = None,
    from_input: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
    ] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Add a person; the password is asked for, never an argument."""
    from tools.operations import access

    rights = access.rights_of(role, None, access.rows_written(rows or ()))
    made = access.add_user(name, _password(from_input), rights, workspace)
    out.emit(made, as_json, f"{made['name']} may sign in to {workspace} as {role}.")


@users.command("list")
def list_users(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List the people."""
    from tools.operations import access

    found = access.list_users(workspace)
    lines = [
        f"{each['name']:<24} {each['role']:<13} {'' if each['active'] else 'disabled ':<9} {_rows(each['partitions'])}"
        for each in found
    ]
    out.emit(found, as_json, _lines(lines) or "Nobody yet: `munshi users add NAME --role analyst`.")


@users.command("disable")
def disable_user(name: Name, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a person in no more, and end his sessions."""
    from tools.operations import access

    gone = access.disable_user(name, workspace)
    out.emit(gone, as_json, f"{gone['name']} may sign in no more.")


@keys.command("create")
def create_key(
    label: Annotated[str, typer.Argument(help="Who uses it, and where.")],
    role: Role = "service",
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="Narrow it to this scope; may be repeated.")
    ] = None,
    rows: Rows = None,
    days: Annotated[float, typer.Option(min=0.01, max=3_650, help="Days it is good for.")] = 365,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Requests it may make in a minute.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Create a key; its secret is shown once and kept nowhere."""
    from governance.principal import local_principal
    from tools.operations import access

    rights = access.rights_of(role, scopes or None, access.rows_written(rows or ()))
    with access.identity_of(workspace) as (opened, identity):
        made = access.create_key(
            opened, identity, local_principal(workspace), label, rights, days=days, per_minute=per_minute
        )
    _made(made, as_json)


@keys.command("list")
def list_keys(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    from tools.operations import access

    with access.identity_of(workspace) as (_, identity):
        found = access.list_keys(identity)
    lines = [
        f"{each['key_id']}  {each['label']:<24} {each['role']:<13} {_state(each):<24} {_rows(each['partitions'])}"
        for each in found
    ]
    out.emit(found, as_json, _lines(lines) or "None yet: `munshi keys create LABEL`.")


@keys.command("rotate")
def rotate_key(
    key_id: KeyId,
    grace_days: Annotated[float, typer.Option(min=0, max=90, help="Days the old key stays good.")] = 1,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Create a key's successor with the same rights."""
    from governance.principal import local_principal
    from tools.operations import access

    with access.identity_of(workspace) as (opened, identity):
        made = access.rotate_key(opened, identity, local_principal(workspace), key_id, grace_days=grace_days)
    _made(made, as_json)


@keys.command("revoke")
def revoke_key(key_id: KeyId, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Let a key in no more, from now; its tokens neither."""
    from governance.principal import local_principal
    from tools.operations import access

    with access.identity_of(workspace) as (opened, identity):
        gone = access.revoke_key(opened, identity, local_principal(workspace), key_id)
    out.emit(gone, as_json, f"Key {key_id} lets nobody in any more.")


def _made(made: Mapping[str, Any], as_json: bool) -> None:
    out.emit(made, as_json, str(made["key"]))
    if not as_json:
        out.say(KEEP_IT)


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise IdentityError("There is nobody to ask for the password here. Give it by --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _state(key: Mapping[str, Any]) -> str:
    if key["revoked_at"] is not None:
        return "revoked"
    return "no end" if key["expires_at"] is None else f"until {_moment(key['expires_at'])}"


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _rows(partitions: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"{column}={','.join(values)}" for column, values in partitions.items())


def _lines(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)
