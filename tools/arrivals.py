"""Postings sent in real time: on disk before they are answered, sealed, until an intake brings them into the books."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from governance.control import METADATA
from governance.group_commit import GroupCommit

if TYPE_CHECKING:
    from governance.control import AuditEntry, ControlStore

WAITING, TAKEN_IN = "waiting", "in"

ARRIVALS = sa.Table(
    "arrivals",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("posting_mac", sa.String(64), primary_key=True),
    sa.Column("content_mac", sa.String(64), nullable=False),
    sa.Column("customer_mac", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


#: Made once: they are asked for with every posting.
_MINE = sa.select(ARRIVALS).where(ARRIVALS.c.workspace == sa.bindparam("workspace"))
_ONE = _MINE.where(ARRIVALS.c.posting_mac == sa.bindparam("mac"))
_WAITING = _MINE.where(ARRIVALS.c.state == WAITING).order_by(ARRIVALS.c.at, ARRIVALS.c.posting_mac)
_WAITING_OF_ONE = _WAITING.where(ARRIVALS.c.customer_mac == sa.bindparam("mac"))


@dataclass(frozen=True)
class Arrival:
    """A posting that came, and what was answered.

    Attributes
    ----------
    posting
        A row like `analytics.schema.RAW_POSTINGS`, in JSON's types.
    enriched
        The same as a row like `analytics.schema.TRANSACTIONS`, in JSON's types.
    """

    posting_id: str
    customer_id: str
    posting: Mapping[str, Any]
    enriched: Mapping[str, Any]
    reply: Mapping[str, Any]


@dataclass
class _Entry:
    """A row on its way, what the audit log is told of it, and whether it was the first of its id."""

    row: dict[str, Any]
    told: AuditEntry
    first: bool = False


class Arrivals:
    """What came to one workspace."""

    def __init__(self, control: ControlStore) -> None:
        self._control = control
        control.create(METADATA)
        self._group: GroupCommit[_Entry] = GroupCommit(self._write)

    def find(self, posting_id: str) -> tuple[Arrival, str] | None:
        """A posting that came before, and the mark of what it said."""
        which = {"workspace": self._control.workspace, "mac": self._mac("posting", posting_id)}
        with self._control.reading() as connection:
            row = connection.execute(_ONE, which).one_or_none()
        return None if row is None else (self._opened(row), row.content_mac)

    def content_mark(self, content: Mapping[str, Any]) -> str:
        """A mark of what a posting says: the same for the same content."""
        return self._mac("content", json.dumps(content, sort_keys=True, default=str))

    def add(self, arrival: Arrival, content_mark: str, *, told: AuditEntry) -> tuple[Arrival, bool]:
        """Keep a posting, and in the audit log that it came; return when both are on disk.

        Returns
        -------
        Arrival, bool
            What is kept: the one that came first, where two came at once; whether it is this one.
        """
        mac = self._mac("posting", arrival.posting_id)
        text = json.dumps(vars(arrival), default=str)
        entry = _Entry(
            {
                "workspace": self._control.workspace, "posting_mac": mac, "content_mac": content_mark,
                "customer_mac": self._mac("customer", arrival.customer_id), "at": time.time(), "state": WAITING,
                "sealed": self._control.keys.seal(text, about=mac),
            },
            told,
        )  # fmt: skip
        self._group.add(entry)
        found = None if entry.first else self.find(arrival.posting_id)
        return (found[0], False) if found else (arrival, True)

    def waiting(self, customer_id: str | None = None) -> list[Arrival]:
        """What is not in the books yet, the earliest first; of one customer where he is named."""
        which = {"workspace": self._control.workspace}
        if customer_id is not None:
            which["mac"] = self._mac("customer", customer_id)
        with self._control.reading() as connection:
            rows = connection.execute(_WAITING if customer_id is None else _WAITING_OF_ONE, which).all()
        return [self._opened(row) for row in rows]

    def taken_in(self, arrivals: Sequence[Arrival]) -> None:
        """Say that postings are in the books; their replies stay, for who sends one again."""
        macs = [self._mac("posting", each.posting_id) for each in arrivals]
        with self._control.writing() as connection:
            for start in range(0, len(macs), 500):
                some = ARRIVALS.c.posting_mac.in_(macs[start : start + 500])
                connection.execute(ARRIVALS.update().where(self._mine(), some).values(state=TAKEN_IN))

    def _write(self, entries: Sequence[_Entry]) -> None:
        """Insert those that are not there, all in one transaction."""
        new = {entry.row["posting_mac"]: entry for entry in reversed(entries)}
        with self._control.together() as connection:
            query = sa.select(ARRIVALS.c.posting_mac).where(self._mine(), ARRIVALS.c.posting_mac.in_(list(new)))
            there = set(connection.execute(query).scalars())
            fresh = [entry for mac, entry in new.items() if mac not in there]
            if fresh:
                connection.execute(ARRIVALS.insert(), [entry.row for entry in fresh])
                self._control.audit_all([entry.told for entry in fresh])
        for entry in fresh:
            entry.first = True

    def _opened(self, row: Any) -> Arrival:
        return Arrival(**json.loads(self._control.keys.unseal(row.sealed, about=row.posting_mac)))

    def _mac(self, what: str, text: str) -> str:
        return hmac.new(self._control.keys.derive("arrivals"), f"{what}\n{text}".encode(), hashlib.sha256).hexdigest()

    def _mine(self) -> sa.ColumnElement[bool]:
        return ARRIVALS.c.workspace == self._control.workspace
