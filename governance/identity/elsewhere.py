"""People and machines that another provider vouches for: who they are here, and what they may do.

People come by authorization code with PKCE (OpenID Connect Core, RFC 7636, RFC 9207), machines bring access tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa

from governance.errors import NotSignedIn
from governance.identity import foreign_tokens
from governance.identity.api_keys import UNKNOWN
from governance.identity.provider import Provider
from governance.identity.rights import Rights
from governance.identity.tables import BEGUN, Clock
from governance.principal import SCOPES

if TYPE_CHECKING:
    from governance.control import ControlStore

#: Seconds that a sign-in that was begun may take.
BEGUN_FOR = 600.0
AGAIN = "The sign-in did not succeed. Begin again from this page."
NO_PLACE = "You are known there, but have no place here. Ask whoever runs this server for one."
ASKED_FOR = "openid profile email"
#: Claims that say what a person is called, the first that is there.
CALLED = ("preferred_username", "email", "name", "sub")


@dataclass(frozen=True)
class Vouched:
    """Somebody whom the provider vouches for.

    Attributes
    ----------
    user_id
        The same for the same subject, and telling nothing of it.
    known_by
        What the user is found by: issuer and subject.
    """

    user_id: str
    known_by: str
    called: str
    rights: Rights


class Elsewhere:
    """The way in by another provider's word, for one workspace.

    Parameters
    ----------
    columns
        What rows can be partitioned by.
    """

    def __init__(self, control: ControlStore, provider: Provider, clock: Clock, columns: Iterable[str] = ()) -> None:
        self.provider = provider
        self.settings = provider.settings
        self._control = control
        self._clock = clock
        for role in {*self.settings.roles.values(), *self.settings.scopes.values()}:
            Rights(role, None, dict.fromkeys(self.settings.rows, ())).checked(columns)

    def begin(self) -> tuple[str, str]:
        """Return the provider's address to send a browser to, and what the browser is to keep until it is back.

        Raises
        ------
        ProviderUnavailable
        """
        address = self.provider.address("authorization_endpoint")
        state, nonce, verifier, browser = (secrets.token_urlsafe(48) for _ in range(4))
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": str(self.settings.client_id), "scope": ASKED_FOR, "state": state,
            "redirect_uri": self.settings.redirect_uri, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        kept, mac, now = json.dumps([nonce, verifier, browser]), self._mac("state", state), self._clock()
        row = {"workspace": self._control.workspace, "state_mac": mac, "at": now,
               "sealed": self._control.keys.seal(kept, about=mac)}  # fmt: skip
        with self._control.writing() as connection:
            connection.execute(BEGUN.delete().where(self._mine(), BEGUN.c.at < now - BEGUN_FOR))
            connection.execute(BEGUN.insert().values(row))
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", browser

    def end(self, told: Mapping[str, str], browser: str) -> Vouched:
        """Return whom the provider vouches for in what it sent a browser back with; a state is good once.

        Raises
        ------
        NotSignedIn, ProviderUnavailable
        """
        nonce, verifier, begun_by = self._begun(told.get("state", ""))
        wanted = self.provider.may_have("authorization_response_iss_parameter_supported") is True
        issuer = told.get("iss", None if wanted else self.settings.issuer)
        if not hmac.compare_digest(begun_by.encode(), browser.encode()) or issuer != self.settings.issuer:
            raise NotSignedIn(AGAIN)
        if "code" not in told or "error" in told:
            raise NotSignedIn(AGAIN)
        token = self.provider.exchange(told["code"], verifier)
        client = str(self.settings.client_id)
        claims = foreign_tokens.verified(token, self.provider, audience=client, now=self._clock())
        if claims.get("azp", client) != client or not hmac.compare_digest(str(claims.get("nonce")).encode(),
                                                                         nonce.encode()):  # fmt: skip
            raise NotSignedIn(AGAIN)
        return self._vouched(claims, self._role(claims, {}))

    def bearer(self, token: str) -> Vouched:
        """Return whom an access token made out to Munshi's API is for.

        Raises
        ------
        NotSignedIn, ProviderUnavailable
        """
        if self.settings.audience is None:
            raise NotSignedIn(UNKNOWN)
        claims = foreign_tokens.verified(token, self.provider, audience=self.settings.audience, now=self._clock())
        try:
            return self._vouched(claims, self._role(claims, self.settings.scopes))
        except NotSignedIn:
            raise NotSignedIn(UNKNOWN) from None

    def speaks_of(self, token: str) -> bool:
        """Whether a token says it is of this provider."""
        return foreign_tokens.issuer_of(token) == self.settings.issuer

    def leaves_by(self) -> str | None:
        """The address that ends a person's session with the provider too, where it has one."""
        address = self.provider.may_have("end_session_endpoint")
        if not isinstance(address, str) or urlsplit(address).scheme not in ("https", "http"):
            return None
        told = {"client_id": str(self.settings.client_id)}
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(told)}"

    def _begun(self, state: str) -> tuple[str, str, str]:
        """What was kept of a sign-in when it began: taken out, so that it ends once."""
        mac = self._mac("state", state)
        this = (self._mine(), BEGUN.c.state_mac == mac)
        with self._control.writing() as connection:
            row = connection.execute(sa.select(BEGUN).where(*this)).one_or_none()
            connection.execute(BEGUN.delete().where(*this))
        if row is None or not 0 <= self._clock() - row.at < BEGUN_FOR:
            raise NotSignedIn(AGAIN)
        nonce, verifier, browser = json.loads(self._control.keys.unseal(row.sealed, about=mac))
        return nonce, verifier, browser

    def _role(self, claims: Mapping[str, Any], scopes: Mapping[str, str]) -> str:
        """The first role that the settings give for what a token tells."""
        told, granted = _texts(_claim(claims, self.settings.role_claim)), _scopes(claims)
        for said, mapping in ((told, self.settings.roles), (granted, scopes)):
            for value, role in mapping.items():
                if value in said:
                    return role
        raise NotSignedIn(NO_PLACE)

    def _vouched(self, claims: Mapping[str, Any], role: str) -> Vouched:
        settings = self.settings
        if settings.tenant is not None and _claim(claims, settings.tenant_claim) != settings.tenant:
            raise NotSignedIn(NO_PLACE)
        rows = {column: tuple(_texts(_claim(claims, claim))) for column, claim in settings.rows.items()}
        if not all(rows.values()):
            raise NotSignedIn(NO_PLACE)
        ours = frozenset(_scopes(claims)) & frozenset(SCOPES)
        known_by = f"{settings.issuer}\n{claims['sub']}"
        called = next(str(claims[name]) for name in CALLED if isinstance(claims.get(name), str))
        return Vouched(f"user_x{self._mac('subject', known_by)[:24]}", known_by, called[:128],
                       Rights(role, ours or None, rows))  # fmt: skip

    def _mac(self, what: str, text: str) -> str:
        key = self._control.keys.derive("elsewhere")
        return hmac.new(key, f"{what}\n{text}".encode(), hashlib.sha256).hexdigest()

    def _mine(self) -> sa.ColumnElement[bool]:
        return BEGUN.c.workspace == self._control.workspace


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, which may hold dots itself, or by the way to it."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _texts(value: Any) -> list[str]:
    each = value if isinstance(value, list) else [value]
    return [one for one in each if isinstance(one, str) and one]


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    told = claims.get("scope", claims.get("scp", ""))
    return told.split() if isinstance(told, str) else _texts(told)
