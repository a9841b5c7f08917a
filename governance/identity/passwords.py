"""Passwords: Argon2id (RFC 9106), as slow for a name that does not exist as for one that does."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from governance.errors import IdentityError

#: KiB, passes and lanes of one hash; OWASP's first choice (2023) is 46 MiB, 1 pass, 1 lane.
MEMORY_KIB, PASSES, LANES = 47_104, 2, 1
SHORTEST, LONGEST = 12, 256
#: Hashes computed at a time: each holds its memory, and guessing must not fill the machine's.
_AT_ONCE = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Return the hash to keep (PHC string), with a salt of its own.

    Raises
    ------
    IdentityError
        The password is too short or too long, or one character over and over.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise IdentityError(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.")
    if len(set(password)) < 4:
        raise IdentityError("This password is a few characters over and over. Choose a sentence nobody else would.")
    return _hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one whose hash was kept; with None it never is, after as long a time."""
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    with _AT_ONCE:
        try:
            Argon2id.verify_phc_encoded(password[: LONGEST + 1].encode(), kept or _nobodys())
        except InvalidKey:
            return False
    return kept is not None


def _hash(password: str) -> str:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    with _AT_ONCE:
        made = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
        return made.derive_phc_encoded(password.encode())


@cache
def _nobodys() -> str:
    """A hash that belongs to nobody, of the same cost as everybody's."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    made = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return made.derive_phc_encoded(secrets.token_bytes(32))
