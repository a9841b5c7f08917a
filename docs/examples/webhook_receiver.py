"""Receive Munshi's events: check the signature, take each event once, answer at once.

::

    MUNSHI_WEBHOOK_SECRET=whsec_… python docs/examples/webhook_receiver.py 9000

It listens on this machine: put it behind whatever ends TLS for you (webhooks go to https alone), or, to try it beside
the server, start Munshi with ``MUNSHI_WEBHOOK_LOOPBACK=true`` and register ``http://127.0.0.1:9000/``. It needs nothing
but Python; ``munshi_client.webhooks.verify`` is the same check.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WITHIN, MOST = 300, 65_536


def genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether an event was signed with the webhook's secret within the last five minutes."""
    moment = headers.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(now - int(moment)) > WITHIN:
        return False
    signed = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(mac).decode()}"
    return any(hmac.compare_digest(expected, each) for each in headers.get("webhook-signature", "").split())


def handler_for(secret: str, act: Callable[[dict[str, Any]], None]) -> type[BaseHTTPRequestHandler]:
    """A handler that acts on each event once: one that comes again, after a break of the line say, is acknowledged."""
    seen: set[str] = set()  # keep it in your database, for as long as events may come again: a day

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(min(length, MOST))
            if length > MOST or not genuine(secret, headers, body, time.time()):
                self.send_response(401)
            else:
                if headers["webhook-id"] not in seen:
                    seen.add(headers["webhook-id"])
                    act(json.loads(body))
                self.send_response(204)
            self.end_headers()

    return Handler


def show(event: dict[str, Any]) -> None:
    """Put your own deed here, or hand the event to a queue: the answer must come within ten seconds."""
    print(event["timestamp"], event["type"], event["data"])


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    made = handler_for(os.environ["MUNSHI_WEBHOOK_SECRET"], show)
    ThreadingHTTPServer(("127.0.0.1", port), made).serve_forever()
