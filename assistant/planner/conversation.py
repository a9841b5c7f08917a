"""The messages of a conversation as turns: question, calls, results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.planner.frame import Frame
from assistant.planner.plan import Call, frame_of
from tools.result import ToolResult


@dataclass
class Turn:
    """One question and what has come of it so far.

    Attributes
    ----------
    outcomes
        The tool messages, in the order of the calls.
    """

    question: str
    calls: list[Call] = field(default_factory=list)
    outcomes: list[ToolMessage] = field(default_factory=list)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """What the calls answer."""
        frames = (frame_of(call) for call in self.calls)
        return tuple(frame for frame in frames if frame is not None)

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """The results that came."""
        found = (result_of(message) for message in self.outcomes)
        return tuple(result for result in found if result is not None)


def result_of(message: ToolMessage) -> ToolResult | None:
    """Return the result a tool message carries, or None for an error or a result that is gone."""
    if message.status == "error" or message.artifact is None:
        return None
    return message.artifact if isinstance(message.artifact, ToolResult) else ToolResult.model_validate(message.artifact)


def turns_of(messages: Sequence[BaseMessage]) -> tuple[Turn, ...]:
    """Return the turns of a conversation; the last one is the question at hand."""
    turns: list[Turn] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            turns.append(Turn(message.text))
        elif isinstance(message, AIMessage) and turns:
            turns[-1].calls += [Call(call["name"], call["args"]) for call in message.tool_calls]
        elif isinstance(message, ToolMessage) and turns:
            turns[-1].outcomes.append(message)
    return tuple(turns)
