"""What requests have to wait for on disk, written for all that wait at the time: one thread, not one for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")
Waiting = list[tuple[T, "asyncio.Future[None]"]]


class Together(Generic[T]):
    """Collects entries on an event loop while a write runs, and writes them with the next one.

    Parameters
    ----------
    write
        Writes entries in order, all or none, and returns when they are durable; called in a thread.
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, Waiting[T]] = WeakKeyDictionary()
        self._writing: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()

    async def add(self, entry: T) -> None:
        """Return when ``entry`` is durable; raise what writing it raised."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(loop, []).append((entry, written))
        under_way = self._writing.get(loop)
        if under_way is None or under_way.done():
            self._writing[loop] = loop.create_task(self._write_all(loop))
        await written

    async def _write_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write until nobody waits."""
        while batch := self._waiting.pop(loop, None):
            error: Exception | None = None
            try:
                await run_in_threadpool(self._write, [entry for entry, _ in batch])
            except asyncio.CancelledError:  # the loop ends, and all who wait with it
                for _, written in batch:
                    written.cancel()
                raise
            except Exception as raised:  # noqa: BLE001  each of those who wait has to hear of it
                error = raised
            for _, written in batch:
                if not written.done():  # who no longer waits was cancelled
                    _settle(written, error)


def _settle(written: asyncio.Future[None], error: Exception | None) -> None:
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)
