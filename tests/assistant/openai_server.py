"""A scripted server on the loopback interface that speaks the chat-completions protocol, plain and streamed."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 7


@dataclass(frozen=True)
class Reply:
    """What the server answers to one request.

    ``tool_calls`` are (id, name, arguments as they go over the wire); ``finish`` the reason it stops, None for none.
    ``pause`` is waited between the events of a stream; after ``hang_up_after`` events (or, in one piece, bytes) the
    connection is cut; ``endless`` is sent again and again and nothing else.
    """

    text: str = ""
    tool_calls: tuple[tuple[str, str, str], ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: str | None = None
    delay: float = 0.0
    cut_off: bool = False
    finish: str | None = ""
    pause: float = 0.0
    hang_up_after: int | None = None
    endless: str = ""
    usage: Mapping[str, int] | None = None

    @property
    def finish_reason(self) -> str | None:
        if self.cut_off:
            return "length"
        if self.finish != "":
            return self.finish
        return "tool_calls" if self.tool_calls else "stop"

    def completion(self, model: str) -> dict[str, Any]:
        """The whole message, for a request that does not stream."""
        message: dict[str, Any] = {"role": "assistant", "content": self.text or None, "refusal": None}
        if self.tool_calls:
            message["tool_calls"] = [
                {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
                for call_id, name, arguments in self.tool_calls
            ]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return _envelope("chat.completion", model) | {"choices": [choice], "usage": self.usage or USAGE}

    def chunks(self, model: str, *, usage: bool) -> Iterator[dict[str, Any]]:
        """The message in pieces: role, text, each call's name and then its arguments a few signs at a time."""
        yield _chunk(model, {"role": "assistant", "content": ""})
        for piece in _pieces(self.text):
            yield _chunk(model, {"content": piece})
        for index, (call_id, name, arguments) in enumerate(self.tool_calls):
            opening = {"index": index, "id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}
            yield _chunk(model, {"tool_calls": [opening]})
            for piece in _pieces(arguments):
                yield _chunk(model, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        yield _chunk(model, {}, self.finish_reason)
        if usage:
            yield _envelope("chat.completion.chunk", model) | {"choices": [], "usage": self.usage or USAGE}


USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
Line = Reply | Callable[[dict[str, Any]], Reply]


def says(text: str) -> Reply:
    """A reply of words."""
    return Reply(text)


def calls(*named: tuple[str, dict[str, Any] | str]) -> Reply:
    """A reply that calls tools, all at once; arguments given as text go over the wire as they are."""
    return Reply(
        tool_calls=tuple(
            (f"call_{place}", name, arguments if isinstance(arguments, str) else json.dumps(arguments))
            for place, (name, arguments) in enumerate(named)
        )
    )


def fails(status: int, **headers: str) -> Reply:
    """An error of the provider."""
    return Reply(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class ScriptedServer:
    """Answers each request with the next line; the last line is said again for ever."""

    url: str
    lines: list[Line]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def script(self, *lines: Line) -> None:
        """Say these lines from now on."""
        self.lines[:] = lines

    @property
    def sent(self) -> str:
        """Everything any request ever held, headers too, as one text."""
        return json.dumps(self.requests, ensure_ascii=False) + json.dumps(self.headers)

    def next_reply(self, request: dict[str, Any]) -> Reply:
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        return line(request) if callable(line) else line


@contextmanager
def openai_server(lines: Sequence[Line] = (Reply("Nothing was scripted."),)) -> Iterator[ScriptedServer]:
    """Serve on a free port of the loopback interface while the context lasts."""
    http = _Server(("127.0.0.1", 0), _Handler)
    http.scripted = ScriptedServer(f"http://127.0.0.1:{http.server_port}/v1", list(lines))  # type: ignore[attr-defined]
    serving = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    try:
        yield http.scripted  # type: ignore[attr-defined]
    finally:
        http.shutdown()
        http.server_close()
        serving.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """A client that has left is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        scripted: ScriptedServer = self.server.scripted  # type: ignore[attr-defined]
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scripted.requests.append(request)
        scripted.headers.append(dict(self.headers.items()))
        reply = scripted.next_reply(request)
        time.sleep(reply.delay)
        if not self.path.endswith("/chat/completions"):
            self._send(404, json.dumps({"error": {"message": "no such path"}}), {})
        elif reply.status != 200:
            error = {"error": {"message": f"scripted {reply.status}", "type": "scripted", "code": None}}
            self._send(reply.status, json.dumps(error), reply.headers)
        elif reply.raw is not None:
            self._send(200, reply.raw, reply.headers)
        elif request.get("stream"):
            self._stream(reply, request)
        else:
            self._send(200, json.dumps(reply.completion(request["model"])), reply.headers, reply.hang_up_after)

    def _send(self, status: int, body: str, headers: Mapping[str, str], only: int | None = None) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:only])
        if only is not None:
            self._hang_up()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _stream(self, reply: Reply, request: dict[str, Any]) -> None:
        usage = bool((request.get("stream_options") or {}).get("include_usage"))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while reply.endless:  # until who listens has left
            self._piece(reply.endless)
            time.sleep(reply.pause)
        for place, chunk in enumerate(reply.chunks(request["model"], usage=usage)):
            if place == reply.hang_up_after:
                self._hang_up()
                return
            self._event(json.dumps(chunk))
            time.sleep(reply.pause)
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        self._piece(f"data: {data}\n\n")

    def _piece(self, text: str) -> None:
        piece = text.encode()
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def log_message(self, *args: Any) -> None:
        """Say nothing on standard error."""


def _envelope(kind: str, model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 1_790_000_000, "model": model}


def _chunk(model: str, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _envelope("chat.completion.chunk", model) | {"choices": [choice]}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]
