"""Users and API keys of a workspace: added, listed, disabled, created, rotated, revoked; each change is audited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.errors import IdentityError, ToolRefused
from governance.identity.rights import Partitions, Rights
from governance.identity.store import Identity, described
from governance.permission import permit
from governance.principal import local_principal
from knowledge.views import PARTITION_COLUMNS
from tools.workspace import Workspace

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.settings import Settings


SCOPE = "identity:manage"


@contextmanager
def identity_of(name: str, settings: Settings | None = None) -> Iterator[tuple[Workspace, Identity]]:
    """Open a workspace with its users and keys.

    Raises
    ------
    WorkspaceNotFound, KeyUnusable
    """
    with Workspace.open(name, settings) as workspace:
        yield workspace, Identity(workspace.control)


def rights_of(role: str, scopes: Iterable[str] | None, rows: Mapping[str, Iterable[str]]) -> Rights:
    """Return checked rights; no scopes given means all of the role's.

    Raises
    ------
    IdentityError
        The role, a scope or a column does not exist, or a scope is not the role's.
    """
    narrowed = frozenset(scopes) if scopes is not None else None
    return Rights(role, narrowed, {column: tuple(values) for column, values in rows.items()}).checked(PARTITION_COLUMNS)


def rows_written(written: Iterable[str]) -> Partitions:
    """Read ``city=Pune,Delhi``: a column and the values a caller may see of it.

    Raises
    ------
    IdentityError
        It is not written so.
    """
    rows: dict[str, tuple[str, ...]] = {}
    for each in written:
        column, sign, values = each.partition("=")
        if not sign or not column.strip() or not values.strip():
            raise IdentityError(f"'{each}' says not which rows: write COLUMN=VALUE,VALUE, such as city=Pune,Delhi.")
        rows[column.strip()] = tuple(value.strip() for value in values.split(","))
    return rows


def create_key(
    workspace: Workspace, identity: Identity, by: Principal, label: str, rights: Rights, *,
    days: float | None, per_minute: int | None,
) -> dict[str, Any]:  # fmt: skip
    """Make a key; ``key`` in what is returned is shown this once.

    Raises
    ------
    IdentityError
        The label or the days are no good.
    ToolRefused
        The maker sees some rows only, and could make a key that sees all.
    """
    unbound(workspace, by)
    with workspace.control.together():
        made, text = identity.api_keys.create(label, rights, days=days, per_minute=per_minute)
        workspace.control.audit(by.name, "key:create", "done", {"key": made.key_id, "role": rights.role})
    return {**described(made), "key": text}


def rotate_key(
    workspace: Workspace, identity: Identity, by: Principal, key_id: str, *, grace_days: float
) -> dict[str, Any]:
    """Make a key's successor.

    Raises
    ------
    IdentityError
        There is no such key, or it is no longer good.
    ToolRefused
        The maker sees some rows only.
    """
    unbound(workspace, by)
    with workspace.control.together():
        made, text = identity.api_keys.rotate(key_id, grace_days=grace_days)
        workspace.control.audit(by.name, "key:rotate", "done", {"key": key_id, "successor": made.key_id})
    identity.forget()
    return {**described(made), "key": text}


def revoke_key(workspace: Workspace, identity: Identity, by: Principal, key_id: str) -> dict[str, Any]:
    """Let a key in no more.

    Raises
    ------
    IdentityError
        There is no such key.
    """
    with workspace.control.together():
        revoked = identity.api_keys.revoke(key_id)
        workspace.control.audit(by.name, "key:revoke", "done", {"key": key_id})
    identity.forget()
    return dict(described(revoked))


def add_user(name: str, password: str, rights: Rights, workspace_name: str) -> dict[str, Any]:
    """Add a person, as the caller on the machine itself.

    Raises
    ------
    IdentityError
        There is one of that name, or the password is no good.
    """
    with identity_of(workspace_name) as (workspace, identity), workspace.control.together():
        user = identity.users.add(name, password, rights)
        details = {"user": user.user_id, "role": rights.role}
        workspace.control.audit(local_principal(workspace_name).name, "user:add", "done", details)
        return _user(user)


def disable_user(name: str, workspace_name: str) -> dict[str, Any]:
    """Let a person in no more, and end his sessions.

    Raises
    ------
    IdentityError
        There is none of that name.
    """
    with identity_of(workspace_name) as (workspace, identity), workspace.control.together():
        user = identity.users.disable(name)
        workspace.control.audit(local_principal(workspace_name).name, "user:disable", "done", {"user": user.user_id})
        return _user(user)


def list_users(workspace_name: str) -> list[dict[str, Any]]:
    """All users."""
    with identity_of(workspace_name) as (_, identity):
        return [_user(each) for each in identity.users.list()]


def people(workspace: Workspace, identity: Identity, by: Principal) -> list[dict[str, Any]]:
    """All users, for one who manages them.

    Raises
    ------
    ToolRefused
    """
    _manages(workspace, by, "user:list", "seeing who may sign in")
    return [_user(each) for each in identity.users.list()]


def add_person(
    workspace: Workspace, identity: Identity, by: Principal, name: str, password: str, rights: Rights
) -> dict[str, Any]:
    """Add a person.

    Raises
    ------
    IdentityError
        There is one of that name, or the password is no good.
    ToolRefused
        The caller does not manage users, or sees some rows only.
    """
    _manages(workspace, by, "user:add", "adding people")
    with workspace.control.together():
        user = identity.users.add(name, password, rights)
        workspace.control.audit(by.name, "user:add", "done", {"user": user.user_id, "role": rights.role})
    return _user(user)


def disable_person(workspace: Workspace, identity: Identity, by: Principal, name: str) -> dict[str, Any]:
    """Let a person in no more, and end his sessions; nobody shuts himself out.

    Raises
    ------
    IdentityError
        There is none of that name, or it is the caller himself.
    ToolRefused
    """
    _manages(workspace, by, "user:disable", "disabling people")
    found = next((each for each in identity.users.list() if each.name == name), None)
    if found is not None and found.user_id == by.name:
        raise IdentityError("You cannot disable yourself: another who manages users can.")
    with workspace.control.together():
        user = identity.users.disable(name)
        workspace.control.audit(by.name, "user:disable", "done", {"user": user.user_id})
    identity.forget()
    return _user(user)


def keys_for(workspace: Workspace, identity: Identity, by: Principal) -> list[dict[str, Any]]:
    """All keys, without anything secret, for one who manages them."""
    _manages(workspace, by, "key:list", "seeing API keys")
    return list_keys(identity)


def _manages(workspace: Workspace, by: Principal, doing: str, what: str) -> None:
    permit(workspace.control, by, SCOPE, doing=doing, what=what)
    unbound(workspace, by)


def list_keys(identity: Identity) -> list[dict[str, Any]]:
    """All keys, without anything secret."""
    return [dict(described(each)) for each in identity.api_keys.list()]


def unbound(workspace: Workspace, by: Principal) -> None:
    """Refuse a maker who sees some rows only: what he makes could see more.

    Raises
    ------
    ToolRefused
    """
    if by.partitions:
        workspace.control.audit(by.name, "key:create", "refused", {"why": "partitions"})
        raise ToolRefused("Who sees some rows only makes no keys: they could see more.")


def _user(user: Any) -> dict[str, Any]:
    return {
        "user_id": user.user_id, "name": user.name, "role": user.rights.role, "active": user.active,
        "partitions": {column: list(values) for column, values in user.rights.partitions.items()},
        "created_at": user.created_at,
    }  # fmt: skip
