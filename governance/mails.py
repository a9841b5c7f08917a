"""Mails on their way, sealed: kept until they are sent or given up, so that a mail server's bad hour loses none."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.identity.tables import Clock, wall_clock

WAITING, SENT, FAILED = "waiting", "sent", "failed"
#: Seconds until the next attempt; given up after the last. Seconds a claim holds.
WAITS, CLAIM = (60.0, 300.0, 1_800.0, 7_200.0, 28_800.0), 120.0

MAILS = sa.Table(
    "mails",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("mail_id", sa.String(32), primary_key=True),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("fault", sa.String(200), nullable=False),
    sa.Column("sealed", sa.LargeBinary),
)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """One mail; ``about`` says what made it, for the audit log."""

    mail_id: str
    about: str
    to: tuple[str, ...]
    subject: str
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    attempts: int = 0


class Mails:
    """The mails of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self.clock = clock
        control.create(METADATA)

    def put(
        self, about: str, to: Sequence[str], subject: str, text: str, attachments: Sequence[Attachment] = ()
    ) -> str:  # fmt: skip
        """Put a mail on its way; return its id."""
        mail_id, now = f"ml_{secrets.token_hex(6)}", self.clock()
        files = [[each.name, each.media, base64.b64encode(each.content).decode()] for each in attachments]
        content = json.dumps({"to": list(to), "subject": subject, "text": text, "files": files})
        with self._control.writing() as connection:
            connection.execute(MAILS.insert().values(
                workspace=self._control.workspace, mail_id=mail_id, about=about, state=WAITING, attempts=0, next_at=now,
                created_at=now, fault="", sealed=self._control.keys.seal(content, about=f"mail {mail_id}"),
            ))  # fmt: skip
        return mail_id

    def claim(self) -> Mail | None:
        """Take the mail that is due longest; another takes it where nothing is said of it for two minutes."""
        due = sa.select(MAILS).where(self._mine, MAILS.c.state == WAITING, MAILS.c.next_at <= self.clock())
        due = due.order_by(MAILS.c.next_at).limit(1)
        with self._control.reading() as connection:
            if connection.execute(due).first() is None:
                return None
        with self._control.writing() as connection:
            row = connection.execute(due).one_or_none()
            if row is None:
                return None
            connection.execute(self._change(row.mail_id).values(next_at=self.clock() + CLAIM))
        return self._opened(row)

    def settle(self, mail: Mail, fault: str) -> str:
        """Keep how an attempt ended, and return the state that follows; what ended keeps no text."""
        last = mail.attempts >= len(WAITS)
        state = SENT if not fault else FAILED if last else WAITING
        values: dict[str, Any] = {"state": state, "attempts": mail.attempts + 1, "fault": fault[:200]}
        if state == WAITING:
            values["next_at"] = self.clock() + WAITS[mail.attempts]
        else:
            values["sealed"] = None
        with self._control.writing() as connection:
            connection.execute(self._change(mail.mail_id).values(values))
        return state

    def states(self) -> list[tuple[str, str, str]]:
        """What made each mail, its state, and why the last attempt failed; the newest last."""
        query = sa.select(MAILS.c.about, MAILS.c.state, MAILS.c.fault).where(self._mine).order_by(MAILS.c.created_at)
        with self._control.reading() as connection:
            return [(row.about, row.state, row.fault) for row in connection.execute(query)]

    @property
    def _mine(self) -> sa.ColumnElement[bool]:
        return MAILS.c.workspace == self._control.workspace

    def _change(self, mail_id: str) -> sa.Update:
        return MAILS.update().where(self._mine, MAILS.c.mail_id == mail_id)

    def _opened(self, row: Any) -> Mail:
        kept = json.loads(self._control.keys.unseal(row.sealed, about=f"mail {row.mail_id}"))
        files = tuple(Attachment(name, media, base64.b64decode(content)) for name, media, content in kept["files"])
        return Mail(row.mail_id, row.about, tuple(kept["to"]), kept["subject"], kept["text"], files, row.attempts)
