"""The provider that an operator named: its discovery document, its keys, the code that it exchanges for tokens.

Its address comes from the settings, never from a request. What it says is kept for an hour at most; keys that it
changed meanwhile are asked for again when a token names one that is not known, at most every half minute.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from governance.errors import NotSignedIn, ProviderUnavailable
from governance.identity.tables import Clock, wall_clock
from governance.oidc_settings import LOOPBACK, OidcSettings

#: Seconds that documents are believed, that keys are at least, that a failure is not tried again, that a call may take.
KEPT, KEYS_AT_LEAST, FAILED_FOR, WITHIN = 3_600.0, 30.0, 5.0, 5.0
#: Bytes of an answer that are read.
MOST = 512_000
DISCOVERY = "/.well-known/openid-configuration"
AWAY = "The identity provider does not answer, or not as agreed. Try again in a moment; nothing was changed."


@dataclass(frozen=True)
class Documents:
    """What the provider published, and when it was read."""

    discovery: Mapping[str, Any]
    keys: tuple[Mapping[str, Any], ...]
    at: float


class Provider:
    """One provider, as far as it has told of itself."""

    def __init__(self, settings: OidcSettings, clock: Clock = wall_clock) -> None:
        self.settings = settings
        self._clock = clock
        self._held: Documents | None = None
        self._failed_at = float("-inf")
        self._reading = threading.Lock()

    def address(self, name: str) -> str:
        """An endpoint of the discovery document.

        Raises
        ------
        ProviderUnavailable
        """
        found = self._documents().discovery.get(name)
        if not isinstance(found, str):
            raise ProviderUnavailable(AWAY)
        return found

    def may_have(self, name: str) -> Any:
        """A member of the discovery document that not every provider has."""
        return self._documents().discovery.get(name)

    def keys(self, kid: str | None) -> list[Mapping[str, Any]]:
        """The keys of that id; without an id all of them.

        Raises
        ------
        ProviderUnavailable
        """
        held = self._documents()
        found = [key for key in held.keys if kid is None or key.get("kid") == kid]
        if not found and kid is not None and not 0 <= self._clock() - held.at < KEYS_AT_LEAST:
            found = [key for key in self._documents(newer_than=held.at).keys if key.get("kid") == kid]
        return found

    def exchange(self, code: str, verifier: str) -> str:
        """Return the ID token that a code is good for.

        Raises
        ------
        NotSignedIn
            The provider does not know the code, or knows it no longer.
        ProviderUnavailable
        """
        settings = self.settings
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": settings.redirect_uri,
                "code_verifier": verifier, "client_id": str(settings.client_id)}  # fmt: skip
        secret, login = settings.client_secret, None
        if secret is not None and "client_secret_basic" in (self.may_have("token_endpoint_auth_methods_supported")
                                                            or ["client_secret_basic"]):  # fmt: skip
            login = _form_encoded(form.pop("client_id"), secret.get_secret_value())
        elif secret is not None:
            form["client_secret"] = secret.get_secret_value()
        status, told = self._asked("POST", self.address("token_endpoint"), data=form, auth=login)
        if 400 <= status < 500:
            raise NotSignedIn("The provider does not take this sign-in any more. Begin again.")
        token = told.get("id_token") if status == 200 else None
        if not isinstance(token, str):
            raise ProviderUnavailable(AWAY)
        return token

    def _documents(self, newer_than: float = float("-inf")) -> Documents:
        with self._reading:
            now, held = self._clock(), self._held
            if held is not None and held.at > newer_than and 0 <= now - held.at < KEPT:
                return held
            if 0 <= now - self._failed_at < FAILED_FOR:
                raise ProviderUnavailable(AWAY)
            try:
                self._held = self._read(now)
            except ProviderUnavailable:
                self._failed_at = now
                raise
            return self._held

    def _read(self, now: float) -> Documents:
        issuer = str(self.settings.issuer)
        discovery = self._document(f"{issuer.rstrip('/')}{DISCOVERY}")
        if discovery.get("issuer") != issuer:
            raise ProviderUnavailable(AWAY)
        published = self._document(str(discovery.get("jwks_uri"))).get("keys")
        if not isinstance(published, list):
            raise ProviderUnavailable(AWAY)
        keys = tuple(key for key in published if isinstance(key, dict) and key.get("use", "sig") == "sig")
        return Documents(discovery, keys, now)

    def _document(self, address: str) -> Mapping[str, Any]:
        status, told = self._asked("GET", address)
        if status != 200:
            raise ProviderUnavailable(AWAY)
        return told

    def _asked(self, method: str, address: str, **sent: Any) -> tuple[int, Mapping[str, Any]]:
        """Status and JSON of an answer; no redirect is followed, and no more is read than an answer may have."""
        import httpx

        if not self._as_safe(address):
            raise ProviderUnavailable(AWAY)
        try:
            with (
                httpx.Client(timeout=WITHIN, follow_redirects=False) as client,
                client.stream(method, address, headers={"Accept": "application/json"}, **sent) as answer,
            ):
                body = _bounded(answer.iter_bytes)
                return answer.status_code, _object(body, answer.status_code)
        except httpx.HTTPError:
            raise ProviderUnavailable(AWAY) from None

    def _as_safe(self, address: str) -> bool:
        """Whether an endpoint is encrypted, or on this machine where the issuer itself is."""
        parts, issuer = urlsplit(address), urlsplit(str(self.settings.issuer))
        return parts.scheme == "https" or (
            parts.scheme == issuer.scheme == "http" and parts.hostname in LOOPBACK and issuer.hostname in LOOPBACK
        )


def _form_encoded(name: str, secret: str) -> tuple[str, str]:
    """Credentials for the header as RFC 6749, 2.3.1 wants them."""
    from urllib.parse import quote_plus

    return quote_plus(name), quote_plus(secret)


def _bounded(parts: Callable[[], Any]) -> bytes:
    body = b""
    for part in parts():
        body += part
        if len(body) > MOST:
            raise ProviderUnavailable(AWAY)
    return body


def _object(body: bytes, status: int) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    if status == 200:
        raise ProviderUnavailable(AWAY)
    return {}
