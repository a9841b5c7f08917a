"""Whether an event that came in is Munshi's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping


class NotGenuine(ValueError):
    """The event is not Munshi's, was changed, or is too old."""


def verify(secret: str, headers: Mapping[str, str], body: bytes | str, *, within: float = 300.0) -> None:
    """Pass where an event was signed with the webhook's secret, a moment ago.

    Parameters
    ----------
    secret
        What `register_webhook` told once.
    body
        As it came, byte by byte.
    within
        Seconds it may be old: an event caught earlier is not taken again.

    Raises
    ------
    NotGenuine
        It is not.
    """
    told = {name.lower(): value for name, value in headers.items()}
    event_id, moment = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > within:
        raise NotGenuine("The event is too old, or tells no moment.")
    content = body.encode() if isinstance(body, str) else body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{moment}.".encode() + content, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(mac).decode()}"
    if not any(hmac.compare_digest(expected, each) for each in told.get("webhook-signature", "").split()):
        raise NotGenuine("The signature is not that of this secret.")
