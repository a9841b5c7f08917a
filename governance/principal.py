"""Who is asking: tenant, role, scopes, row partitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SCOPES = frozenset({"books:read", "scores:read", "sql:run", "knowledge:read", "models:read", "pii:read"})

#: Role → scopes. Only roles that something uses stand here.
ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "viewer": frozenset({"books:read", "knowledge:read"}),
        "analyst": SCOPES - {"pii:read"},
        "risk_manager": SCOPES - {"pii:read"},
        "compliance": SCOPES,
    }
)


@dataclass(frozen=True)
class Principal:
    """A caller.

    Parameters
    ----------
    name
        Identifier shown on screen and kept in the audit log.
    tenant
        The workspace the caller belongs to.
    role
        A key of `ROLES`.
    partitions
        Column of ``core.customers`` → values the caller may see; empty means all rows.
    """

    name: str
    tenant: str
    role: str
    partitions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of the caller's role."""
        return ROLES[self.role]

    def may(self, scope: str) -> bool:
        """Whether the caller holds ``scope``."""
        return scope in self.scopes


def local_principal(tenant: str) -> Principal:
    """The caller on the machine itself: the sandbox's risk manager, without ``pii:read``."""
    return Principal(name="local", tenant=tenant, role="risk_manager")
