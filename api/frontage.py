"""What every request meets around its endpoint: an id, a limit of size, headers, counts, a line in the log."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import BROKEN, MEDIA_TYPE, TOO_LARGE, TOO_SLOW, Kind, body_of, broken
from governance.tracing import REQUEST, span

access_log = logging.getLogger("munshi.access")

#: A request's id that a caller may choose himself.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Of every response of the machine faces; nothing of them is to be drawn or kept by a browser.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}
_RAW_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
#: Ids of requests that bring none: the process by chance, then the number of the request in it.
_ids = map(f"r_{secrets.token_hex(5)}{{:07x}}".format, itertools.count(1))
#: Where no route was found.
NOWHERE = "none"


#: Bytes of a body that come in a second at the least, once the client's patience is used up.
SLOWEST = 1_000.0


class _Unread(HTTPException):
    """The body grew too large, or came too slowly; of this type, since FastAPI passes no other on."""


class Frontage:
    """The outermost layer of the machine faces.

    Parameters
    ----------
    metrics
        Where requests are counted.
    most_bytes
        Largest body.
    larger
        Beginning of an address → the largest body there.
    patience
        Seconds that a body may take, but for what `SLOWEST` allows besides.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        most_bytes: int,
        larger: Mapping[str, int] = MappingProxyType({}),
        patience: float = 20.0,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._most = most_bytes
        self._larger = larger
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        most = next((most for start, most in self._larger.items() if path.startswith(start)), self._most)
        exchange = _Exchange(scope, receive, send, most, self._patience)
        self._metrics.began()
        try:
            with span(REQUEST, within=scope, http_request_method=scope["method"]) as told:
                await exchange.serve(self._app)
                told.tell(http_route=_route(scope), http_response_status__code=exchange.status)
        finally:
            seconds = time.perf_counter() - exchange.started
            route = _route(scope)
            self._metrics.ended(scope["method"], route, exchange.status, seconds)
            _log(exchange, route, seconds)


class _Exchange:
    """One request and its response."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most: int, patience: float) -> None:
        self.scope, self._receive, self._send, self._most, self._patience = scope, receive, send, most, patience
        self.started = time.perf_counter()
        self.status, self._begun, self._read, self._whole = 500, False, 0, False
        self._headers = dict(scope["headers"])
        asked = self._headers.get(b"x-request-id", b"").decode("latin-1")
        self.request_id = asked if REQUEST_ID.fullmatch(asked) else next(_ids)
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def serve(self, app: ASGIApp) -> None:
        """Let the application answer; a body too large and an error nobody foresaw are answered here."""
        told = self._headers.get(b"content-length", b"0").decode("latin-1")
        if not told.isascii() or not told.isdigit() or int(told) > self._most:
            await self._problem(TOO_LARGE, f"A request's body may have {self._most:,} bytes.")
            return
        try:
            await app(self.scope, self.receive, self.send)
        except Exception as error:  # noqa: BLE001
            await self._problem(BROKEN, broken(error, self.request_id))

    async def receive(self) -> Message:
        """Pass a part of the body on, counted and timed."""
        message = await (self._receive() if self._whole else self._in_time())
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._read > self._most:
                raise _Unread(TOO_LARGE.status, f"A request's body may have {self._most:,} bytes.")
        return message

    async def _in_time(self) -> Message:
        left = self._patience + self._read / SLOWEST - (time.perf_counter() - self.started)
        try:
            async with asyncio.timeout(max(left, 0.001)):
                return await self._receive()
        except TimeoutError:
            said = f"A request's body comes within {self._patience:g} s, or at {SLOWEST:,.0f} bytes a second."
            raise _Unread(TOO_SLOW.status, said) from None

    async def send(self, message: Message) -> None:
        """Pass a part of the response on, with the headers of every response."""
        if message["type"] == "http.response.start":
            self.status, self._begun = message["status"], True
            own = message["headers"]
            given = {name for name, _ in own}
            more = [header for header in _RAW_HEADERS if header[0] not in given]
            message["headers"] = [*own, *more, (b"x-request-id", self.request_id.encode())]
        await self._send(message)

    async def _problem(self, kind: Kind, detail: str) -> None:
        if self._begun:  # too late for another status: the stream breaks off
            raise ConnectionError(detail)
        answer = JSONResponse(body_of(kind, detail, self.request_id), kind.status, media_type=MEDIA_TYPE)
        await answer(self.scope, self.receive, self.send)


def _route(scope: Scope) -> str:
    """The route's template, so that no id that stood in the path is kept."""
    return str(getattr(scope.get("route"), "path", NOWHERE))


def _log(exchange: _Exchange, route: str, seconds: float) -> None:
    if not access_log.isEnabledFor(logging.INFO):
        return
    line: dict[str, Any] = {
        "request": exchange.request_id, "method": exchange.scope["method"], "route": route, "status": exchange.status,
        "ms": round(seconds * 1000, 2), "caller": exchange.scope["state"].get("caller_name", ""),
    }  # fmt: skip
    access_log.info(json.dumps(line))
