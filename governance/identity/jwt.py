"""JSON Web Tokens, one kind only: Ed25519 signatures (RFC 8037), typ ``at+jwt`` (RFC 9068), every claim demanded.

The algorithm is ours, never the header's: a header that names another one, none, a key of its own or anything to be
understood besides is turned away before a signature is looked at.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from governance.errors import NotSignedIn
from governance.identity.api_keys import UNKNOWN

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM, TYPE = "EdDSA", "at+jwt"
LONGEST = 4_096
#: Seconds two clocks may differ by.
LEEWAY = 5.0
CLAIMS = frozenset({"iss", "aud", "sub", "iat", "exp", "jti"})


def signed(claims: Mapping[str, Any], kid: str, key: Ed25519PrivateKey) -> str:
    """Return the token that says ``claims``."""
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": kid}
    body = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, dict(claims)))
    return f"{body}.{_encoded(key.sign(body.encode()))}"


def verified(
    token: str, key_of: Callable[[str], Ed25519PublicKey | None], *, issuer: str, audience: str, now: float
) -> dict[str, Any]:
    """Return the claims of a token.

    Parameters
    ----------
    key_of
        The public key of that id, None where it neither signs nor has signed what may still be good.

    Raises
    ------
    NotSignedIn
        Whatever is wrong with it; the words are the same for everything.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        header, claims, signature = _parts(token)
        key = key_of(header["kid"])
        if key is None:
            raise ValueError
        key.verify(signature, token.rpartition(".")[0].encode())
    except (ValueError, KeyError, TypeError, InvalidSignature, binascii.Error):
        raise NotSignedIn(UNKNOWN) from None
    if not _fresh(claims, now) or claims["iss"] != issuer or claims["aud"] != audience:
        raise NotSignedIn(UNKNOWN)
    return claims


def public_jwk(kid: str, key: Ed25519PublicKey) -> dict[str, str]:
    """The public key as a JSON Web Key."""
    return {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig", "kid": kid,
            "x": _encoded(key.public_bytes_raw())}  # fmt: skip


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Header, claims and signature of a token of our kind; anything else raises."""
    if len(token) > LONGEST or not token.isascii():
        raise ValueError
    written_header, written_claims, written_signature = token.split(".")
    header, claims = json.loads(_decoded(written_header)), json.loads(_decoded(written_claims))
    if header != {"alg": ALGORITHM, "typ": TYPE, "kid": header["kid"]} or not isinstance(header["kid"], str):
        raise ValueError
    if not isinstance(claims, dict) or not set(claims) >= CLAIMS:
        raise ValueError
    return header, claims, _decoded(written_signature)


def _fresh(claims: Mapping[str, Any], now: float) -> bool:
    issued, expires = claims["iat"], claims["exp"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (issued, expires)):
        return False
    return bool(issued - LEEWAY <= now < expires)


def _encoded(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Decode the one spelling that `_encoded` writes: a second spelling of the same bytes would be a second token."""
    body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encoded(body) != text:
        raise ValueError
    return body
