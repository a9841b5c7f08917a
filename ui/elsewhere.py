"""People who sign in by another provider's word: sent there, taken back once, given the same session as anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.caller import is_local, same_page
from api.rate_limits import taken
from api.signing_in import set_cookie
from governance.errors import MunshiError, NotSignedIn
from governance.identity.elsewhere import BEGUN_FOR
from governance.suspension import refuse_suspended
from ui.markup import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.service import Service

BEGIN, BACK, LEFT = "/sign-in/elsewhere", "/sign-in/elsewhere/back", "/sign-in/left"
#: What binds a sign-in that was begun to the browser it was begun in. Lax: the way back comes from another site.
BEGUN, LOCAL_BEGUN = "__Host-munshi-begun", "munshi-begun"
LONGEST, MOST_WORDS = 4_096, 16
SLOWLY = "Too many attempts from this address. Wait a minute, then try again."


def add_elsewhere(app: FastAPI, service: Service, page: Callable[[str, int], HTMLResponse]) -> None:
    """Serve the way there and back.

    Parameters
    ----------
    page
        Makes the sign-in page that says what went wrong.
    """

    @app.get(BEGIN, include_in_schema=False)
    async def begin(request: Request) -> Response:
        same_page(request)
        return await _guarded(service, request, page, _sent_there)

    @app.get(BACK, include_in_schema=False)
    async def back(request: Request) -> Response:
        return await _guarded(service, request, page, _taken_back)

    @app.get(LEFT, include_in_schema=False)
    async def left() -> Response:
        elsewhere = service.identity.elsewhere
        there = await run_in_threadpool(elsewhere.leaves_by) if elsewhere is not None else None
        name = service.workspace.settings.oidc.name
        return HTMLResponse(render("left.html", there=there, name=name), headers={"Cache-Control": "no-store"})


async def _guarded(
    service: Service, request: Request, page: Callable[[str, int], HTMLResponse],
    done: Callable[[Service, Request], Response],
) -> Response:  # fmt: skip
    """Do it, where people sign in this way; whatever is wrong is said on the sign-in page."""
    if not service.workspace.settings.oidc.people:
        return page("Nobody signs in by another provider here.", 404)
    if await taken(service.attempts, request.client.host if request.client else "") > 0:
        return page(SLOWLY, 429)
    try:
        refuse_suspended(service.workspace.folder)
        return await run_in_threadpool(done, service, request)
    except NotSignedIn as wrong:
        return page(str(wrong), 401)
    except MunshiError as trouble:
        return page(str(trouble), 503)


def _sent_there(service: Service, request: Request) -> Response:
    elsewhere = service.identity.elsewhere
    assert elsewhere is not None
    address, browser = elsewhere.begin()
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    local = is_local(request) and request.url.scheme == "http"
    answer.set_cookie(LOCAL_BEGUN if local else BEGUN, browser, max_age=int(BEGUN_FOR), path="/", secure=not local,
                      httponly=True, samesite="lax")  # fmt: skip
    return answer


def _taken_back(service: Service, request: Request) -> Response:
    """Open the session; a page of our own goes on, since a cookie for this site alone is not sent on the way back."""
    pairs = request.query_params.multi_items()[:MOST_WORDS]
    told = {name: value for name, value in pairs if len(value) <= LONGEST}
    if len(told) != len(request.query_params.multi_items()):
        raise NotSignedIn("What the provider sent back cannot be read. Begin again.")
    browser = request.cookies.get(BEGUN) or request.cookies.get(LOCAL_BEGUN) or ""
    session, _ = service.identity.sign_in_elsewhere(told, browser)
    answer = HTMLResponse(render("signed_in.html"), headers={"Cache-Control": "no-store"})
    for name in (BEGUN, LOCAL_BEGUN):
        answer.delete_cookie(name, path="/", secure=name == BEGUN, httponly=True, samesite="lax")
    set_cookie(request, answer, session)
    return answer
