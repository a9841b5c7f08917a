"""Who sends a request: a key or token in its header, a session in its cookie, or the machine itself on the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.problems import Kind, Problem
from governance.errors import NotSignedIn

if TYPE_CHECKING:
    from api.service import Service
    from governance.principal import Principal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: A request that carries one of these came through another server, so nobody knows that it came from this machine.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: The cookie's name where it travels encrypted, and on this machine, where it need not.
COOKIE, LOCAL_COOKIE = "__Host-munshi", "munshi"
FORGERY_HEADER = "x-csrf-token"
FORGED = Kind(403, "forged", "This request may come from another page")
WANTED = (
    "This needs a key or a token (`Authorization: Bearer …`) or a session. Keys come from whoever runs this server: "
    "`munshi keys create`."
)


@dataclass(frozen=True)
class Caller:
    """Who asks, and of which service."""

    service: Service
    principal: Principal


@dataclass(frozen=True)
class Known:
    """A request's sender as far as he is known.

    Attributes
    ----------
    per_minute
        Calls that his key allows; None for the usual.
    limited
        Whether calls are counted against a limit.
    """

    principal: Principal
    per_minute: int | None = None
    limited: bool = True


async def known(request: Request, service: Service) -> Known:
    """Return who sent the request.

    Raises
    ------
    NotSignedIn
        Nobody that is known here.
    Problem
        It changes something and may have been sent by a page of somebody else's.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn(WANTED)
        found = service.identity.believed_key(text.strip())
        return Known(*(await run_in_threadpool(service.identity.bearer, text.strip()) if found is None else found))
    token = session_token(request)
    if token:
        principal = await run_in_threadpool(service.identity.session, token)
        if request.method not in READING:
            same_page(request)
            if not service.identity.sessions.is_forgery_token(token, request.headers.get(FORGERY_HEADER, "")):
                raise Problem(FORGED, "Send the session's token in the header X-CSRF-Token; GET /api/v1/me tells it.")
        return Known(principal)
    if service.open_to_local and is_local(request):
        if request.method not in READING:
            same_page(request)
        return Known(service.local, limited=False)
    raise NotSignedIn(WANTED)


def session_token(request: Request) -> str | None:
    """The session's token, where the request brings one."""
    return request.cookies.get(COOKIE) or request.cookies.get(LOCAL_COOKIE)


def is_local(request: Request) -> bool:
    """Whether the request was made on this machine, to a name of this machine, and through nobody else."""
    if request.client is None or not (request.client.host == "::1" or request.client.host.startswith("127.")):
        return False
    if any(name in request.headers for name in FORWARDED):
        return False
    return urlsplit(f"//{request.headers.get('host', '')}").hostname in LOOPBACK


def same_page(request: Request) -> None:
    """Turn away what a browser sends for another site's page."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if elsewhere or site not in ("same-origin", "none"):
        raise Problem(FORGED, "A page of another site sent this. Open Munshi itself.")


async def _caller(request: Request) -> Any:  # a plain function would be run in a thread
    return request.state.caller


#: What a handler declares to be given the caller that its endpoint let in.
Asking = Annotated[Caller, Depends(_caller)]
