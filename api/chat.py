"""`POST /chat`: a question in words; the answer at once, or each step as it is done and then the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking, Caller
from api.endpoint import Endpoint, as_json
from api.problems import body_of, broken, kind_of
from assistant.answer import Answer, Step
from governance.errors import MunshiError

STREAM = "text/event-stream"
ConversationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=128)]


class Question(BaseModel):
    """A question in words, and the conversation it goes on."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=4_000)
    conversation_id: ConversationId | None = None


def chat(request: Request, asked: Question, caller: Asking, once: Once = None) -> Response:
    """Answer a question; with ``Accept: text/event-stream`` as events: ``step`` …, then ``answer`` or ``problem``."""
    munshi = caller.service.munshi_of(caller.principal)
    if STREAM in request.headers.get("accept", ""):
        items = munshi.stream(asked.question, asked.conversation_id)
        return StreamingResponse(_events(items, caller, request.state.request_id), media_type=STREAM)
    replies, handle = caller.service.replies, None
    if once is not None:
        handle, reply = replies.begin(caller.principal, once, "POST /chat", asked.model_dump())
        if reply is not None:
            return as_json(Answer.model_validate(reply), {"Idempotency-Replayed": "true"})
    try:
        answer = munshi.ask(asked.question, asked.conversation_id)
    except BaseException:
        if handle is not None:
            replies.drop(handle)
        raise
    _audited(caller, answer)
    if handle is not None:
        replies.keep(handle, answer.model_dump(mode="json"))
    return as_json(answer)


def _events(items: Iterator[Step | Answer], caller: Caller, request_id: str) -> Iterator[str]:
    try:
        for item in items:
            if isinstance(item, Answer):
                _audited(caller, item)
            yield _event("answer" if isinstance(item, Answer) else "step", item.model_dump(mode="json"))
    except MunshiError as error:
        yield _event("problem", body_of(kind_of(error), str(error), request_id))
    except Exception as error:  # noqa: BLE001  the stream has begun: the error becomes its last event
        yield _event("problem", body_of(kind_of(MunshiError()), broken(error, request_id), request_id))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _audited(caller: Caller, answer: Answer) -> None:
    caller.service.audit(caller.principal, "chat", answer.status, receipt=answer.receipt_id)


CHAT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST", "/chat", "chat:ask", chat, "Ask a question; JSON, or a stream of events", answer=Answer,
        example={"question": "Who are my top 100 risky borrowers?"}, statuses=(409,),
        responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}},
    ),
)  # fmt: skip
