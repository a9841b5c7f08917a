"""Who is asking: tenant, role, scopes, row partitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Scope → what it lets its holder do.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "books:read": "read customers, accounts, transactions and figures made of them",
        "scores:read": "read scores and their reasons",
        "sql:run": "run free SQL over the semantic views",
        "knowledge:read": "search the knowledge base",
        "knowledge:write": "add documents to the knowledge base, and remove them",
        "models:read": "read model cards",
        "reports:make": "make reports of what one may see",
        "pii:read": "see personal columns unmasked, and answers given to others",
        "postings:write": "send postings in real time",
        "chat:ask": "ask questions, and see one's own answers",
        "answers:share": "share pinned answers and conversations with one's workspace",
        "audit:read": "verify the audit log",
        "questions:approve": "approve and retire verified questions",
        "rules:write": "check, draft and simulate the client's rules",
        "rules:approve": "approve, activate and retire the client's rules",
        "reviews:decide": "decide cases that wait for a person, and draft letters on them",
        "unanswered:read": "see the questions that found no answer",
        "identity:manage": "list, make, rotate and revoke API keys",
        "alerts:read": "see alerts and the rules that raise them",
        "alerts:manage": "declare alert rules, and acknowledge, snooze and resolve alerts",
        "worklist:work": "see the worklist, and assign, note and resolve what stands on it",
        "worklist:fill": "put lists of customers on the worklist",
        "schedules:make": "schedule questions and reports of one's own",
        "look:manage": "set the name, logo, colours and language of the workspace",
        "webhooks:manage": "register addresses that are told of events, and try and remove them",
        "privacy:manage": "erase or export a person's data, keep consents, holds, retention and breaches",
    }
)
_READING = frozenset({"books:read", "knowledge:read", "chat:ask"})
_ANALYSING = _READING | {"scores:read", "sql:run", "models:read", "reports:make", "alerts:read", "worklist:work",
                           "schedules:make", "answers:share"}  # fmt: skip
_RULING = frozenset({"rules:write", "rules:approve", "reviews:decide"})
_IMPROVING = frozenset({"questions:approve", "knowledge:write", "unanswered:read"})

#: Role → scopes. A role that is not here holds none.
ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "viewer": _READING,
        "analyst": _ANALYSING | {"rules:write"},
        "risk_manager": _ANALYSING
        | _IMPROVING
        | _RULING
        | {"webhooks:manage", "alerts:manage", "worklist:fill", "look:manage"},
        "compliance": _ANALYSING
        | _IMPROVING
        | {"pii:read", "audit:read", "rules:approve", "reviews:decide", "privacy:manage", "alerts:manage"},
        "data_steward": _READING | {"sql:run", "models:read", "postings:write", "knowledge:write", "unanswered:read"},
        "admin": frozenset(
            {"models:read", "audit:read", "identity:manage", "unanswered:read", "webhooks:manage", "look:manage"}
        ),
        "service": frozenset({"books:read", "scores:read", "models:read", "postings:write"}),
        "customer": frozenset({"books:read", "scores:read"}),
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
    granted
        Scopes that a key or token was narrowed to; None for all of the role's. It never widens the role.
    """

    name: str
    tenant: str
    role: str
    partitions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    granted: frozenset[str] | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the caller may do: the scopes of the role, as far as they were granted."""
        held = ROLES.get(self.role, frozenset())
        return held if self.granted is None else held & self.granted

    @property
    def identity(self) -> tuple[object, ...]:
        """Everything that tells two callers, or two rights of one caller, apart; hashable."""
        rows = tuple(sorted((column, tuple(values)) for column, values in self.partitions.items()))
        return self.name, self.tenant, self.role, rows, self.granted

    def may(self, scope: str) -> bool:
        """Whether the caller holds ``scope``."""
        return scope in self.scopes


def local_principal(tenant: str) -> Principal:
    """The caller on the machine itself: the sandbox's risk manager, without ``pii:read``."""
    return Principal(name="local", tenant=tenant, role="risk_manager")


def privacy_officer(tenant: str, *, personal: bool = False) -> Principal:
    """The caller on the machine itself where he acts for compliance; with ``pii:read`` only where he asks for it."""
    granted = ROLES["compliance"] - (set() if personal else {"pii:read"})
    return Principal(name="local", tenant=tenant, role="compliance", granted=frozenset(granted))
