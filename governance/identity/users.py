"""People: a name, a password, a role. Nobody learns from outside which names exist."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from governance.errors import IdentityError, NotSignedIn
from governance.identity import passwords
from governance.identity.rights import Rights, read_rights
from governance.identity.tables import SESSIONS, USERS, Clock

if TYPE_CHECKING:
    from governance.control import ControlStore
    from governance.identity.elsewhere import Vouched

#: Wrong passwords in a row before a pause begins; it doubles with each further one.
FREE_TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3_600.0
#: What lies in the place of a password where there is none; no password has it for a hash.
NO_PASSWORD = ""  # nosec B105  # the place of one, empty
WRONG = "The name or the password is wrong, or there were too many attempts. Wait a little, then try again."


@dataclass(frozen=True)
class User:
    """A person as the workspace knows him; ``user_id`` is what logs name."""

    user_id: str
    name: str
    rights: Rights
    active: bool
    created_at: float


class Users:
    """The users of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    def add(self, name: str, password: str, rights: Rights) -> User:
        """Keep a new user.

        Raises
        ------
        IdentityError
            There is one of that name, or the password is no good.
        """
        name = name.strip()
        if not 2 <= len(name) <= 128:
            raise IdentityError("A user's name has 2 to 128 characters.")
        kept = passwords.hashed(password)
        user_id = f"user_{secrets.token_hex(6)}"
        row = {
            "workspace": self._control.workspace, "user_id": user_id, "name_mac": self._mac(name),
            "name_sealed": self._control.keys.seal(name, about=user_id), "password": kept, "role": rights.role,
            "partitions": rights.kept_partitions, "active": True, "failures": 0, "locked_until": 0.0,
            "created_at": self._clock(),
        }  # fmt: skip
        with self._control.writing() as connection:
            if connection.execute(self._of(name)).one_or_none() is not None:
                raise IdentityError(f"There is a user '{name}' already. Choose another name, or disable that one.")
            connection.execute(USERS.insert().values(row))
        return self.by_id(user_id)

    def vouched(self, who: Vouched) -> User:
        """Keep, or bring up to date, a person whom another provider vouches for; no password is his.

        Raises
        ------
        NotSignedIn
            He is disabled here.
        """
        called = self._control.keys.seal(who.called, about=who.user_id)
        told = {"name_sealed": called, "role": who.rights.role, "partitions": who.rights.kept_partitions}
        row = {
            "workspace": self._control.workspace, "user_id": who.user_id, "name_mac": self._mac(who.known_by),
            "password": NO_PASSWORD, "active": True, "failures": 0, "locked_until": 0.0, "created_at": self._clock(),
        }  # fmt: skip
        with self._control.writing() as connection:
            known = connection.execute(sa.select(USERS.c.active).where(*self._id_is(who.user_id))).one_or_none()
            if known is None:
                connection.execute(USERS.insert().values({**row, **told}))
            else:
                connection.execute(USERS.update().where(*self._id_is(who.user_id)).values(told))
        if known is not None and not known.active:
            raise NotSignedIn(WRONG)
        return self.by_id(who.user_id)

    def is_disabled(self, user_id: str) -> bool:
        """Whether a user of that id was disabled; one that never was here is not."""
        with self._control.reading() as connection:
            active = connection.execute(sa.select(USERS.c.active).where(*self._id_is(user_id))).scalar_one_or_none()
        return active is False

    def list(self) -> list[User]:
        """All users, the oldest first."""
        query = sa.select(USERS).where(USERS.c.workspace == self._control.workspace).order_by(USERS.c.created_at)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query)]

    def by_id(self, user_id: str) -> User:
        """The user of that id.

        Raises
        ------
        NotSignedIn
            There is none.
        """
        with self._control.reading() as connection:
            row = connection.execute(sa.select(USERS).where(*self._id_is(user_id))).one_or_none()
        if row is None:
            raise NotSignedIn(WRONG)
        return self._opened(row)

    def disable(self, name: str) -> User:
        """Let a user in no more, and end his sessions; one from elsewhere is named by his id.

        Raises
        ------
        IdentityError
            There is no user of that name.
        """
        with self._control.writing() as connection:
            row = connection.execute(self._of(name.strip())).one_or_none()
            row = row or connection.execute(sa.select(USERS).where(*self._id_is(name.strip()))).one_or_none()
            if row is None:
                raise IdentityError(f"There is no user '{name}'. `munshi users list` shows them.")
            connection.execute(USERS.update().where(*self._id_is(row.user_id)).values(active=False))
            ended = SESSIONS.c.workspace == self._control.workspace, SESSIONS.c.user_id == row.user_id
            connection.execute(SESSIONS.delete().where(*ended))
        return self.by_id(row.user_id)

    def with_password(self, name: str, password: str) -> User:
        """Return the user whose name and password these are.

        Raises
        ------
        NotSignedIn
            Unknown name, wrong password, disabled, or paused after too many attempts: the same words, as late.
        """
        with self._control.reading() as connection:
            row = connection.execute(self._of(name.strip())).one_or_none()
        right = passwords.matches(password, row.password if row is not None else None)
        if row is None:
            raise NotSignedIn(WRONG)
        paused = 0 < row.locked_until - self._clock() <= LONGEST_PAUSE  # a longer one is of a clock that was wrong
        if right and row.active and not paused:
            if row.failures:
                self._count(row.user_id, failures=0, locked_until=0.0)
            return self._opened(row)
        if not right and not paused:
            self._failed(row.user_id)
        raise NotSignedIn(WRONG)

    def _failed(self, user_id: str) -> None:
        """Count a wrong password, of several at once each."""
        with self._control.writing() as connection:
            failures = connection.execute(sa.select(USERS.c.failures).where(*self._id_is(user_id))).scalar_one() + 1
            over = failures - FREE_TRIES
            pause = min(FIRST_PAUSE * 2.0 ** min(over, 16), LONGEST_PAUSE) if over >= 0 else 0.0
            values = {"failures": failures, "locked_until": self._clock() + pause if pause else 0.0}
            connection.execute(USERS.update().where(*self._id_is(user_id)).values(values))

    def _count(self, user_id: str, **values: float) -> None:
        with self._control.writing() as connection:
            connection.execute(USERS.update().where(*self._id_is(user_id)).values(**values))

    def _of(self, name: str) -> sa.Select[Any]:
        return sa.select(USERS).where(USERS.c.workspace == self._control.workspace, USERS.c.name_mac == self._mac(name))

    def _id_is(self, user_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return USERS.c.workspace == self._control.workspace, USERS.c.user_id == user_id

    def _mac(self, name: str) -> str:
        key = self._control.keys.derive("user-name")
        return hmac.new(key, name.casefold().encode(), hashlib.sha256).hexdigest()

    def _opened(self, row: Any) -> User:
        name = self._control.keys.unseal(row.name_sealed, about=row.user_id)
        return User(row.user_id, name, read_rights(row.role, None, row.partitions), row.active, row.created_at)
