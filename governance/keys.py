"""The master key, the data key of each workspace, and what is derived from it.

The master key lives outside the home folder. Each workspace has a random data key, wrapped by the master key
(AES key wrap, RFC 3394) in ``key.json``; destroying that file erases the workspace. Keys for each use are derived from
the data key with HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import KeyUnusable

if TYPE_CHECKING:
    from governance.settings import Settings

KEY_BYTES = 32


@dataclass(frozen=True)
class WorkspaceKeys:
    """The keys of one workspace; never printed."""

    _data_key: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte key for ``purpose``."""
        extracted = hmac.new(b"munshi", self._data_key, hashlib.sha256).digest()
        return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()

    @property
    def books(self) -> str:
        """Key of the catalog, as hex."""
        return self.derive("books").hex()

    def token(self, kind: str, value: str) -> str:
        """Return the stable token that stands for a personal value: keyed, so it cannot be looked up."""
        digest = hmac.new(self.derive("token"), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
        return f"{kind.upper()}_{digest[:12]}"

    def seal_bytes(self, content: bytes, *, about: str) -> bytes:
        """Encrypt ``content`` (AES-256-GCM), bound to what it is ``about``."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self.derive("files")).encrypt(nonce, content, about.encode())

    def unseal_bytes(self, sealed: bytes, *, about: str) -> bytes:
        """Decrypt what `seal_bytes` made.

        Raises
        ------
        KeyUnusable
            Another key sealed it, or it was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self.derive("files")).decrypt(sealed[:12], sealed[12:], about.encode())
        except InvalidTag as error:
            raise KeyUnusable("This file was sealed with another key, or was changed.") from error

    def seal(self, text: str, *, about: str) -> bytes:
        """Encrypt ``text`` (AES-256-GCM), bound to the record it is ``about``."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self.derive("text")).encrypt(nonce, text.encode(), about.encode())

    def unseal(self, sealed: bytes, *, about: str) -> str:
        """Decrypt what `seal` made.

        Raises
        ------
        KeyUnusable
            Another key sealed it, or it was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self.derive("text")).decrypt(sealed[:12], sealed[12:], about.encode()).decode()
        except InvalidTag:
            raise KeyUnusable(f"{about} cannot be decrypted: it was changed, or sealed with another key.") from None


def master_key(settings: Settings, *, create: bool = False) -> bytes:
    """Return the master key from the environment or the key file.

    Parameters
    ----------
    settings
        Where to look.
    create
        Make the key file when there is none (first use only).

    Raises
    ------
    KeyUnusable
        There is no key, or it is not 64 hex digits.
    """
    if settings.master_key is not None:
        return parsed(settings.master_key.get_secret_value(), "MUNSHI_MASTER_KEY")
    path = settings.key_file
    if not path.exists():
        if not create:
            raise KeyUnusable(
                f"There is no master key: {path} does not exist and MUNSHI_MASTER_KEY is not set. "
                "Restore the key file from where you keep it; without it the books cannot be read."
            )
        _write_new_key(path)
    return parsed(path.read_text("ascii", errors="replace"), str(path))


def _write_new_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))


def parsed(text: str, where: str) -> bytes:
    """Read a master key out of text.

    Raises
    ------
    KeyUnusable
        It is none.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"The master key in {where} is not {KEY_BYTES * 2} hex digits.")
    return key


def create_workspace_keys(path: Path, master: bytes) -> WorkspaceKeys:
    """Make a data key and keep it, wrapped, in ``path``."""
    data_key = secrets.token_bytes(KEY_BYTES)
    write_workspace_keys(path, WorkspaceKeys(data_key), master)
    return WorkspaceKeys(data_key)


def write_workspace_keys(path: Path, keys: WorkspaceKeys, master: bytes) -> None:
    """Keep ``keys`` in ``path``, wrapped by ``master``."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap

    wrapped = aes_key_wrap(master, keys._data_key)
    path.write_text(json.dumps({"version": 1, "wrap": "AES-KW", "wrapped": wrapped.hex()}))
    path.chmod(0o600)


def open_workspace_keys(path: Path, master: bytes) -> WorkspaceKeys:
    """Unwrap the data key kept in ``path``.

    Raises
    ------
    KeyUnusable
        The file is missing or unreadable, or the master key is another one.
    """
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

    try:
        wrapped = bytes.fromhex(json.loads(path.read_text())["wrapped"])
    except FileNotFoundError:
        raise KeyUnusable(f"{path.name} is gone: this workspace's data key was destroyed or lost.") from None
    except (ValueError, KeyError, TypeError):
        raise KeyUnusable(f"{path} is damaged. Restore it from a backup; the books need it.") from None
    try:
        return WorkspaceKeys(aes_key_unwrap(master, wrapped))
    except (InvalidUnwrap, ValueError):
        raise KeyUnusable(
            "The master key does not open this workspace: it is not the key it was made with. "
            "Set MUNSHI_MASTER_KEY or MUNSHI_KEY_FILE to the right one."
        ) from None
