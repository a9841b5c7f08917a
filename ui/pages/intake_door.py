"""Where the browser brings files: ``POST /intake`` holds one, then it is previewed and taken in by its token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from api.caller import same_page
from api.problems import Problem
from governance.errors import MunshiError, ToolRefused
from tools.operations.uploads import MOST_BYTES, Told, Uploads
from ui.facts import facts_of
from ui.markup import render
from ui.pages.intake import preview_html, progress_html
from ui.pages.troubles import trouble_of

if TYPE_CHECKING:
    from assistant.munshi import Munshi

_FRESH = {"Cache-Control": "no-store"}


def add_intake(app: FastAPI, munshi_of: Callable[[str | None], Munshi]) -> None:
    """Serve the place that takes files; who brings one is who the gate let in."""
    uploads = Uploads()

    @app.post("/intake", include_in_schema=False)
    async def bring(request: Request, name: str = "file") -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        content = await _body(request)

        def held() -> Response:
            token = uploads.keep(munshi.workspace, munshi.principal, name, content)
            return _previewed(uploads, munshi, token, Told())

        return await _answered(request, held)

    @app.post("/intake/{token}/preview", include_in_schema=False)
    async def preview(
        request: Request, token: str, source: str = "", account: str = "", customer: str = "", currency: str = ""
    ) -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        told = Told(source.strip(), account.strip(), customer.strip(), currency.strip().upper())
        return await _answered(request, lambda: _previewed(uploads, munshi, token, told))

    @app.post("/intake/{token}/take", include_in_schema=False)
    async def take(request: Request, token: str) -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))

        def begun() -> Response:
            return _html(progress_html(uploads.begin(munshi.workspace, munshi.principal, token), token))

        return await _answered(request, begun)

    @app.get("/intake/{token}", include_in_schema=False)
    async def far(request: Request, token: str) -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        return await _answered(request, lambda: _html(progress_html(uploads.one(munshi.principal, token), token)))


def _previewed(uploads: Uploads, munshi: Munshi, token: str, told: Told) -> Response:
    found = uploads.preview(munshi.workspace, munshi.principal, token, told)
    upload = uploads.one(munshi.principal, token)
    return _html(preview_html(upload, token, found, facts_of(munshi).currency))


async def _answered(request: Request, work: Callable[[], Response]) -> Response:
    """Do it away from the loop; what goes wrong is told in its place."""
    try:
        if request.method == "POST":
            same_page(request)
        return await run_in_threadpool(work)
    except Problem as problem:
        return Response(problem.detail, problem.kind.status, _FRESH, media_type="text/plain")
    except MunshiError as error:
        status = 403 if isinstance(error, ToolRefused) else 422
        return _html(render("pages/refused_file.html", told=trouble_of(error)), status)


async def _body(request: Request) -> bytes:
    """The file; of one too large no more than shows that it is."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            break
    return bytes(body)


def _html(made: str, status: int = 200) -> Response:
    return HTMLResponse(made, status, _FRESH)
