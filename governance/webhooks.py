"""Webhooks of a workspace and what is on its way to them: addresses, secrets and bodies sealed.

A webhook remembers up to which entry of the audit log it was told, so no event is lost between two processes. A body
is kept until it is delivered or given up; what stays of a delivery is when, how often, and how it ended.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from governance.control import AUDIT, METADATA, ControlStore
from governance.errors import NotThere, ToolRetry
from governance.identity.tables import Clock, wall_clock

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
#: Webhooks a workspace may have; seconds that a delivery's record is kept, and that a claim on one holds.
MOST, KEPT, CLAIM = 20, 30 * 86_400.0, 60.0
#: Nothing waits longer for its next attempt; what seems to was put there by a clock that has been set back since.
LONGEST_WAIT = 14_400.0
#: Entries of the audit log that are read at once.
ENTRIES = 500

WEBHOOKS = sa.Table(
    "webhooks",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("webhook_id", sa.String(32), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("told_up_to", sa.Integer, nullable=False),
)

DELIVERIES = sa.Table(
    "webhook_deliveries",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("delivery_id", sa.String(32), primary_key=True),
    sa.Column("webhook_id", sa.String(32), nullable=False, index=True),
    sa.Column("event_id", sa.String(32), nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Float, nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("fault", sa.String(200), nullable=False),
)


@dataclass(frozen=True)
class Webhook:
    """Where events go, and which."""

    webhook_id: str
    url: str
    events: tuple[str, ...]
    made_by: str
    created_at: float
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Event:
    """Something that happened, as every webhook for it is told."""

    event_id: str
    name: str
    body: str = field(repr=False)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one webhook; ``body`` is gone once it has ended.

    Attributes
    ----------
    status
        HTTP status of the last answer; None where there was none.
    fault
        Why the last attempt failed.
    """

    delivery_id: str
    webhook_id: str
    event_id: str
    event: str
    state: str
    attempts: int
    next_at: float
    created_at: float
    changed_at: float
    status: int | None
    fault: str
    body: str = field(repr=False, default="")


class Webhooks:
    """The webhooks of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def add(self, url: str, events: Collection[str], *, by: str) -> Webhook:
        """Keep a webhook with a new secret; it is told of what happens from now on.

        Raises
        ------
        ToolRetry
            The workspace has as many as it may.
        """
        webhook_id, secret = f"wh_{secrets.token_hex(6)}", f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        sealed = self._control.keys.seal(json.dumps({"url": url, "secret": secret}), about=webhook_id)
        row = {"workspace": self._control.workspace, "webhook_id": webhook_id, "sealed": sealed, "made_by": by,
               "events": json.dumps(sorted(events)), "created_at": self._clock()}  # fmt: skip
        count = sa.select(sa.func.count()).select_from(WEBHOOKS).where(self._mine(WEBHOOKS))
        newest = sa.select(sa.func.coalesce(sa.func.max(AUDIT.c.sequence), 0)).where(self._mine(AUDIT))
        with self._control.writing() as connection:
            if connection.execute(count).scalar_one() >= MOST:
                raise ToolRetry(f"A workspace has {MOST} webhooks at the most. Remove one: DELETE /webhooks/{{id}}.")
            row["told_up_to"] = connection.execute(newest).scalar_one()
            connection.execute(WEBHOOKS.insert().values(row))
        return self.of(webhook_id)

    def listed(self) -> list[Webhook]:
        """All webhooks, the oldest first."""
        query = sa.select(WEBHOOKS).where(self._mine(WEBHOOKS)).order_by(WEBHOOKS.c.created_at, WEBHOOKS.c.webhook_id)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query)]

    def of(self, webhook_id: str) -> Webhook:
        """One webhook.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        found = next((each for each in self.listed() if each.webhook_id == webhook_id), None)
        if found is None:
            raise NotThere(f"There is no webhook '{webhook_id}'. `GET /webhooks` lists those there are.")
        return found

    def remove(self, webhook_id: str) -> None:
        """Take a webhook out, with what was on its way to it.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        self.of(webhook_id)
        with self._control.writing() as connection:
            for table in (DELIVERIES, WEBHOOKS):
                connection.execute(table.delete().where(self._mine(table), table.c.webhook_id == webhook_id))

    def untold(self, actions: Sequence[str]) -> list[tuple[str, list[dict[str, Any]]]]:
        """Webhook → entries of the audit log it was not told of, where their action begins with one of ``actions``."""
        begins = sa.or_(*(AUDIT.c.action.startswith(each, autoescape=True) for each in actions))
        told = sa.select(WEBHOOKS.c.webhook_id, WEBHOOKS.c.told_up_to).where(self._mine(WEBHOOKS))
        found = []
        with self._control.reading() as connection:
            for webhook_id, up_to in connection.execute(told).all():
                entries = sa.select(AUDIT).where(self._mine(AUDIT), AUDIT.c.sequence > up_to, begins)
                rows = connection.execute(entries.order_by(AUDIT.c.sequence).limit(ENTRIES)).mappings().all()
                if rows:
                    found.append((webhook_id, [dict(row) for row in rows]))
        return found

    def tell(self, webhook_id: str, events: Sequence[Event], up_to: int) -> None:
        """Put events on their way to a webhook and remember how far it was told; where another process did, nothing."""
        known = sa.select(WEBHOOKS.c.told_up_to).where(self._mine(WEBHOOKS), WEBHOOKS.c.webhook_id == webhook_id)
        moved = WEBHOOKS.update().where(self._mine(WEBHOOKS), WEBHOOKS.c.webhook_id == webhook_id)
        with self._control.writing() as connection:
            before = connection.execute(known.with_for_update()).scalar_one_or_none()
            if before is not None and before < up_to:
                connection.execute(moved.values(told_up_to=up_to))
                self._put(connection, webhook_id, events)

    def send(self, webhook_id: str, event: Event, *, claimed: bool = False) -> str:
        """Put one event on its way, whatever the audit log says; return the id of its delivery.

        Parameters
        ----------
        claimed
            The caller delivers it himself.
        """
        with self._control.writing() as connection:
            (delivery_id,) = self._put(connection, webhook_id, [event], delay=CLAIM if claimed else 0.0)
        return delivery_id

    def claim(self) -> Delivery | None:
        """Take the delivery that is due longest; another takes it where nothing is said of it within a minute."""
        now = self._clock()
        due = sa.select(DELIVERIES).where(self._mine(DELIVERIES), DELIVERIES.c.state == WAITING)
        due = (
            due.where((DELIVERIES.c.next_at <= now) | (DELIVERIES.c.next_at > now + LONGEST_WAIT))
            .order_by(DELIVERIES.c.next_at)
            .limit(1)
        )
        with self._control.reading() as connection:
            if connection.execute(due).one_or_none() is None:
                return None
        with self._control.writing() as connection:
            row = connection.execute(due.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            connection.execute(self._change(row.delivery_id).values(next_at=now + CLAIM))
        return self._delivery(row)

    def settle(self, delivery: Delivery, *, status: int | None, fault: str, again_at: float | None) -> None:
        """Keep how an attempt ended: delivered where nothing failed, to be tried again, or given up."""
        state = DELIVERED if not fault else FAILED if again_at is None else WAITING
        values: dict[str, Any] = {"state": state, "attempts": delivery.attempts + 1, "changed_at": self._clock(),
                                  "status": status, "fault": fault[:200], "next_at": again_at or 0.0}  # fmt: skip
        if state != WAITING:
            values["sealed"] = None
        with self._control.writing() as connection:
            connection.execute(self._change(delivery.delivery_id).values(values))

    def deliveries(self, webhook_id: str, *, last: int) -> list[Delivery]:
        """What was on its way to a webhook, the newest first, without bodies."""
        query = sa.select(DELIVERIES).where(self._mine(DELIVERIES), DELIVERIES.c.webhook_id == webhook_id)
        query = query.order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.delivery_id).limit(last)
        with self._control.reading() as connection:
            return [self._delivery(row, opened=False) for row in connection.execute(query)]

    def delivery(self, delivery_id: str) -> Delivery:
        """One delivery with its body."""
        query = sa.select(DELIVERIES).where(self._mine(DELIVERIES), DELIVERIES.c.delivery_id == delivery_id)
        with self._control.reading() as connection:
            return self._delivery(connection.execute(query).one())

    def tidy(self) -> None:
        """Forget deliveries that ended long ago."""
        old = DELIVERIES.c.changed_at < self._clock() - KEPT
        with self._control.writing() as connection:
            connection.execute(DELIVERIES.delete().where(self._mine(DELIVERIES), DELIVERIES.c.state != WAITING, old))

    def _put(
        self, connection: sa.Connection, webhook_id: str, events: Sequence[Event], *, delay: float = 0.0
    ) -> list[str]:
        now, made = self._clock(), []
        for event in events:
            delivery_id = f"d_{secrets.token_hex(8)}"
            sealed = self._control.keys.seal(event.body, about=delivery_id)
            connection.execute(DELIVERIES.insert().values(
                workspace=self._control.workspace, delivery_id=delivery_id, webhook_id=webhook_id, state=WAITING,
                event_id=event.event_id, event=event.name, sealed=sealed, attempts=0, next_at=now + delay,
                created_at=now, changed_at=now, fault="",
            ))  # fmt: skip
            made.append(delivery_id)
        return made

    def _change(self, delivery_id: str) -> sa.Update:
        return DELIVERIES.update().where(self._mine(DELIVERIES), DELIVERIES.c.delivery_id == delivery_id)

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.workspace == self._control.workspace

    def _opened(self, row: Any) -> Webhook:
        kept: Mapping[str, str] = json.loads(self._control.keys.unseal(row.sealed, about=row.webhook_id))
        return Webhook(row.webhook_id, kept["url"], tuple(json.loads(row.events)), row.made_by, row.created_at,
                       kept["secret"])  # fmt: skip

    def _delivery(self, row: Any, *, opened: bool = True) -> Delivery:
        body = self._control.keys.unseal(row.sealed, about=row.delivery_id) if opened and row.sealed else ""
        return Delivery(row.delivery_id, row.webhook_id, row.event_id, row.event, row.state, row.attempts, row.next_at,
                        row.created_at, row.changed_at, row.status, row.fault, body)  # fmt: skip
