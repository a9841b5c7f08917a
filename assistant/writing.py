"""What a model wrote, looked at before anything is done with it: whole, of a size, each call told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage

from assistant.offering import FINAL
from assistant.turn import MindFailed, size_of

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from assistant.turn import Limits

#: Why a provider stopped → what is said of it. What was written then is not whole, even where it looks so.
NOT_WHOLE: Mapping[str, str] = MappingProxyType(
    {"length": "what it wrote was cut off", "content_filter": "its provider's filter stopped what it wrote"}
)


def whole(written: BaseMessage, limits: Limits) -> None:
    """Let a message pass that is whole and of a size.

    Raises
    ------
    MindFailed
        It was cut off, stopped by a filter, or is longer than anyone reads.
    """
    said = written.response_metadata
    reason = str(said.get("finish_reason") or "")
    if reason in NOT_WHOLE:  # arguments cut short may still be JSON
        raise MindFailed(NOT_WHOLE[reason])
    if said.get("model_provider") == "openai" and not reason and "status" not in said:
        raise MindFailed("what it wrote has no end: the connection was cut")
    if size_of(written) > limits.written_characters:
        raise MindFailed(f"it wrote more than {limits.written_characters} characters")


def as_called(written: AIMessage) -> tuple[AIMessage, bool]:
    """Return the message with an id of its own for each call, and whether every call was to be the last.

    Two calls under one id would take each other's result.
    """
    if not written.tool_calls:
        return written, False
    final = all(call["args"].get(FINAL) is True for call in written.tool_calls)
    ids = _distinct([call["id"] for call in written.tool_calls])
    calls: list[Any] = [
        {**call, "id": call_id, "args": {name: value for name, value in call["args"].items() if name != FINAL}}
        for call, call_id in zip(written.tool_calls, ids, strict=True)
    ]
    return AIMessage(written.text, tool_calls=calls, response_metadata=written.response_metadata, id=written.id), final


def _distinct(ids: Sequence[str | None]) -> list[str]:
    taken: list[str] = []
    for place, call_id in enumerate(ids):
        taken.append(call_id if call_id and call_id not in taken else f"{call_id or 'call'}-{place}")
    return taken
