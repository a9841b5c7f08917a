"""A request sent twice under one Idempotency-Key is done once; the second time its reply is given again."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from api.problems import CONFLICT, MALFORMED, Problem
from governance.control import METADATA

if TYPE_CHECKING:
    from governance.control import ControlStore
    from governance.principal import Principal

KEY = re.compile(r"[\x21-\x7e]{8,128}")
#: Replies are given again for a day; one that never came may be tried again after a while.
KEPT, GIVEN_UP = 86_400.0, 120.0

REPLIES = sa.Table(
    "replies",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("key_mac", sa.String(64), primary_key=True),
    sa.Column("asked", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
)


class Replies:
    """The replies of one workspace that may be asked for again; sealed."""

    def __init__(self, control: ControlStore) -> None:
        self._control = control
        control.create(METADATA)

    def begin(self, principal: Principal, key: str, route: str, body: Any) -> tuple[str, dict[str, Any] | None]:
        """Take a key; return its handle, and the reply where there is one already.

        Raises
        ------
        Problem
            The key is no good, is taken by another request, or its request is under way.
        """
        if not KEY.fullmatch(key):
            raise Problem(MALFORMED, "Idempotency-Key: 8 to 128 visible ASCII characters, a UUID say.")
        handle = self._mac(f"{principal.name}\n{key}")
        asked, now = self._mac(f"{route}\n{json.dumps(body, sort_keys=True, default=str)}"), time.time()
        with self._control.writing() as connection:
            connection.execute(REPLIES.delete().where(self._mine(), REPLIES.c.at < now - KEPT))
            row = connection.execute(sa.select(REPLIES).where(*self._is(handle))).one_or_none()
            if row is None or (row.sealed is None and abs(now - row.at) > GIVEN_UP and row.asked == asked):
                connection.execute(REPLIES.delete().where(*self._is(handle)))
                new = {"workspace": self._control.workspace, "key_mac": handle, "asked": asked, "at": now}
                connection.execute(REPLIES.insert().values(new))
                return handle, None
        if row.asked != asked:
            raise Problem(CONFLICT, "This Idempotency-Key was used for another request. Take a new one.")
        if row.sealed is None:
            raise Problem(CONFLICT, "The request of this Idempotency-Key is under way. Ask again in a moment.",
                          {"Retry-After": "2"})  # fmt: skip
        reply: dict[str, Any] = json.loads(self._control.keys.unseal(row.sealed, about=handle))
        return handle, reply

    def keep(self, handle: str, reply: dict[str, Any]) -> None:
        """Keep the reply."""
        sealed = self._control.keys.seal(json.dumps(reply), about=handle)
        with self._control.writing() as connection:
            connection.execute(REPLIES.update().where(*self._is(handle)).values(sealed=sealed))

    def drop(self, handle: str) -> None:
        """Free a key whose request failed: nothing was done, so it may be tried again."""
        with self._control.writing() as connection:
            connection.execute(REPLIES.delete().where(*self._is(handle)))

    def _mac(self, text: str) -> str:
        return hmac.new(self._control.keys.derive("idempotency"), text.encode(), hashlib.sha256).hexdigest()

    def _mine(self) -> sa.ColumnElement[bool]:
        return REPLIES.c.workspace == self._control.workspace

    def _is(self, handle: str) -> tuple[sa.ColumnElement[bool], ...]:
        return self._mine(), REPLIES.c.key_mac == handle
