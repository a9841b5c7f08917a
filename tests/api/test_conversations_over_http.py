"""Twenty conversations over HTTP at the same time: every follow-up goes on from its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from conversing import all_at_once

Ask = Callable[..., httpx.Response]


def test_twenty_conversations_over_http_do_not_mix(ask: Ask) -> None:
    def chat(question: str, conversation: str) -> dict[str, Any]:
        answer = ask("POST", "/api/v1/chat", json={"question": question, "conversation_id": conversation})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    all_at_once(chat)
