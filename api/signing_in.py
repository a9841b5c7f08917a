"""How somebody gets in: sessions for people, tokens for machines (OAuth 2 client credentials), public keys."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, unquote

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.caller import COOKIE, LOCAL_COOKIE, Asking, is_local, session_token
from api.endpoint import PUBLIC, SIGNED_IN, Endpoint, as_json
from api.problems import MALFORMED, Kind, Problem
from api.service import Service
from governance.errors import NotSignedIn
from governance.identity.api_keys import PREFIX
from governance.identity.sessions import LONGEST
from governance.principal import Principal

FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
_BAD_REQUEST = Kind(400, "token-request", "The request for a token is not as described")
_BAD_CLIENT = Kind(401, "not-signed-in", "Who asks is not known", {"WWW-Authenticate": "Basic"})


class Credentials(BaseModel):
    """A person's name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=128)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Me(BaseModel):
    """Who is asking, and what he may do."""

    name: str
    workspace: str
    role: str
    scopes: list[str]
    partitions: dict[str, list[str]]
    open_sandbox: bool
    csrf_token: str | None = None


class TokenAnswer(BaseModel):
    """A token, good for some minutes."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    scope: str


class KeySet(BaseModel):
    """Public keys (RFC 7517) that tokens are signed with."""

    keys: list[dict[str, str]]


def sign_in(request: Request, given: Credentials) -> Response:
    """Open a session: a cookie no script reads, and a token to send with whatever changes something."""
    service: Service = request.state.service
    session, principal = service.identity.sign_in(given.name, given.password)
    answer = as_json(_me(service, principal, session), status=201)
    set_cookie(request, answer, session)
    return answer


def sign_out(request: Request, caller: Asking) -> Response:
    """End the session that the cookie names."""
    token = session_token(request)
    if token is not None:
        caller.service.identity.sign_out(token)
    answer = Response(status_code=204)
    for name in (COOKIE, LOCAL_COOKIE):
        answer.delete_cookie(name, path="/", secure=name == COOKIE, httponly=True, samesite="strict")
    return answer


def me(request: Request, caller: Asking) -> Response:
    """Who the server takes the caller for."""
    return as_json(_me(caller.service, caller.principal, session_token(request)))


async def token(request: Request) -> Response:
    """Give a machine a token for its key: all of the key's rights, some of its scopes, or one customer's rows."""
    service: Service = request.state.service
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Problem(_BAD_REQUEST, f"Send a form ({FORM}).", error="invalid_request")
    form = _form(await request.body())
    if form.get("grant_type") != GRANT:
        raise Problem(_BAD_REQUEST, f"grant_type: only {GRANT} is given here.", error="unsupported_grant_type")
    return await run_in_threadpool(_token, service, _client(request, form), form)


def _token(service: Service, key: str, form: Mapping[str, str]) -> Response:
    try:
        principal, _ = service.identity.bearer(key)
    except NotSignedIn as unknown:
        raise Problem(_BAD_CLIENT, str(unknown), error="invalid_client") from None
    if "scope" in form:
        wanted = frozenset(form["scope"].split())
        if not wanted <= principal.scopes:
            beyond = ", ".join(sorted(wanted - principal.scopes))
            raise Problem(_BAD_REQUEST, f"scope: this key does not hold {beyond}.", error="invalid_scope")
        principal = Principal(principal.name, principal.tenant, principal.role, principal.partitions, wanted)
    customer_id = form.get("customer_id")
    if customer_id is not None and not 1 <= len(customer_id) <= 64:
        raise Problem(_BAD_REQUEST, "customer_id: 1 to 64 characters.", error="invalid_request")
    made = service.identity.token_for(principal, customer_id=customer_id)
    scope = " ".join(sorted(made.principal.scopes))
    return as_json(TokenAnswer(access_token=made.text, expires_in=made.expires_in, scope=scope))


def jwks(request: Request) -> Response:
    """The public keys that tokens can be checked by."""
    service: Service = request.state.service
    return as_json(KeySet(**service.identity.signing_keys.jwks()))


def set_cookie(request: Request, answer: Response, session: str) -> None:
    """Give the browser its session: unencrypted on this machine only."""
    local = is_local(request) and request.url.scheme == "http"
    answer.set_cookie(
        LOCAL_COOKIE if local else COOKIE, session, max_age=int(LONGEST), path="/", secure=not local, httponly=True,
        samesite="strict",
    )  # fmt: skip


def _me(service: Service, principal: Principal, session: str | None) -> Me:
    return Me(
        name=principal.name, workspace=principal.tenant, role=principal.role, scopes=sorted(principal.scopes),
        partitions={column: list(values) for column, values in principal.partitions.items()},
        open_sandbox=principal == service.local,
        csrf_token=service.identity.sessions.forgery_token(session) if session else None,
    )  # fmt: skip


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=16)
    except ValueError:
        raise Problem(_BAD_REQUEST, "The form cannot be read.", error="invalid_request") from None
    if len(dict(pairs)) != len(pairs):
        raise Problem(_BAD_REQUEST, "A field stands in the form twice.", error="invalid_request")
    return dict(pairs)


def _client(request: Request, form: Mapping[str, str]) -> str:
    """The key that a client names by id and secret, in the header (RFC 6749, 2.3.1) or in the form."""
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (ValueError, binascii.Error):
            raise Problem(MALFORMED, "The Authorization header cannot be read.") from None
        client, secret = unquote(client), unquote(secret)
    return secret if secret.startswith(f"{PREFIX}_{client}_") else f"{PREFIX}_{client}_{secret}"


_TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "const": GRANT},
        "client_id": {"type": "string", "description": "the key's id"},
        "client_secret": {"type": "string", "description": "the key itself"},
        "scope": {"type": "string", "description": "scopes to narrow the token to, parted by spaces"},
        "customer_id": {"type": "string", "description": "the one customer whose rows the token shall see"},
    },
}

_EXAMPLE = {"name": "asha", "password": "a sentence nobody else would choose"}  # nosec B105  # an example
SIGNING_IN_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/sessions", PUBLIC, sign_in, "Sign in with name and password", answer=Me, statuses=(401,),
             status=201, attempt=True, example=_EXAMPLE),
    Endpoint("DELETE", "/sessions", SIGNED_IN, sign_out, "Sign out", status=204),
    Endpoint("GET", "/me", SIGNED_IN, me, "Who is asking, and what he may do", answer=Me),
    Endpoint("POST", "/token", PUBLIC, token, "A token for a key (OAuth 2 client credentials)", answer=TokenAnswer,
             statuses=(400, 401), attempt=True, body={"form": _TOKEN_FORM}),
    Endpoint("GET", "/jwks.json", PUBLIC, jwks, "The public keys of the tokens", answer=KeySet),
)  # fmt: skip
