"""Keys of machines: ``munshi_<id>_<secret>``. The secret is shown once; what is kept is a keyed digest of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from governance.errors import IdentityError, NotSignedIn, StorageFull
from governance.identity.rights import Rights, read_rights
from governance.identity.tables import API_KEYS, Clock

if TYPE_CHECKING:
    from governance.control import ControlStore

PREFIX = "munshi"
WRITTEN = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")
UNKNOWN = "This key or token is not known here, or is no longer good. Ask whoever runs this server for another."
DAY = 86_400.0
#: A key is written as used at most this often, in seconds.
NOTED_EVERY = 60.0


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret."""

    key_id: str
    label: str
    rights: Rights
    per_minute: int | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None

    def good(self, now: float) -> bool:
        """Whether it lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ApiKeys:
    """The API keys of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    def create(
        self, label: str, rights: Rights, *, days: float | None = 365.0, per_minute: int | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key; the text returned beside it is shown once and kept nowhere.

        Raises
        ------
        IdentityError
            The label is empty or too long, or the days are none.
        """
        if not 1 <= len(label.strip()) <= 128:
            raise IdentityError("A key needs a label of 1 to 128 characters: who uses it, and where.")
        if days is not None and not 0 < days <= 3_650:
            raise IdentityError(f"A key is good for more than 0 and at most 3,650 days, not {days:g}.")
        key_id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), self._clock()
        row = {
            "workspace": self._control.workspace, "key_id": key_id,
            "label_sealed": self._control.keys.seal(label.strip(), about=key_id),
            "secret_mac": self._mac(key_id, secret),
            "role": rights.role, "scopes": rights.kept_scopes, "partitions": rights.kept_partitions,
            "per_minute": per_minute, "created_at": now, "expires_at": None if days is None else now + days * DAY,
        }  # fmt: skip
        with self._control.writing() as connection:
            connection.execute(API_KEYS.insert().values(row))
        return self.by_id(key_id), f"{PREFIX}_{key_id}_{secret}"

    def list(self) -> list[ApiKey]:
        """All keys, the oldest first, also those that are no longer good."""
        query = sa.select(API_KEYS).where(self._mine()).order_by(API_KEYS.c.created_at)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query)]

    def by_id(self, key_id: str) -> ApiKey:
        """The key of that id.

        Raises
        ------
        IdentityError
            There is none.
        """
        with self._control.reading() as connection:
            row = connection.execute(self._of(key_id)).one_or_none()
        if row is None:
            raise IdentityError(f"There is no key '{key_id}'. `munshi keys list` shows them.")
        return self._opened(row)

    def presented(self, text: str) -> ApiKey:
        """Return the key that ``text`` is.

        Raises
        ------
        NotSignedIn
            It is no key, an unknown, expired or revoked one, or its secret is wrong.
        """
        parts = WRITTEN.fullmatch(text)
        key_id, secret = parts.groups() if parts else ("", "")
        with self._control.reading() as connection:
            row = connection.execute(self._of(key_id)).one_or_none()
        right = hmac.compare_digest(self._mac(key_id, secret), row.secret_mac if row is not None else "")
        if row is None or not right:
            raise NotSignedIn(UNKNOWN)
        key, now = self._opened(row), self._clock()
        if not key.good(now):
            raise NotSignedIn(UNKNOWN)
        if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
            with suppress(StorageFull):  # a full disk keeps nobody from reading: the note is missed, nothing else
                self._change(key_id, last_used_at=now)
        return key

    def rotate(self, key_id: str, *, grace_days: float = 1.0, days: float | None = 365.0) -> tuple[ApiKey, str]:
        """Make a successor with the same rights; the old key stays good for ``grace_days`` more.

        Raises
        ------
        IdentityError
            There is no such key, or it is no longer good.
        """
        old, now = self.by_id(key_id), self._clock()
        if not old.good(now):
            raise IdentityError(f"Key {key_id} is revoked or expired. Create a new one: `munshi keys create`.")
        made = self.create(old.label, old.rights, days=days, per_minute=old.per_minute)
        ends = now + max(grace_days, 0.0) * DAY
        self._change(key_id, expires_at=ends if old.expires_at is None else min(ends, old.expires_at))
        return made

    def revoke(self, key_id: str) -> ApiKey:
        """Let a key in no more, from now.

        Raises
        ------
        IdentityError
            There is no such key.
        """
        if self.by_id(key_id).revoked_at is None:
            self._change(key_id, revoked_at=self._clock())
        return self.by_id(key_id)

    def _change(self, key_id: str, **values: float) -> None:
        with self._control.writing() as connection:
            connection.execute(API_KEYS.update().where(self._mine(), API_KEYS.c.key_id == key_id).values(**values))

    def _of(self, key_id: str) -> sa.Select[Any]:
        return sa.select(API_KEYS).where(self._mine(), API_KEYS.c.key_id == key_id)

    def _mine(self) -> sa.ColumnElement[bool]:
        return API_KEYS.c.workspace == self._control.workspace

    def _mac(self, key_id: str, secret: str) -> str:
        key = self._control.keys.derive("api-key")
        return hmac.new(key, f"{key_id}:{secret}".encode(), hashlib.sha256).hexdigest()

    def _opened(self, row: Any) -> ApiKey:
        return ApiKey(
            row.key_id, self._control.keys.unseal(row.label_sealed, about=row.key_id),
            read_rights(row.role, row.scopes, row.partitions), row.per_minute, row.created_at, row.expires_at,
            row.revoked_at, row.last_used_at,
        )  # fmt: skip
