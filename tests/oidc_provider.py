"""An OpenID provider of the tests' own: it signs with its own key, and misbehaves when it is told to."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse

from ui.server import bound

CLIENT, SECRET, AUDIENCE = "munshi-people", "s3cret of the client / with + signs", "munshi-api-elsewhere"


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class OidcProvider:
    """One provider; what is in ``person`` stands in the tokens of whoever signs in next."""

    issuer: str = ""
    key: Any = field(default_factory=rsa_key)
    kid: str = "k1"
    algorithm: str = "RS256"
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "p-17", "preferred_username": "asha@bank.example",
                                                           "roles": ["everybody", "munshi-analysts"]})  # fmt: skip
    tamper: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    discovery: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    away: bool = False

    def claims(self, audience: str, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 300, **self.person, **more}

    def token(self, claims: dict[str, Any], *, key: Any = None, algorithm: str | None = None, **header: Any) -> str:
        headers = {"kid": self.kid, **header}
        return jwt.encode(claims, key or self.key, algorithm=algorithm or self.algorithm, headers=headers)

    def access_token(self, **more: Any) -> str:
        return self.token(self.claims(AUDIENCE, **more), typ="at+jwt")

    def jwk(self) -> dict[str, Any]:
        kind = (
            jwt.algorithms.ECAlgorithm
            if isinstance(self.key, ec.EllipticCurvePrivateKey)
            else (jwt.algorithms.RSAAlgorithm)
        )
        told: dict[str, Any] = kind.to_jwk(self.key.public_key(), as_dict=True)
        return {**told, "kid": self.kid, "use": "sig"}

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.middleware("http")
        async def counted(request: Request, go_on: Any) -> Any:
            self.asked.append(request.url.path)
            return JSONResponse({"error": "away"}, 500) if self.away else await go_on(request)

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            ends = {name: f"{self.issuer}/{path}" for name, path in (
                ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "keys"),
                ("end_session_endpoint", "leave"))}  # fmt: skip
            return {"issuer": self.issuer, **ends, "authorization_response_iss_parameter_supported": True,
                    **self.discovery}  # fmt: skip

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.jwk()]}

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            asked = dict(request.query_params)
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            told = {"code": code, "state": asked["state"], "iss": self.issuer}
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(told)}", 302)

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            form = dict(parse_qsl((await request.body()).decode()))
            begun = self.codes.pop(form.get("code", ""), None)
            if begun is None or not self._rightly_asked(request, form, begun):
                return JSONResponse({"error": "invalid_grant"}, 400)
            claims = self.tamper(self.claims(CLIENT, nonce=begun["nonce"]))
            made = claims.pop("__token", None) or self.token(claims)
            return JSONResponse({"id_token": made, "access_token": "opaque", "token_type": "Bearer"})

        return app

    def _rightly_asked(self, request: Request, form: dict[str, str], begun: dict[str, str]) -> bool:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        client, _, secret = base64.b64decode(told).decode().partition(":")
        return (
            scheme == "Basic"
            and (unquote_plus(client), unquote_plus(secret)) == (CLIENT, SECRET)
            and begun["code_challenge_method"] == "S256"
            and challenge.decode() == begun["code_challenge"]
            and form["redirect_uri"] == begun["redirect_uri"]
            and begun["response_type"] == "code"
        )


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Serve a provider on a free port."""
    provider, held = OidcProvider(), bound("127.0.0.1", 0)
    provider.issuer = f"http://127.0.0.1:{held.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(20)
        held.close()
