"""Tokens that another provider signed: an asymmetric signature by a key it published, and every claim looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.errors import NotSignedIn
from governance.identity.api_keys import UNKNOWN

if TYPE_CHECKING:
    from governance.identity.provider import Provider

#: No ``none``, and nothing that a shared secret signs: with those a public key would be a password everybody knows.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
LONGEST = 16_384
#: Seconds that a provider's clock may differ from ours.
LEEWAY = 30.0


def issuer_of(token: str) -> str | None:
    """Who a token says it is from; nothing of it is believed yet."""
    import jwt

    try:
        told = jwt.decode(token[:LONGEST], options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError:
        return None
    return told if isinstance(told, str) else None


def verified(token: str, provider: Provider, *, audience: str, now: float) -> dict[str, Any]:
    """Return the claims of a token made out to ``audience``.

    Raises
    ------
    NotSignedIn
        Whatever is wrong with it; the words are the same for everything.
    ProviderUnavailable
    """
    claims = _signed(token, provider)
    right = (
        claims.get("iss") == provider.settings.issuer
        and isinstance(claims.get("sub"), str)
        and 1 <= len(claims["sub"]) <= 255
        and _made_out_to(claims, audience)
        and _fresh(claims, now)
    )
    if not right:
        raise NotSignedIn(UNKNOWN)
    return claims


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    """The claims of a token whose signature holds; anything else raises."""
    import jwt

    try:
        if len(token) > LONGEST:
            raise NotSignedIn(UNKNOWN)
        header = jwt.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or str(header.get("typ", "")).lower() not in TYPES or "crit" in header:
            raise NotSignedIn(UNKNOWN)
        key = _key(provider.keys(kid), algorithm)
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
                        "verify_iss": False, "verify_sub": False, "verify_jti": False,
                        "enforce_minimum_key_length": True}  # fmt: skip
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=options)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise NotSignedIn(UNKNOWN) from None
    return claims


def _key(found: list[Mapping[str, Any]], algorithm: str) -> Any:
    """The one key that a token can be of; its own algorithm, where it names one, is the only one it is used with."""
    import jwt

    if len(found) != 1 or found[0].get("alg", algorithm) != algorithm:
        raise NotSignedIn(UNKNOWN)
    return jwt.PyJWK({**found[0], "alg": algorithm})


def _made_out_to(claims: Mapping[str, Any], audience: str) -> bool:
    """Whether ``audience`` is whom it is for; where it is for several, only when it was also asked for by it."""
    told, asked_by = claims.get("aud"), claims.get("azp")
    audiences = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    return audience in audiences and (len(audiences) == 1 or asked_by is not None)


def _fresh(claims: Mapping[str, Any], now: float) -> bool:
    """Whether it is good now, and says until when."""
    expires, begins, issued = claims.get("exp"), claims.get("nbf", 0), claims.get("iat", 0)
    moments = (expires, begins, issued)
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in moments):
        return False
    return bool(max(float(begins), float(issued)) - LEEWAY <= now < float(expires or 0) + LEEWAY)
