"""Where the browser presses: ``GET /act/<page>/<action>`` answers the form that asks, ``POST /act/<page>`` does it."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.caller import same_page
from api.problems import Problem
from governance.errors import MunshiError, NotThere, ToolRefused
from ui.pages.acting import act_on, form, sealed, take_back
from ui.pages.registry import page_named

if TYPE_CHECKING:
    from assistant.munshi import Munshi
    from ui.pages.page import Page

#: Bytes that what is filled in may have.
LONGEST = 65_536
_log = logging.getLogger(__name__)
_FRESH = {"Cache-Control": "no-store"}


def add_acts(app: FastAPI, munshi_of: Callable[[str | None], Munshi]) -> None:
    """Serve what pages can do; who presses is who the gate let in, and the operation beneath asks what he may."""

    @app.get("/act/{key}/{name}", include_in_schema=False)
    def asked(request: Request, key: str, name: str, told: str = "{}") -> Response:
        page = page_named(key)
        try:
            if page is None:
                raise NotThere(f"There is no page '{key}'.")
            made = form(munshi_of(getattr(request.state, "visitor", None)), page, name, _texts(told))
        except MunshiError as error:
            return Response(str(error), _status(error), _FRESH, media_type="text/plain")
        return HTMLResponse(made, 200, _FRESH)

    @app.post("/act/{key}", include_in_schema=False)
    async def pressed(request: Request, key: str) -> JSONResponse:
        try:
            same_page(request)
        except Problem as problem:
            return _said(problem.detail, problem.kind.status)
        page, sent = page_named(key), _sent(await _body(request))
        if page is None or sent is None or not request.headers.get("content-type", "").startswith("application/json"):
            return _said("This is not what a page of Munshi sends. Load the page anew.", 400)
        munshi = munshi_of(getattr(request.state, "visitor", None))
        status, told = await run_in_threadpool(_done, munshi, page, sent)
        return JSONResponse(told, status, _FRESH)


def _done(munshi: Munshi, page: Page, sent: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Do what was sent and tell what became of it; a fault is told with a number that stands in the log."""
    try:
        if sent.get("undo"):
            done = take_back(munshi, page, str(sent["undo"]))
        else:
            done = act_on(munshi, page, str(sent.get("action", "")), _mapping(sent, "told"), _mapping(sent, "entered"))
    except MunshiError as error:
        return _status(error), {"said": str(error)}
    except Exception:  # noqa: BLE001
        incident = f"e_{secrets.token_hex(4)}"
        _log.exception("An action on the page %s failed, incident %s", page.key, incident)
        return 500, {"said": f"Something broke inside Munshi; the server's log has it as {incident}. Load the page to "
                             "see what stands now."}  # fmt: skip
    undo = sealed(munshi.workspace, munshi.principal, done.undo) if done.undo else ""
    return 200, {"said": done.said, "undo": undo, "leads": done.leads, "shown": done.shown, "blocks": list(page.live)}


def _status(error: MunshiError) -> int:
    return 403 if isinstance(error, ToolRefused) else 404 if isinstance(error, NotThere) else 422


def _said(text: str, status: int) -> JSONResponse:
    return JSONResponse({"said": text}, status, _FRESH)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return b""
    return body


def _sent(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _mapping(sent: Mapping[str, Any], name: str) -> dict[str, str]:
    found = sent.get(name)
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _texts(told: str) -> dict[str, str]:
    return _mapping({"told": _sent(told.encode()[:LONGEST])}, "told")
