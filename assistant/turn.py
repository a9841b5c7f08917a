"""One question on its way to its answer: what was called, what came back, what it cost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.answer import Step
from governance.errors import MunshiError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from assistant.calls import Call
    from assistant.metering import Meter
    from assistant.minds import Mind
    from assistant.offering import Offered

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
    written_characters
        Characters a model may write in one message, arguments of calls included.
    seconds
        After this long no call of the model begins, and one that runs is given up.
    """

    model_calls: int = 8
    tool_calls: int = 12
    mendings: int = 4
    prompt_tokens: int = 24_000
    written_characters: int = 40_000
    seconds: float = 120.0


def tokens(characters: int) -> int:
    """Estimate tokens from characters."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def size_of(message: BaseMessage) -> int:
    """Characters of a message: its text and the arguments of its calls, whole or broken."""
    called = [*getattr(message, "tool_calls", ()), *getattr(message, "invalid_tool_calls", ())]
    return len(message.text) + sum(len(str(call.get("name"))) + _length(call.get("args")) for call in called)


def _length(arguments: Any) -> int:
    return len(arguments) if isinstance(arguments, str) else len(json.dumps(arguments, default=str))


@dataclass
class Turn:
    """The state of one question; the agent's runtime context.

    Parameters
    ----------
    mind
        Who thinks.
    prompt
        The system prompt.
    question
        What was asked, screened.
    offered
        The tools a model outside is shown; None for a mind that knows them.
    meter
        Counts what is spent on it, and stops it where that is too much; None where nothing is counted.
    tell
        Tells results that are the whole answer; None where it cannot.
    """

    mind: Mind
    prompt: str
    limits: Limits = field(default_factory=Limits)
    question: str = ""
    offered: Offered | None = None
    meter: Meter | None = None
    tell: Callable[[Sequence[Call]], str | None] | None = None
    model_calls: int = 0
    tool_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    faults: list[str] = field(default_factory=list)
    _calls: dict[tuple[int, int], Call] = field(default_factory=dict)
    _steps: dict[tuple[int, int], Step] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _final: bool = False
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

    @property
    def seconds_left(self) -> float:
        """Until the mind is given up."""
        return self.limits.seconds - (time.perf_counter() - self._started)

    def asked_for(self, call_ids: Sequence[str | None], *, final: bool = False) -> None:
        """Note the order of the calls a mind has just asked for, and whether their results are to be the answer."""
        self._places = {call_id or "": place for place, call_id in enumerate(call_ids)}
        self._final = final

    def finished(self) -> str | None:
        """The answer, where the calls just made were to be the last, all came back and can be told; else None."""
        if not self._final or self.tell is None:
            return None
        came_back = [self._calls.get((self.model_calls, place)) for place in self._places.values()]
        return None if None in came_back else self.tell(self.calls)

    def came_back(self, call_id: str | None, call: Call) -> None:
        """Keep a call's result."""
        self._calls[self._place(call_id)] = call

    def ended(self, call_id: str | None, step: Step) -> None:
        """Keep a step."""
        self._steps[self._place(call_id)] = step

    def _place(self, call_id: str | None) -> tuple[int, int]:
        return self.model_calls, self._places.get(call_id or "", 0)

    def before_model(self, messages: Sequence[BaseMessage]) -> int:
        """Count a call of the model; return the estimated tokens of its prompt.

        Raises
        ------
        MindFailed
            One call too many, too long a prompt, too late, or more than may be spent.
        """
        shown = self.offered.characters if self.offered else 0
        estimate = tokens(len(self.prompt) + shown + sum(size_of(message) for message in messages))
        if self.model_calls >= self.limits.model_calls:
            raise MindFailed(f"it came to no end within {self.limits.model_calls} calls of the model")
        if estimate > self.limits.prompt_tokens:
            raise MindFailed(f"its prompt grew beyond {self.limits.prompt_tokens} tokens")
        if self.seconds_left <= 0:
            raise MindFailed(f"it came to no end within {self.limits.seconds:g} seconds")
        if self.meter is not None:
            self.meter.before(estimate)
        self.model_calls += 1
        self.prompt_tokens += estimate
        return estimate

    def after_model(self, written: BaseMessage) -> None:
        """Count what the model wrote."""
        wrote = tokens(size_of(written))
        self.completion_tokens += wrote
        if self.meter is not None:
            self.meter.after(wrote, getattr(written, "usage_metadata", None) or {})

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
