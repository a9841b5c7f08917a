"""What a user or a key may do, checked before it is kept and made a principal when it is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from governance.errors import IdentityError, did_you_mean
from governance.principal import ROLES, SCOPES

Partitions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Rights:
    """A role, the scopes it is narrowed to, the rows it sees.

    Attributes
    ----------
    scopes
        None for all of the role's.
    partitions
        Column of ``core.customers`` → values; empty for all rows.
    """

    role: str
    scopes: frozenset[str] | None = None
    partitions: Partitions = field(default_factory=dict)

    def checked(self, partition_columns: Iterable[str]) -> Rights:
        """Return these rights.

        Raises
        ------
        IdentityError
            The role, a scope or a column does not exist, a scope is not the role's, a customer has no rows.
        """
        if self.role not in ROLES:
            raise IdentityError(f"There is no role '{self.role}'.{did_you_mean(self.role, ROLES)}")
        for scope in sorted(self.scopes or ()):
            if scope not in SCOPES:
                raise IdentityError(f"There is no scope '{scope}'.{did_you_mean(scope, SCOPES)}")
            if scope not in ROLES[self.role]:
                raise IdentityError(
                    f"The role {self.role} does not hold {scope}; it holds {', '.join(sorted(ROLES[self.role]))}."
                )
        if self.role == "customer" and "customer_id" not in self.partitions:
            raise IdentityError("The role customer sees one customer: say which, as the rows customer_id=ID.")
        known = sorted(partition_columns)
        for column in self.partitions:
            if column not in known:
                raise IdentityError(f"Rows cannot be partitioned by '{column}'.{did_you_mean(column, known)}")
        return self

    @property
    def kept_scopes(self) -> str | None:
        """The scopes as they are kept."""
        return None if self.scopes is None else json.dumps(sorted(self.scopes))

    @property
    def kept_partitions(self) -> str:
        """The partitions as they are kept."""
        return json.dumps({column: list(values) for column, values in sorted(self.partitions.items())})


def read_rights(role: str, scopes: str | None, partitions: str) -> Rights:
    """The rights that were kept."""
    return Rights(
        role,
        None if scopes is None else frozenset(json.loads(scopes)),
        {column: tuple(values) for column, values in json.loads(partitions).items()},
    )


def one_customer(partitions: Partitions, customer_id: str) -> Partitions:
    """The same rows, of one customer only; nobody's where that customer was out of sight before."""
    allowed = partitions.get("customer_id")
    seen = (customer_id,) if allowed is None or customer_id in allowed else ()
    return {**partitions, "customer_id": seen}
