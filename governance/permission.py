"""The one place that decides whether a caller may do something; what it denies, the audit log keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import ToolRefused

if TYPE_CHECKING:
    from governance.control import ControlStore
    from governance.principal import Principal


def permit(control: ControlStore, principal: Principal, scope: str, *, doing: str, what: str) -> None:
    """Let ``principal`` pass where it belongs to the workspace and holds ``scope``.

    Parameters
    ----------
    control
        Of the workspace that is to be touched.
    doing
        What is attempted, for the audit log: ``tool:run_sql``.
    what
        The same for the person.

    Raises
    ------
    ToolRefused
        It does not; audited.
    """
    if principal.tenant != control.workspace:
        why = f"{principal.name} belongs to {principal.tenant}, not to {control.workspace}."
    elif not principal.may(scope):
        holder = _holder(principal, scope)
        why = f"{what} takes the permission {scope}, which {holder} does not hold.{instead(principal)}"
    else:
        return
    control.audit(principal.name, doing, "refused", {"scope": scope})
    raise ToolRefused(why)


def instead(principal: Principal) -> str:
    """What the caller may do, as a sentence behind a refusal."""
    from governance.principal import SCOPES

    allowed = [words for scope, words in SCOPES.items() if principal.may(scope)]
    return f" You may: {'; '.join(allowed)}." if allowed else ""


def _holder(principal: Principal, scope: str) -> str:
    """The role where it lacks the scope; else the key or token that was narrowed below its role."""
    from governance.principal import ROLES

    narrowed = scope in ROLES.get(principal.role, frozenset())
    return "this key" if narrowed else f"the role {principal.role}"
