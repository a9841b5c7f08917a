"""One question on its way to its answer: what was called, what came back, what it cost."""

from __future__ import annotations

import threading
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


class MindFailed(MunshiError):  # noqa: N818  named like its family in `governance.errors`
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
    """

    model_calls: int = 8
    tool_calls: int = 12
    mendings: int = 4
    prompt_tokens: int = 24_000


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
    calls: list[Call] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    model_calls: int = 0
    tool_calls: int = 0
    mendings: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def before_model(self, messages: Sequence[BaseMessage]) -> None:
        """Count a call of the model.

        Raises
        ------
        MindFailed
            One call, or one prompt, too many.
        """
        estimate = tokens(len(self.prompt) + sum(len(message.text) for message in messages))
        if self.model_calls >= self.limits.model_calls:
            raise MindFailed(f"it came to no end within {self.limits.model_calls} calls of the model")
        if estimate > self.limits.prompt_tokens:
            raise MindFailed(f"its prompt grew beyond {self.limits.prompt_tokens} tokens")
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

    def fault(self) -> None:
        """Count a faulty tool call.

        Raises
        ------
        MindFailed
            One fault too many.
        """
        with self._counting:
            self.mendings += 1
            if self.mendings > self.limits.mendings:
                raise MindFailed(f"it made more than {self.limits.mendings} faulty tool calls")
