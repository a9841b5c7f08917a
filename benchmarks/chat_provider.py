"""A scripted model on the loopback interface that speaks chat completions, and the size of all it was sent."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: A token is so many characters, for everyone.
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Said:
    """What the model says to one request: words, or calls as (tool, arguments)."""

    text: str = ""
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def message(self, place: int) -> dict[str, Any]:
        """The message as it goes over the wire."""
        named = [
            {"id": f"call_{place}_{index}", "type": "function",
             "function": {"name": name, "arguments": json.dumps(arguments)}}
            for index, (name, arguments) in enumerate(self.calls)
        ]  # fmt: skip
        return {"role": "assistant", "content": self.text or None, **({"tool_calls": named} if named else {})}


@dataclass
class Provider:
    """The server's other end: what it answers, and what each model was sent.

    Attributes
    ----------
    answer
        Request → what is said.
    sizes
        Model and question → characters of each request's body, schemas of tools included.
    """

    url: str
    answer: Callable[[Mapping[str, Any]], tuple[str, Said]]
    sizes: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def tokens(self, model: str, question: str) -> int:
        """Tokens of all prompts of one question."""
        return sum(-(-size // CHARACTERS_PER_TOKEN) for size in self.sizes[model, question])

    def reply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The completion for a request, whose size is noted."""
        model = str(request["model"])
        question, said = self.answer(request)
        held = self.sizes[model, question]
        held.append(len(json.dumps(request, ensure_ascii=False)))
        message = said.message(len(held))
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if said.calls else "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return {"id": "scripted", "object": "chat.completion", "created": 1, "model": model, "choices": [choice],
                "usage": usage}  # fmt: skip


@contextmanager
def serving(answer: Callable[[Mapping[str, Any]], tuple[str, Said]]) -> Iterator[Provider]:
    """Serve on a free port while the context lasts."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{http.server_port}/v1", answer)
    _Handler.provider = provider
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.provider.reply(request)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing on standard error."""


def text_of(messages: Sequence[Mapping[str, Any]], role: str) -> list[str]:
    """The texts of all messages of a role."""
    return [str(message.get("content") or "") for message in messages if message["role"] == role]
