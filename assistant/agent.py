"""The agent: one LangChain graph around whichever mind thinks, with the guards between them."""

from __future__ import annotations

import contextvars
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState, ModelRequest, ModelResponse, ToolCallRequest
from langchain_core.exceptions import ModelError, ModelTimeoutError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage, ToolMessage
from langsmith import tracing_context

from assistant.answer import Step
from assistant.shortening import unshortened
from assistant.turn import MindFailed, Turn
from assistant.writing import as_called, whole
from governance.errors import ToolRetry
from governance.tracing import MODEL, span

if TYPE_CHECKING:
    from langchain_core.outputs import ChatResult
    from langchain_core.tools import BaseTool
    from langgraph.types import Command

#: Seconds before the second and the third try; a server's own ``Retry-After`` goes before, up to the longest wait.
WAITS = (0.4, 1.2)
LONGEST_WAIT = 5.0

Execute = Callable[[ModelRequest[Turn]], ModelResponse[Any]]


class Guards(AgentMiddleware[AgentState[Any], Turn, Any]):
    """Puts the turn's mind in its place, counts, retries, and turns mendable faults into messages."""

    def wrap_model_call(self, request: ModelRequest[Turn], handler: Execute) -> ModelResponse[Any]:
        """Call the turn's mind; show it again what it wrote when its arguments were no JSON."""
        turn: Turn = request.runtime.context
        if (told := turn.finished()) is not None:
            return ModelResponse(result=[AIMessage(told)])
        asked = _set_up(request, turn)
        while True:
            response, written = _thought(asked, handler, turn)
            if not turn.mind.external or not isinstance(written, AIMessage):
                turn.asked_for([call["id"] for call in getattr(written, "tool_calls", ())])
                return response
            whole(written, turn.limits)
            if written.tool_calls or not written.invalid_tool_calls:
                called, final = as_called(written)
                turn.asked_for([call["id"] for call in called.tool_calls], final=final)
                return ModelResponse(result=[*response.result[:-1], called])
            turn.fault()
            asked = asked.override(messages=[*asked.messages, written, *_complaints(written)])

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Run a tool within the limits; a fault the mind can mend goes back to it as a message."""
        turn = cast("Turn", request.runtime.context)
        call = request.tool_call
        turn.before_tool()
        request.runtime.stream_writer(Step(tool=call["name"], args=call["args"], ms=0.0))
        started = time.perf_counter()
        try:
            if turn.mind.external:
                unshortened(turn.question, call["args"])
            message = handler(request)
        except ToolRetry as fault:
            message = ToolMessage(str(fault), tool_call_id=call["id"], name=call["name"], status="error")
        step = Step(tool=call["name"], args=call["args"], ms=(time.perf_counter() - started) * 1000)
        turn.ended(call["id"], step)
        request.runtime.stream_writer(step)
        if isinstance(message, ToolMessage) and message.status == "error":
            turn.fault(message.text)
        return message


def _thought(
    asked: ModelRequest[Turn], handler: Execute, turn: Turn
) -> tuple[ModelResponse[Any], BaseMessage]:  # fmt: skip
    """Call the model, counted; return its response and what it wrote last."""
    shown, wrote = turn.prompt_tokens, turn.completion_tokens
    with span(MODEL, gen__ai_request_model=turn.mind.name) as told:
        response = _patiently(asked, handler, turn)
        written = response.result[-1]
        turn.after_model(written)
        told.tell(gen__ai_usage_input__tokens=turn.prompt_tokens - shown,
                  gen__ai_usage_output__tokens=turn.completion_tokens - wrote)  # fmt: skip
    return response, written


def _set_up(request: ModelRequest[Turn], turn: Turn) -> ModelRequest[Turn]:
    """The request with the turn's mind, its prompt and, for a mind outside, the tools it is shown."""
    system = SystemMessage(turn.prompt) if turn.prompt else None
    asked = request.override(model=turn.mind.model, system_message=system)
    if turn.offered is None:
        return asked
    shown: list[BaseTool | dict[str, Any]] = [*turn.offered.shown]
    return asked.override(tools=shown)


def _patiently(request: ModelRequest[Turn], handler: Execute, turn: Turn) -> ModelResponse[Any]:
    """Call the model; a provider that fails for the moment is tried again, one that stays silent once."""
    for tried in range(len(WAITS) + 1):
        turn.before_model(request.messages)
        if not turn.mind.external:
            return handler(request)
        try:
            return _in_time(lambda: handler(request), turn)
        except MindFailed:
            raise
        except Exception as error:  # noqa: BLE001  whatever a provider's client raises, the answer is the fallback
            pause = _wait(error, tried)
            if pause is None:
                raise MindFailed(f"its provider failed ({_name(error)})") from None
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _in_time(call: Callable[[], ModelResponse[Any]], turn: Turn) -> ModelResponse[Any]:
    """Call in a thread of its own, which is given up when the time is: a provider may go on sending for ever.

    Raises
    ------
    MindFailed
        The time is up.
    """
    done: Future[ModelResponse[Any]] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            done.set_result(context.run(call))
        except BaseException as error:  # noqa: BLE001  it belongs to who waits
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    if not wait([done], timeout=turn.seconds_left).done:
        raise MindFailed(f"it came to no end within {turn.limits.seconds:g} seconds")
    return done.result()


def _wait(error: Exception, tried: int) -> float | None:
    """Seconds before the next try; None when there is to be none."""
    tries = 1 if isinstance(error, ModelTimeoutError) else len(WAITS)
    if not isinstance(error, ModelError) or not error.is_retryable or tried >= tries:
        return None
    told = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    wait = float(told) if re.fullmatch(r"\d+(\.\d+)?", told) else WAITS[tried]
    return wait if wait <= LONGEST_WAIT else None


def _name(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"{type(error).__name__}, status {status}" if status else type(error).__name__


def _complaints(written: AIMessage) -> list[AnyMessage]:
    return [
        ToolMessage(
            f"The arguments of {call.get('name') or 'this call'} are not JSON. Send the call again.",
            tool_call_id=call.get("id") or "",
            status="error",
        )
        for call in written.invalid_tool_calls
    ]


@dataclass(frozen=True)
class Agent:
    """The compiled graph; built once, run for every question."""

    graph: Any

    def run(self, turn: Turn, messages: Sequence[AnyMessage], *, live: bool) -> Iterator[Step | AIMessage]:
        """Think: each step as it starts (``ms`` is 0) and ends, the mind's last message at the end.

        Parameters
        ----------
        turn
            The question's own state.
        messages
            The conversation, the question last.
        live
            Take the model's words as they come, so that a listener who leaves stops the model too.

        Raises
        ------
        MindFailed, ToolRefused
        """
        modes = ["custom", "values", *(["messages"] if live else [])]
        state: dict[str, Any] = {}
        for mode, item in _apart(self.graph.stream({"messages": list(messages)}, context=turn, stream_mode=modes)):
            if mode == "custom":
                yield item
            elif mode == "values":
                state = item
        final = state["messages"][-1]
        if not isinstance(final, AIMessage):
            raise MindFailed("it gave no answer")
        yield final


def _apart(stream: Iterator[Any]) -> Iterator[Any]:
    """Draw from ``stream`` in a context of its own, in whichever thread, with tracing services switched off."""
    context = contextvars.copy_context()
    context.run(tracing_context(enabled=False).__enter__)
    while (item := context.run(next, stream, None)) is not None:
        yield item


class Nobody(BaseChatModel):
    """Holds the model's place while the graph is built; each turn brings its own mind."""

    @property
    def _llm_type(self) -> str:
        return "nobody"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise MindFailed("there is no mind")


def build_agent(tools: Sequence[BaseTool]) -> Agent:
    """Build the graph around ``tools``."""
    return Agent(create_agent(Nobody(), list(tools), middleware=[Guards()], context_schema=Turn))
