"""What an operator sets to let people and machines in by another provider's word (OpenID Connect)."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from governance.principal import ROLES

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class OidcSettings(BaseSettings):
    """Each as ``MUNSHI_OIDC_<NAME>`` in the environment; without an issuer nobody comes in this way.

    Attributes
    ----------
    issuer
        The provider, exactly as its tokens name it; its discovery document lies beneath.
    client_id, client_secret
        What Munshi is registered as there, for people who sign in; no secret for a public client.
    public_url
        Where people reach Munshi: the redirect URI is this with ``/sign-in/elsewhere/back``.
    audience
        What access tokens for Munshi's API are made out to; without it none is taken.
    role_claim
        The claim that tells roles or groups; dots lead into objects, as in ``realm_access.roles``.
    roles
        Value of that claim → role here. Of several the first that is written here counts; of none, nobody comes in.
    scopes
        Scope of an access token → role here, for machines whose tokens tell no roles.
    rows
        Column of the customers → claim that tells which values the caller sees; a token without it opens nothing.
    tenant, tenant_claim
        The one tenant of a provider that serves many, and the claim that tells it.
    name
        What the sign-in page calls the provider.
    """

    model_config = SettingsConfigDict(env_prefix="MUNSHI_OIDC_", extra="ignore", frozen=True)

    issuer: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    public_url: str | None = None
    audience: str | None = None
    role_claim: str = "roles"
    roles: dict[str, str] = Field(default_factory=dict)
    scopes: dict[str, str] = Field(default_factory=dict)
    rows: dict[str, str] = Field(default_factory=dict)
    tenant: str | None = None
    tenant_claim: str = "tid"
    name: str = Field(default="your organisation", max_length=64)

    @model_validator(mode="after")
    def _together(self) -> OidcSettings:
        """Say everything that does not go together, at once."""
        if self.issuer is None:
            return self
        faults = [said for wrong, said in self._faults() if wrong]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> list[tuple[bool, str]]:
        named = {*self.roles.values(), *self.scopes.values()}
        strange = sorted(named - set(ROLES))
        public = self.public_url
        return [
            (not _sealed(self.issuer), "the issuer wants https, or an address of this machine"),
            (self.client_id is None and self.audience is None, "with an issuer set a client_id, an audience, or both"),
            (self.client_id is not None and not _sealed(public), "with a client_id set public_url: https, no path"),
            (bool(public and urlsplit(public).path.strip("/")), "public_url is an origin, without a path"),
            (self.audience is not None and self.audience == self.client_id,
             "the audience differs from the client_id, else ID tokens would pass for access tokens"),
            (not named, "roles or scopes say who is what here: without them nobody could come in"),
            (bool(strange), f"there is no role {', '.join(strange)}; there are {', '.join(sorted(ROLES))}"),
        ]  # fmt: skip

    @property
    def people(self) -> bool:
        """Whether people sign in this way."""
        return self.issuer is not None and self.client_id is not None

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
        return f"{(self.public_url or '').rstrip('/')}/sign-in/elsewhere/back"


def _sealed(address: str | None) -> bool:
    """Whether what is sent to an address is encrypted on its way, or stays on this machine."""
    parts = urlsplit(address or "")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
