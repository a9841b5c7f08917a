"""The way into the screen: a page that asks for name and password, and a gate that only those known here pass."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.caller import COOKIE, LOCAL_COOKIE, READING, Known, is_local, same_page, session_token
from api.problems import Problem
from api.rate_limits import taken
from api.signing_in import set_cookie
from governance.errors import ControlUnavailable, MunshiError, NotSignedIn, WorkspaceSuspended
from governance.suspension import refuse_suspended
from ui.elsewhere import LEFT, SLOWLY, add_elsewhere
from ui.facts import PRODUCT
from ui.language import spoken
from ui.markup import render

if TYPE_CHECKING:
    from api.service import Service

#: What is served to anybody: it guards itself, or tells nothing.
OPEN = ("/api/v1/", "/healthz", "/readyz", "/metrics", "/.well-known/", "/look/", "/sign-in", "/favicon.ico")
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
LONGEST_FORM = 4_096


class Gate:
    """Lets a request through to the screen when its sender is known; a page sends him to sign in, all else is refused.

    The name of the visitor stands in the request's state, for gradio to hand to the screen.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            try:
                who = await visitor(Request(scope), self._service)
            except (MunshiError, Problem) as error:
                await _turned_away(Request(scope), error)(scope, receive, send)
                return
            scope.setdefault("state", {})["visitor"] = who.principal.name
        await self._app(scope, receive, send)


async def visitor(request: Request, service: Service) -> Known:
    """Return whose session it is, or the machine's own caller where the sandbox is open.

    Raises
    ------
    NotSignedIn
        Nobody that is known here.
    WorkspaceSuspended
        It answers nobody.
    Problem
        A page of another site sent it.
    """
    refuse_suspended(service.workspace.folder)
    if request.method not in READING:
        same_page(request)
    token = session_token(request)
    if token:
        return Known(await run_in_threadpool(service.identity.session, token))
    if service.open_to_local and is_local(request):
        return Known(service.local, limited=False)
    raise NotSignedIn("Sign in first.")


def visitor_name(request: Request) -> str | None:
    """The name that the gate left: gradio's ``auth_dependency``."""
    return getattr(request.state, "visitor", None)


def _turned_away(request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return PlainTextResponse(error.detail, error.kind.status)
    if isinstance(error, ControlUnavailable):
        return PlainTextResponse(str(error), 503, {"Retry-After": "5"})
    if isinstance(error, WorkspaceSuspended):
        return PlainTextResponse(str(error), 403)
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(SIGN_IN, 303)
    return PlainTextResponse("Sign in first.", 401)


def add_sign_in(app: FastAPI, service: Service) -> None:
    """Serve the page, and what its form sends."""
    add_elsewhere(app, service, lambda wrong, status: _page(service, wrong, status))

    @app.get(SIGN_IN, include_in_schema=False)
    def page() -> HTMLResponse:
        return _page(service)

    @app.post(SIGN_IN, include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        same_page(request)
        address = request.client.host if request.client else ""
        if await taken(service.attempts, address) > 0:
            return _page(service, SLOWLY, 429)
        told = parse_qs((await _short_body(request)).decode("utf-8", "replace"), max_num_fields=8)
        name, password = (told.get(each, [""])[0] for each in ("name", "password"))
        try:
            session, _ = await run_in_threadpool(service.identity.sign_in, name, password)
        except NotSignedIn as wrong:
            return _page(service, str(wrong), 401)
        answer = RedirectResponse("/", 303)
        set_cookie(request, answer, session)
        return answer

    @app.post(SIGN_OUT, include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        same_page(request)
        token = session_token(request)
        if token:
            await run_in_threadpool(service.identity.sign_out, token)
        there = service.identity.elsewhere is not None and service.workspace.settings.oidc.people
        answer = RedirectResponse(LEFT if there else SIGN_IN, 303)
        for name in (COOKIE, LOCAL_COOKIE):
            answer.delete_cookie(name, path="/", secure=name == COOKIE, httponly=True, samesite="strict")
        return answer


async def _short_body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return b""
    return body


def _page(service: Service, wrong: str = "", status: int = 200) -> HTMLResponse:
    theme, oidc = service.workspace.themes.now().theme, service.workspace.settings.oidc
    made = render(
        "sign_in.html", workspace=service.workspace.name, wrong=wrong, there=oidc.people and oidc.name,
        product=theme.name or PRODUCT, logo=bool(theme.logo), language=spoken(),
    )  # fmt: skip
    return HTMLResponse(made, status, {"Cache-Control": "no-store"})
