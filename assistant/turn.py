"""One question on its way to its answer: what was called, what came back, what it cost."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.answer import Step
from governance.errors import MunshiError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from assistant.calls import Call
    from assistant.minds import Mind

#: A token is this many characters, for every model alike.
CHARACTERS_PER_TOKEN = 4


class MindFailed(MunshiError):
    """The mind gave no answer: its provider failed, or it ran into a limit. Caught by `assistant.munshi`."""


@dataclass(frozen=True)
class Limits:
    """How far one question may go.

    Attributes
    ----------
    model_calls, tool_calls
        Calls of the model, and of tools, for one question.
    mendings
        Faulty tool calls a mind may make before it is given up.
    prompt_tokens
        Estimated tokens of one prompt.
    seconds
        After this long no further call of the model begins.
    """

    model_calls: int = 8
    tool_calls: int = 12
    mendings: int = 4
    prompt_tokens: int = 24_000
    seconds: float = 120.0


def tokens(characters: int) -> int:
    """Estimate tokens from characters."""
    return -(-characters // CHARACTERS_PER_TOKEN)


@dataclass
class Turn:
    """The state of one question; the agent's runtime context.

    Parameters
    ----------
    mind
        Who thinks.
    prompt
        The system prompt.
    """

    mind: Mind
    prompt: str
    limits: Limits = field(default_factory=Limits)
    model_calls: int = 0
    tool_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    faults: list[str] = field(default_factory=list)
    _calls: dict[tuple[int, int], Call] = field(default_factory=dict)
    _steps: dict[tuple[int, int], Step] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)
    _counting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def calls(self) -> list[Call]:
        """The tool calls that came back, as they were asked for: those asked for together also run together."""
        return [self._calls[place] for place in sorted(self._calls)]

    @property
    def steps(self) -> list[Step]:
        """Every tool call, faulty ones too, as they were asked for."""
        return [self._steps[place] for place in sorted(self._steps)]

    def asked_for(self, call_ids: Sequence[str | None]) -> None:
        """Note the order of the calls a mind has just asked for."""
        self._places = {call_id or "": place for place, call_id in enumerate(call_ids)}

    def came_back(self, call_id: str | None, call: Call) -> None:
        """Keep a call's result."""
        self._calls[self._place(call_id)] = call

    def ended(self, call_id: str | None, step: Step) -> None:
        """Keep a step."""
        self._steps[self._place(call_id)] = step

    def _place(self, call_id: str | None) -> tuple[int, int]:
        return self.model_calls, self._places.get(call_id or "", 0)

    def before_model(self, messages: Sequence[BaseMessage]) -> None:
        """Count a call of the model.

        Raises
        ------
        MindFailed
            One call too many, too long a prompt, or too late.
        """
        estimate = tokens(len(self.prompt) + sum(len(message.text) for message in messages))
        if self.model_calls >= self.limits.model_calls:
            raise MindFailed(f"it came to no end within {self.limits.model_calls} calls of the model")
        if estimate > self.limits.prompt_tokens:
            raise MindFailed(f"its prompt grew beyond {self.limits.prompt_tokens} tokens")
        if time.perf_counter() - self._started > self.limits.seconds:
            raise MindFailed(f"it came to no end within {self.limits.seconds:g} seconds")
        self.model_calls += 1
        self.prompt_tokens += estimate

    def before_tool(self) -> None:
        """Count a call of a tool.

        Raises
        ------
        MindFailed
            One call too many.
        """
        with self._counting:
            if self.tool_calls >= self.limits.tool_calls:
                raise MindFailed(f"it came to no end within {self.limits.tool_calls} calls of tools")
            self.tool_calls += 1

    def fault(self, told: str = "") -> None:
        """Count a faulty tool call and keep what the mind was told of it.

        Raises
        ------
        MindFailed
            One fault too many.
        """
        with self._counting:
            self.faults.append(told)
            if len(self.faults) > self.limits.mendings:
                raise MindFailed(f"it made more than {self.limits.mendings} faulty tool calls")
