"""`POST /mcp`: the Model Context Protocol over HTTP, one request at a time, each behind the guard of every endpoint."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.endpoint import PROBLEM, SIGNED_IN, Endpoint
from api.mcp_server import mcp_server
from api.problems import PLAIN, Problem

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.types import Receive, Scope, Send

    from api.service import Service
    from governance.principal import Principal


class McpDoor:
    """The protocol's manager for one server, started by the first request: its packages take a second to load.

    No session is kept between requests: rights are those of the request, and any worker may answer it.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._started: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._held: asyncio.Task[None] | None = None

    async def manager(self) -> StreamableHTTPSessionManager:
        """The manager on the running loop."""
        loop = asyncio.get_running_loop()
        if self._started is None or self._started.get_loop() is not loop:
            self._started = loop.create_future()
            self._held = loop.create_task(self._hold(self._started))
        return await asyncio.shield(self._started)

    async def _hold(self, started: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        """Hold a manager open until the loop ends, which cancels this."""
        module = await run_in_threadpool(importlib.import_module, "mcp.server.streamable_http_manager")
        manager = module.StreamableHTTPSessionManager(
            app=mcp_server(self._service.workspace, _caller_of), json_response=True, stateless=True,
            max_request_body_size=self._service.workspace.settings.request_bytes - 1,
        )  # fmt: skip
        async with manager.run():
            started.set_result(manager)
            await asyncio.Event().wait()


def _caller_of(context: Any) -> Principal:
    principal: Principal = context.request.state.caller.principal
    return principal


class _Spoken(Response):
    """A response that the protocol's manager writes itself."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)


async def speak(request: Request) -> Response:
    """Answer one message of the protocol; the tools listed, and called, are those of the caller's scopes."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(PLAIN[415], "Send one message of the protocol as application/json.")
    return _Spoken(await request.state.service.mcp.manager())


_MESSAGE = {
    "type": "object",
    "required": ["jsonrpc", "method"],
    "properties": {
        "jsonrpc": {"type": "string", "const": "2.0"},
        "id": {"description": "a number or a text; without it, nothing is answered"},
        "method": {"type": "string"},
        "params": {"type": ["object", "null"]},
    },
}

#: What the protocol itself finds wrong is said in its own words.
_WRONG = {
    "description": "A problem (RFC 9457), or an error of the protocol (JSON-RPC 2.0)",
    "content": {**PROBLEM["content"], "application/json": {"schema": {"type": "object"}}},
}

MCP_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST", "/mcp", SIGNED_IN, speak, "The Model Context Protocol (streamable HTTP)", body=_MESSAGE,
        example={"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}, statuses=(415,),
        responses={202: {"description": "A notification was taken"}, **dict.fromkeys((400, 404, 406), _WRONG)},
    ),
)  # fmt: skip
