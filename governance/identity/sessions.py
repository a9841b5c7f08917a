"""Sessions of people in a browser: a random token in a cookie, its keyed digest here, a second token for forms."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from governance.errors import NotSignedIn, StorageFull
from governance.identity.tables import SESSIONS, Clock

if TYPE_CHECKING:
    from governance.control import ControlStore

#: A session ends after this long, and after this long without a request.
LONGEST, IDLE = 12 * 3_600.0, 3_600.0
#: A request is written as seen at most this often, in seconds.
NOTED_EVERY = 60.0
#: Seconds that a clock may be set back without a session ending that seems to begin in the future.
SET_BACK = 300.0
ENDED = "The session has ended. Sign in again."


class Sessions:
    """The sessions of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    def open(self, user_id: str) -> str:
        """Begin a session; the token returned goes into a cookie and is kept nowhere."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {"workspace": self._control.workspace, "session_mac": self._mac(token), "user_id": user_id,
               "created_at": now, "seen_at": now}  # fmt: skip
        with self._control.writing() as connection:
            over = SESSIONS.c.workspace == self._control.workspace, SESSIONS.c.created_at < now - LONGEST
            connection.execute(SESSIONS.delete().where(*over))
            connection.execute(SESSIONS.insert().values(row))
        return token

    def user_of(self, token: str) -> str:
        """The id of the user whose session it is.

        Raises
        ------
        NotSignedIn
            There is no such session, or it has ended.
        """
        now = self._clock()
        with self._control.reading() as connection:
            row = connection.execute(sa.select(SESSIONS).where(*self._is(token))).one_or_none()
        if row is None or not _lasts(row.created_at, row.seen_at, now):
            raise NotSignedIn(ENDED)
        if now - row.seen_at > NOTED_EVERY:
            # a full disk keeps nobody from reading: the note is missed, and the session ends earlier
            with suppress(StorageFull), self._control.writing() as connection:
                connection.execute(SESSIONS.update().where(*self._is(token)).values(seen_at=now))
        return str(row.user_id)

    def close(self, token: str) -> None:
        """End a session; one that has ended already stays so."""
        with self._control.writing() as connection:
            connection.execute(SESSIONS.delete().where(*self._is(token)))

    def forgery_token(self, token: str) -> str:
        """What a page of the session has to send along with whatever changes something."""
        key = self._control.keys.derive("forgery")
        return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()

    def is_forgery_token(self, token: str, sent: str) -> bool:
        """Whether ``sent`` is this session's."""
        return hmac.compare_digest(self.forgery_token(token).encode(), sent.encode())

    def _is(self, token: str) -> tuple[sa.ColumnElement[bool], ...]:
        return SESSIONS.c.workspace == self._control.workspace, SESSIONS.c.session_mac == self._mac(token)

    def _mac(self, token: str) -> str:
        return hmac.new(self._control.keys.derive("session"), token.encode(), hashlib.sha256).hexdigest()


def _lasts(created_at: float, seen_at: float, now: float) -> bool:
    """Whether a session lasts; one from the future ends, else a clock that was wrong once would prolong it for ever."""
    return -SET_BACK <= now - created_at <= LONGEST and now - seen_at <= IDLE
