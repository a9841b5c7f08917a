"""A scripted server on the loopback interface that speaks OpenAI's protocol for embeddings."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class EmbeddingServer(ThreadingHTTPServer):
    """Counts what it was asked; ``meaning`` are words, each a direction; ``status`` or ``raw`` make it misbehave."""

    def __init__(self, meaning: tuple[tuple[str, ...], ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.meaning, self.status, self.raw = meaning, 200, ""
        self.texts: list[str] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def vector(self, text: str) -> list[float]:
        said = text.lower()
        return [0.01, *(float(any(word in said for word in words)) for words in self.meaning)]


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.texts += asked["input"]
        self.server.keys.append(self.headers.get("Authorization"))
        data = [
            {"object": "embedding", "index": place, "embedding": self.server.vector(text)}
            for place, text in enumerate(asked["input"])
        ]
        body = (self.server.raw or json.dumps({"object": "list", "data": data[::-1], "model": asked["model"]})).encode()
        self.send_response(self.server.status if self.path == "/v1/embeddings" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def embedding_server(*meaning: tuple[str, ...]) -> Iterator[EmbeddingServer]:
    """Serve until the block ends."""
    server = EmbeddingServer(meaning)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
