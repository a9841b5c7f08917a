"""How the server listens: as many connections as the machine allows, and none that keeps it waiting for its headers.

Who sends his headers a byte at a time, or opens a connection and says nothing, holds a file and a little memory; after
a while he is let go of. Bodies have their own bound (`api.frontage`), since by then it is known what is asked.
"""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    _Protocol = asyncio.Protocol
else:
    _Protocol = AutoHTTPProtocol

#: Bytes of a request's line and headers.
MOST_HEADERS = 65_536
#: Files that a server wants to hold open: its connections and what it reads.
FILES = 65_536


class ListeningConfig(uvicorn.Config):
    """What uvicorn is told, and how long it waits for headers.

    Parameters
    ----------
    slow_seconds
        Seconds within which a request's headers come.
    """

    def __init__(self, app: FastAPI | Callable[[], FastAPI], *, slow_seconds: float, **more: Any) -> None:
        self.slow_seconds = slow_seconds
        told = {"http": ImpatientProtocol, "log_level": "warning", "ws": "none", "timeout_graceful_shutdown": 2}
        super().__init__(app, **{**told, **more})


class ImpatientProtocol(_Protocol):
    """uvicorn's protocol, which closes a connection whose request's headers take too long or grow too large."""

    config: ListeningConfig
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    cycle: Any
    _waiting: asyncio.TimerHandle | None = None
    _unread: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait on where it ends no headers, or is a body that was answered before it ended."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._rest()
            return
        answered_early = self.cycle is not None and self.cycle.more_body
        self._unread += 0 if answered_early else len(data)
        if self._unread > MOST_HEADERS:
            self._let_go()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.config.slow_seconds, self._let_go)

    def _rest(self) -> None:
        self._unread = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _let_go(self) -> None:
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()


def hold_many_files() -> None:
    """Let this process, and those it starts, hold as many files open as its owner may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
