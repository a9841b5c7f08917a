"""Who is asking, by whatever was presented: an API key, a token, a session, a name and a password."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.control import METADATA
from governance.errors import IdentityError, NotSignedIn
from governance.identity import jwt
from governance.identity.api_keys import PREFIX, UNKNOWN, ApiKey, ApiKeys
from governance.identity.rights import Rights, one_customer
from governance.identity.sessions import Sessions
from governance.identity.signing_keys import SigningKeys
from governance.identity.tables import Clock, wall_clock
from governance.identity.users import User, Users
from governance.principal import ROLES, Principal

if TYPE_CHECKING:
    from governance.control import ControlStore
    from governance.identity.elsewhere import Elsewhere
    from governance.oidc_settings import OidcSettings

AUDIENCE = "munshi-api"
TOKEN_SECONDS = 900
#: A key, user or session that was found is believed this long, in seconds: another process's revocation takes as long.
BELIEVED = 1.0
MOST_BELIEVED = 10_000


@dataclass(frozen=True)
class Token:
    """A signed token as it is handed out."""

    text: str
    expires_in: int
    principal: Principal


class Identity:
    """Users, keys, tokens and sessions of one workspace.

    Parameters
    ----------
    control
        Where they are kept, beside receipts and audit.
    clock
        Seconds since 1970.
    oidc
        Who else's word lets people and machines in.
    columns
        What rows can be partitioned by.

    Attributes
    ----------
    elsewhere
        The way in by another provider's word; None where there is none.
    """

    def __init__(
        self, control: ControlStore, clock: Clock = wall_clock, oidc: OidcSettings | None = None,
        columns: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self._control = control
        self._clock = clock
        self._believed: dict[str, tuple[float, Any]] = {}
        self._believing = threading.Lock()
        control.create(METADATA)
        self.users = Users(control, clock)
        self.api_keys = ApiKeys(control, clock)
        self.sessions = Sessions(control, clock)
        self.signing_keys = SigningKeys(control, clock)
        self.elsewhere: Elsewhere | None = None
        if oidc is not None and oidc.issuer is not None:
            from governance.identity.elsewhere import Elsewhere
            from governance.identity.provider import Provider

            self.elsewhere = Elsewhere(control, Provider(oidc, clock), clock, columns)

    @property
    def issuer(self) -> str:
        """Who signs the tokens."""
        return f"munshi:{self._control.workspace}"

    def bearer(self, text: str) -> tuple[Principal, int | None]:
        """Return who presents an API key or a token, and how many calls a minute where that is limited for it alone.

        Raises
        ------
        NotSignedIn
        """
        if text.startswith(f"{PREFIX}_"):
            key = self._known(f"key:{text}", lambda: self.api_keys.presented(text))
            if not key.good(self._clock()):
                raise NotSignedIn(UNKNOWN)
            return self.principal_of_key(key), key.per_minute
        if self.elsewhere is not None and self.elsewhere.speaks_of(text):
            return self._vouched_for(self.elsewhere, text), None
        return self._token_bearer(text)

    def believed_key(self, text: str) -> tuple[Principal, int | None] | None:
        """What `bearer` returns of an API key that was found within the last second; None where it has to look."""
        now = self._clock()
        held = self._believed.get(f"key:{text}")
        if held is None or not 0 <= now - held[0] < BELIEVED or not held[1].good(now):
            return None
        return self.principal_of_key(held[1]), held[1].per_minute

    def session(self, token: str) -> Principal:
        """Return whose session it is.

        Raises
        ------
        NotSignedIn
        """
        return self.principal_of_user(self._known(f"session:{token}", lambda: self._session_user(token)))

    def user_named(self, user_id: str) -> Principal:
        """The caller that a user is, with the rights he has now.

        Raises
        ------
        NotSignedIn
            There is no such user, or he is disabled.
        """
        return self.principal_of_user(self._known(f"user:{user_id}", lambda: self._active(user_id)))

    def sign_in(self, name: str, password: str) -> tuple[str, Principal]:
        """Open a session; what is wrong is audited without the name.

        Raises
        ------
        NotSignedIn
        """
        try:
            user = self.users.with_password(name, password)
        except NotSignedIn:
            self._control.audit("anonymous", "sign-in", "refused", {})
            raise
        return self._opened(user, {})

    def sign_in_elsewhere(self, told: Mapping[str, str], browser: str) -> tuple[str, Principal]:
        """Open a session for whom another provider vouches for; what is wrong is audited without a name.

        Raises
        ------
        NotSignedIn, ProviderUnavailable
        """
        if self.elsewhere is None:
            raise NotSignedIn(UNKNOWN)
        try:
            user = self.users.vouched(self.elsewhere.end(told, browser))
        except NotSignedIn:
            self._control.audit("anonymous", "sign-in", "refused", {"by": "provider"})
            raise
        self.forget()
        return self._opened(user, {"by": "provider", "role": user.rights.role})

    def _opened(self, user: User, details: Mapping[str, str]) -> tuple[str, Principal]:
        with self._control.together():
            self._control.audit(user.user_id, "sign-in", "done", details)
            return self.sessions.open(user.user_id), self.principal_of_user(user)

    def sign_out(self, token: str) -> None:
        """End a session, now; that of somebody who was signed in is audited."""
        try:
            who: Principal | None = self.session(token)
        except NotSignedIn:
            who = None
        with self._control.together():
            self.sessions.close(token)
            if who is not None:
                self._control.audit(who.name, "sign-out", "done", {})
        self.forget()

    def token_for(self, principal: Principal, *, customer_id: str | None = None) -> Token:
        """Sign a token for ``principal``, or for one customer among those it sees; it never widens a right."""
        if customer_id is not None:
            principal = Principal(
                f"{principal.name}/{self._control.keys.token('customer', customer_id)[-12:].lower()}",
                principal.tenant, "customer", one_customer(principal.partitions, customer_id),
                principal.scopes & ROLES["customer"],
            )  # fmt: skip
        now = self._clock()
        kid, key = self.signing_keys.signing()
        claims = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": principal.name, "iat": int(now),
            "exp": int(now) + TOKEN_SECONDS, "jti": secrets.token_hex(12), "role": principal.role,
            "scope": " ".join(sorted(principal.scopes)),
            "rows": {column: list(values) for column, values in principal.partitions.items()},
        }  # fmt: skip
        self._control.audit(principal.name, "token", "done", {"jti": claims["jti"], "role": principal.role})
        return Token(jwt.signed(claims, kid, key), TOKEN_SECONDS, principal)

    def principal_of_key(self, key: ApiKey) -> Principal:
        """The caller that a key stands for."""
        rights = key.rights
        return Principal(f"key_{key.key_id}", self._control.workspace, rights.role, rights.partitions, rights.scopes)

    def principal_of_user(self, user: User) -> Principal:
        """The caller that a user is."""
        rights = user.rights
        return Principal(user.user_id, self._control.workspace, rights.role, rights.partitions, rights.scopes)

    def forget(self) -> None:
        """Look everything up anew: something was revoked here."""
        with self._believing:
            self._believed.clear()

    def _vouched_for(self, elsewhere: Elsewhere, token: str) -> Principal:
        who = elsewhere.bearer(token)
        if self._known(f"disabled:{who.user_id}", lambda: self.users.is_disabled(who.user_id)):
            raise NotSignedIn(UNKNOWN)
        return Principal(who.user_id, self._control.workspace, who.rights.role, who.rights.partitions,
                         who.rights.scopes)  # fmt: skip

    def _token_bearer(self, text: str) -> tuple[Principal, int | None]:
        claims = jwt.verified(
            text, self.signing_keys.public_key, issuer=self.issuer, audience=AUDIENCE, now=self._clock()
        )
        subject = str(claims["sub"])
        origin = subject.partition("/")[0]
        per_minute, rights = self._known(f"origin:{origin}", lambda: self._origin(origin))
        told = Principal(
            subject, self._control.workspace, str(claims["role"]),
            {column: tuple(values) for column, values in claims["rows"].items()}, frozenset(claims["scope"].split()),
        )  # fmt: skip
        if not told.scopes <= Principal("", "", rights.role, rights.partitions, rights.scopes).scopes:
            raise NotSignedIn(UNKNOWN)  # the key or user behind it has lost rights since
        return told, per_minute

    def _origin(self, origin: str) -> tuple[int | None, Rights]:
        """The rights behind a token, while the key or the user it came from is still good."""
        if origin.startswith("key_"):
            try:
                key = self.api_keys.by_id(origin.removeprefix("key_"))
            except IdentityError:
                raise NotSignedIn(UNKNOWN) from None
            if not key.good(self._clock()):
                raise NotSignedIn(UNKNOWN)
            return key.per_minute, key.rights
        return None, self._active(origin).rights

    def _session_user(self, token: str) -> User:
        return self._active(self.sessions.user_of(token))

    def _active(self, user_id: str) -> User:
        user = self.users.by_id(user_id)
        if not user.active:
            raise NotSignedIn(UNKNOWN)
        return user

    def _known(self, what: str, find: Callable[[], Any]) -> Any:
        """What ``find`` returned within the last second; only what was found is kept."""
        now = self._clock()
        held = self._believed.get(what)
        if held is not None and 0 <= now - held[0] < BELIEVED:
            return held[1]
        found = find()
        with self._believing:
            if len(self._believed) >= MOST_BELIEVED:
                self._believed.clear()
            self._believed[what] = (now, found)
        return found


def described(key: ApiKey) -> Mapping[str, Any]:
    """A key as it is listed, without anything secret."""
    return {
        "key_id": key.key_id, "label": key.label, "role": key.rights.role,
        "scopes": sorted(key.rights.scopes if key.rights.scopes is not None else ROLES[key.rights.role]),
        "partitions": {column: list(values) for column, values in key.rights.partitions.items()},
        "per_minute": key.per_minute, "created_at": key.created_at, "expires_at": key.expires_at,
        "revoked_at": key.revoked_at, "last_used_at": key.last_used_at,
    }  # fmt: skip
