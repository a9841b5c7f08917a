"""The privacy ledger: consents, holds, erasures and breaches, appended one after the other, sealed.

A row names its person by a keyed digest. His id stands sealed beside it as long as the lender may know him; an erasure
takes it out and leaves the row, its order and its time: that a consent was given can still be shown to whom brings the
id, and to nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.identity.tables import Clock, wall_clock

Kind = Literal["given", "withdrawn", "hold", "release", "breach", "erasure_begun", "erasure", "retention"]
#: A file in the workspace's folder that is another after each change: who holds the ledger in memory looks at it.
MARK = "privacy.mark"

PRIVACY = sa.Table(
    "privacy_records",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("record_id", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("subject_mac", sa.String(64), index=True),
    sa.Column("purpose", sa.String(64)),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class Record:
    """One row, opened; ``at`` in seconds since 1970, ``customer_id`` empty for breaches and for the erased."""

    record_id: str
    kind: Kind
    purpose: str | None
    at: float
    by: str
    customer_id: str | None
    content: Mapping[str, Any]


class PrivacyLedger:
    """The ledger of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self.clock = clock
        control.create(METADATA)

    def add(
        self, kind: Kind, by: str, content: Mapping[str, Any], *, customer_id: str | None = None,
        named: bool = True, purpose: str | None = None,
    ) -> Record:  # fmt: skip
        """Append a row.

        Parameters
        ----------
        named
            Whether the id itself stands in the row, sealed; otherwise only its digest.
        """
        record_id = f"p_{secrets.token_hex(8)}"
        text = json.dumps({"customer_id": customer_id if named else None, "content": dict(content)}, default=str)
        mac = None if customer_id is None else self.mac(customer_id)
        with self._control.writing() as connection:
            newest = sa.select(sa.func.max(PRIVACY.c.sequence)).where(self._mine())
            sequence = (connection.execute(newest).scalar_one() or 0) + 1
            row = {"workspace": self._control.workspace, "sequence": sequence, "record_id": record_id, "kind": kind,
                   "subject_mac": mac, "purpose": purpose, "at": self.clock(), "by": by,
                   "sealed": self._control.keys.seal(text, about=f"privacy {record_id}")}  # fmt: skip
            connection.execute(PRIVACY.insert().values(row))
        return self.found(PRIVACY.c.sequence == sequence)[0]

    def all(self, *kinds: Kind) -> list[Record]:
        """Every row of these kinds, the earliest first."""
        return self.found(PRIVACY.c.kind.in_(kinds))

    def of(self, customer_id: str, *kinds: Kind) -> list[Record]:
        """A person's rows of these kinds, the earliest first; also after his erasure."""
        return self.found(PRIVACY.c.subject_mac == self.mac(customer_id), PRIVACY.c.kind.in_(kinds))

    def hold(self, customer_id: str) -> Record | None:
        """The legal hold a person is under, if any."""
        rows = self.of(customer_id, "hold", "release")
        return rows[-1] if rows and rows[-1].kind == "hold" else None

    def held(self) -> dict[str, Record]:
        """Everybody who is under a legal hold."""
        last = {row.customer_id: row for row in self.all("hold", "release") if row.customer_id}
        return {customer_id: row for customer_id, row in last.items() if row.kind == "hold"}

    def found(self, *conditions: sa.ColumnElement[bool]) -> list[Record]:
        """The rows that meet all conditions, the earliest first."""
        query = sa.select(PRIVACY).where(self._mine(), *conditions).order_by(PRIVACY.c.sequence)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query).all()]

    def mac(self, customer_id: str) -> str:
        """What stands for a person in the rows."""
        return hmac.new(self._control.keys.derive("privacy"), customer_id.encode(), hashlib.sha256).hexdigest()

    def _mine(self) -> sa.ColumnElement[bool]:
        return PRIVACY.c.workspace == self._control.workspace

    def _opened(self, row: Any) -> Record:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"privacy {row.record_id}"))
        return Record(row.record_id, row.kind, row.purpose, row.at, row.by, content["customer_id"], content["content"])
