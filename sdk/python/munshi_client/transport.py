"""How calls reach the server: connection, credentials, retries, streams and pages; waiting and awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from munshi_client import models
from munshi_client.calls import Call, problem_in, read, waits
from munshi_client.errors import ConnectionFailed
from munshi_client.streaming import STREAM, Event, Events

ADDRESS = "/api/v1/"
UNFINISHED = ("queued", "running")
T = TypeVar("T")


class _Configured:
    def __init__(
        self,
        base_url: str = "http://127.0.0.1:7860",
        key: str | None = None,
        *,
        retries: int = 4,
        timeout: float = 60.0,
    ) -> None:
        self._retries = retries
        headers = {"User-Agent": "munshi-client/1.0", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._options: dict[str, Any] = {
            "base_url": f"{base_url.rstrip('/')}{ADDRESS}", "headers": headers, "timeout": timeout,
        }  # fmt: skip

    def _next(self, call: Call, attempt: int, answer: httpx.Response | Exception) -> float | None:
        """Seconds until the next attempt; None where there is none."""
        if attempt >= self._retries:
            return None
        if isinstance(answer, Exception):
            return waits(call, attempt, None, {})
        return waits(call, attempt, answer.status_code, answer.headers) if answer.status_code >= 400 else None


def _chat(question: str, conversation_id: str | None) -> Call:
    body = {"question": question, "conversation_id": conversation_id}
    return Call("POST", "/chat", body=body, accept=STREAM)


def _job(job_id: str) -> Call:
    return Call("GET", "/jobs/{job_id}", path={"job_id": job_id}, safe=True)


class Transport(_Configured):
    """What a waiting client stands on.

    Parameters
    ----------
    base_url
        Where Munshi is served.
    key
        An API key or a token; the sandbox on the same machine needs none.
    retries
        Attempts after the first, with growing pauses; a server's `Retry-After` is kept to.
    timeout
        Seconds for a connection, and for each part of an answer.
    """

    def __init__(
        self, base_url: str = "http://127.0.0.1:7860", key: str | None = None, *, retries: int = 4,
        timeout: float = 60.0, transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        super().__init__(base_url, key, retries=retries, timeout=timeout)
        self._http = httpx.Client(**self._options, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _send(self, call: Call, kind: type[T]) -> T:
        sent, attempt = call.request(), 0
        while True:
            answer: httpx.Response | Exception
            try:
                answer = self._http.request(**sent)
            except httpx.TransportError as error:
                answer = error
            wait = self._next(call, attempt, answer)
            if wait is None:
                if isinstance(answer, Exception):
                    raise ConnectionFailed(f"{call.method} {call.path_template}: {answer}") from answer
                return read(answer, kind)
            time.sleep(wait)
            attempt += 1

    def stream_chat(self, question: str, *, conversation_id: str | None = None) -> Iterator[Event]:
        """Ask a question and yield each step as it is done, then the answer.

        Raises
        ------
        Problem
            The server said what is wrong, at once or in the stream.
        """
        with self._http.stream(**_chat(question, conversation_id).request()) as response:
            if response.status_code >= 400:
                response.read()
                raise problem_in(response)
            events = Events()
            for line in response.iter_lines():
                yield from events.of(line)

    def pages(
        self, call: Callable[..., models.ToolAnswer], *, page_size: int = 1_000, **arguments: Any
    ) -> Iterator[models.ToolAnswer]:
        """Yield a tool's table page by page, all of one snapshot: ``client.pages(client.run_sql, sql=…)``."""
        cursor: str | None = None
        while True:
            page = call(page_size=page_size, cursor=cursor, **arguments)
            yield page
            cursor = page.page.next if page.page else None
            if cursor is None:
                return

    def rows(
        self, call: Callable[..., models.ToolAnswer], *, page_size: int = 1_000, **arguments: Any
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a tool's table by the names of its columns, however many pages they fill."""
        for page in self.pages(call, page_size=page_size, **arguments):
            yield from rows_of(page)

    def wait_for_job(self, job_id: str, *, seconds: float = 3_600.0, pause: float = 0.5) -> models.JobTold:
        """Wait until a job has ended, and return it.

        Raises
        ------
        TimeoutError
            It takes longer.
        """
        until = time.monotonic() + seconds
        while (job := self._send(_job(job_id), models.JobTold)).state in UNFINISHED:
            if time.monotonic() > until:
                raise TimeoutError(f"Job {job_id} is {job.state} after {seconds:g} s.")
            time.sleep(pause)
        return job


class AsyncTransport(_Configured):
    """What an awaited client stands on; the same as `Transport` otherwise."""

    def __init__(
        self, base_url: str = "http://127.0.0.1:7860", key: str | None = None, *, retries: int = 4,
        timeout: float = 60.0, transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        super().__init__(base_url, key, retries=retries, timeout=timeout)
        self._http = httpx.AsyncClient(**self._options, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _send(self, call: Call, kind: type[T]) -> T:
        sent, attempt = call.request(), 0
        while True:
            answer: httpx.Response | Exception
            try:
                answer = await self._http.request(**sent)
            except httpx.TransportError as error:
                answer = error
            wait = self._next(call, attempt, answer)
            if wait is None:
                if isinstance(answer, Exception):
                    raise ConnectionFailed(f"{call.method} {call.path_template}: {answer}") from answer
                return read(answer, kind)
            await asyncio.sleep(wait)
            attempt += 1

    async def stream_chat(self, question: str, *, conversation_id: str | None = None) -> AsyncIterator[Event]:
        """Ask a question and yield each step as it is done, then the answer."""
        async with self._http.stream(**_chat(question, conversation_id).request()) as response:
            if response.status_code >= 400:
                await response.aread()
                raise problem_in(response)
            events = Events()
            async for line in response.aiter_lines():
                for event in events.of(line):
                    yield event

    async def pages(
        self, call: Callable[..., Awaitable[models.ToolAnswer]], *, page_size: int = 1_000, **arguments: Any
    ) -> AsyncIterator[models.ToolAnswer]:
        """Yield a tool's table page by page, all of one snapshot of the books."""
        cursor: str | None = None
        while True:
            page = await call(page_size=page_size, cursor=cursor, **arguments)
            yield page
            cursor = page.page.next if page.page else None
            if cursor is None:
                return

    async def rows(
        self, call: Callable[..., Awaitable[models.ToolAnswer]], *, page_size: int = 1_000, **arguments: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield the rows of a tool's table by the names of its columns, however many pages they fill."""
        async for page in self.pages(call, page_size=page_size, **arguments):
            for row in rows_of(page):
                yield row

    async def wait_for_job(self, job_id: str, *, seconds: float = 3_600.0, pause: float = 0.5) -> models.JobTold:
        """Wait until a job has ended, and return it."""
        until = time.monotonic() + seconds
        while (job := await self._send(_job(job_id), models.JobTold)).state in UNFINISHED:
            if time.monotonic() > until:
                raise TimeoutError(f"Job {job_id} is {job.state} after {seconds:g} s.")
            await asyncio.sleep(pause)
        return job


def rows_of(answer: models.ToolAnswer) -> Iterator[dict[str, Any]]:
    """The rows of an answer's table by the names of its columns."""
    if answer.table is not None:
        names = [column.name for column in answer.table.columns]
        for row in answer.table.rows:
            yield dict(zip(names, row, strict=True))
