"""One attempt: signed as Standard Webhooks has it, posted, and only a 2xx is an answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore

from tools.webhooks.outside import NotOutside, Pinned, Resolve, checked_url, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.webhooks import Webhook

#: Seconds for a whole attempt; bytes of an answer that are read, and thrown away.
SECONDS, MOST_ANSWERED = 10.0, 65_536


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended: ``fault`` is empty where it was delivered."""

    status: int | None
    fault: str


def signature(secret: str, event_id: str, timestamp: int, body: str) -> str:
    """HMAC-SHA256 of ``id.timestamp.body`` under the secret, in base64, with its version before it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def headers_of(secret: str, event_id: str, timestamp: int, body: str) -> Mapping[str, str]:
    """What a receiver checks an event by."""
    return {
        "content-type": "application/json", "user-agent": "Munshi-Webhooks/1", "webhook-id": event_id,
        "webhook-timestamp": str(timestamp), "webhook-signature": signature(secret, event_id, timestamp, body),
    }  # fmt: skip


def post(
    webhook: Webhook, event_id: str, body: str, *, timestamp: int, loopback: bool, resolve: Resolve = resolved,
    trusting: ssl.SSLContext | None = None, seconds: float = SECONDS,
) -> Attempt:  # fmt: skip
    """Post an event once.

    Parameters
    ----------
    loopback
        Whether ``http://`` to this machine is allowed.
    resolve
        How names are resolved.
    trusting
        Whose certificates are believed; the system's by default.
    """
    parts = checked_url(webhook.url, loopback=loopback)
    sent = headers_of(webhook.secret, event_id, timestamp, body)
    backend = Pinned(loopback=parts.scheme == "http", seconds=seconds, resolve=resolve)
    limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)}
    secure = trusting or ssl.create_default_context()
    try:
        with (
            httpcore.ConnectionPool(ssl_context=secure, network_backend=backend, max_connections=1) as pool,
            pool.stream(
                "POST", webhook.url, headers=list(sent.items()), content=body.encode(), extensions=limits
            ) as got,
        ):
            return _read(got)
    except NotOutside as refusal:
        return Attempt(None, str(refusal))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
        return Attempt(None, f"No answer: {type(error).__name__}.")


def _read(got: httpcore.Response) -> Attempt:
    size = 0
    for part in got.iter_stream():
        size += len(part)
        if size > MOST_ANSWERED:
            return Attempt(got.status, f"The answer is larger than {MOST_ANSWERED:,} bytes.")
    if 200 <= got.status < 300:
        return Attempt(got.status, "")
    if 300 <= got.status < 400:
        return Attempt(got.status, f"Answered {got.status}: redirects are not followed. Register the address itself.")
    return Attempt(got.status, f"Answered {got.status}.")
