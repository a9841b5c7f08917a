"""The keys that sign tokens: made when needed, followed by another after a month, sealed where they lie."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from governance.identity.jwt import public_jwk
from governance.identity.tables import SIGNING_KEYS, Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from governance.control import ControlStore

SIGNS_FOR = 30 * 86_400.0
#: A key verifies this long after it has stopped signing: longer than any token lives.
VERIFIES_AFTER = 86_400.0
#: Other processes' keys are looked for at most this often, in seconds.
READ_EVERY = 5.0


class SigningKeys:
    """The signing keys of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock) -> None:
        self._control = control
        self._clock = clock
        self._held: list[tuple[Any, Ed25519PrivateKey]] = []
        self._read_at = float("-inf")

    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        """The newest key, made where none signs any more."""
        now = self._clock()
        for row, key in self._keys(now):
            if row.signs_until > now:
                return row.kid, key
        return self.rotate()

    def verifying(self) -> dict[str, Ed25519PublicKey]:
        """Key id → public key of all that sign or have signed what may still be good."""
        now = self._clock()
        return {row.kid: key.public_key() for row, key in self._keys(now) if row.verifies_until > now}

    def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, looked up anew where another process may have made it."""
        found = self.verifying().get(kid)
        if found is None:
            self._read_at = float("-inf")
            found = self.verifying().get(kid)
        return found

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key set."""
        self._read_at = float("-inf")
        return {"keys": [public_jwk(kid, key) for kid, key in self.verifying().items()]}

    def rotate(self, *, drop_older: bool = False) -> tuple[str, Ed25519PrivateKey]:
        """Make the key that signs from now on.

        Parameters
        ----------
        drop_older
            Believe nothing any more that an older key signed: for a key that was lost.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        kid, key, now = secrets.token_hex(8), Ed25519PrivateKey.generate(), self._clock()
        sealed = self._control.keys.seal(key.private_bytes_raw().hex(), about=kid)
        row = {"workspace": self._control.workspace, "kid": kid, "private_sealed": sealed, "created_at": now,
               "signs_until": now + SIGNS_FOR, "verifies_until": now + SIGNS_FOR + VERIFIES_AFTER}  # fmt: skip
        with self._control.writing() as connection:
            ends = {"signs_until": now, "verifies_until": now if drop_older else now + VERIFIES_AFTER}
            connection.execute(SIGNING_KEYS.update().where(self._mine(), SIGNING_KEYS.c.signs_until > now).values(ends))
            if drop_older:
                connection.execute(SIGNING_KEYS.update().where(self._mine()).values(verifies_until=now))
            connection.execute(SIGNING_KEYS.insert().values(row))
        self._read_at = float("-inf")
        return kid, key

    def _keys(self, now: float) -> list[tuple[Any, Ed25519PrivateKey]]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if now - self._read_at > READ_EVERY or now < self._read_at:
            query = sa.select(SIGNING_KEYS).where(self._mine()).order_by(SIGNING_KEYS.c.created_at.desc())
            with self._control.reading() as connection:
                rows = connection.execute(query).all()
            opened = ((row, self._control.keys.unseal(row.private_sealed, about=row.kid)) for row in rows)
            self._held = [(row, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))) for row, text in opened]
            self._read_at = now
        return self._held

    def _mine(self) -> sa.ColumnElement[bool]:
        return SIGNING_KEYS.c.workspace == self._control.workspace
