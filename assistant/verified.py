"""Approved questions at work: the one that is asked again answers by its plan; those near it are shown to a model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict

from assistant.by_hand import told_of
from assistant.courtesies import COURTESIES
from assistant.dates import periods
from assistant.minds import Mind
from assistant.planner.plan import Call as Planned
from assistant.planner.text import phrase
from assistant.turn import MindFailed
from governance.verified import VerifiedQuestion, VerifiedQuestions

if TYPE_CHECKING:
    import datetime as dt

    from governance.control import ControlStore
    from knowledge.vocabulary import Vocabulary

VERIFIED = "verified"
#: A day in a plan's arguments: what was meant by "last month" then.
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
SHOWN, NEAR = 2, 0.4


class Verified:
    """The approved questions of one workspace.

    Parameters
    ----------
    control
        Where they are kept.
    vocabulary
        For telling results.
    """

    def __init__(self, control: ControlStore, vocabulary: Vocabulary) -> None:
        self._questions = VerifiedQuestions(control)
        self._vocabulary = vocabulary

    def mind_for(self, question: str, clock: Callable[[], dt.date]) -> Mind | None:
        """The mind that answers by an approved plan; None where none is the plan of this question, now."""
        for known in self._questions.all("approved"):
            if same(known.question, question) and holds_still(known, clock):
                return Mind(VERIFIED, VerifiedPlan(known=known, vocabulary=self._vocabulary), external=False)
        return None

    def examples(self, question: str) -> str:
        """Approved questions near this one with their plans, as lines of a prompt; empty where none is near."""
        asked = set(_words(question))
        scored = [(_likeness(asked, set(_words(each.question))), each) for each in self._questions.all("approved")]
        near = sorted((pair for pair in scored if pair[0] >= NEAR), key=lambda pair: -pair[0])[:SHOWN]
        lines = [f"- {each.question} → {_plan(each)}" for _, each in near]
        return "\n".join(["\n\nApproved examples:", *lines]) if lines else ""


class VerifiedPlan(BaseChatModel):
    """Makes the calls of an approved plan, then tells what they brought."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    known: VerifiedQuestion
    vocabulary: Any

    @property
    def _llm_type(self) -> str:
        return "munshi-verified-plan"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> VerifiedPlan:
        """Accept the tools; the plan names its own."""
        del tools, kwargs
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        del stop, run_manager, kwargs
        came_back = _results(messages)
        message = self._answer(came_back) if came_back else self._calls()
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _calls(self) -> AIMessage:
        calls: list[Any] = [
            {"name": call["tool"], "args": dict(call["args"]), "id": f"verified-{place}", "type": "tool_call"}
            for place, call in enumerate(self.known.plan)
        ]
        return AIMessage("", tool_calls=calls)

    def _answer(self, came_back: Sequence[ToolMessage]) -> AIMessage:
        if any(message.status == "error" or message.artifact is None for message in came_back):
            raise MindFailed("the approved plan cannot be carried out on these books")
        pairs = zip(self.known.plan, came_back, strict=True)
        told = "\n\n".join(
            told_of(Planned(call["tool"], call["args"]), message.artifact, self.vocabulary) for call, message in pairs
        )
        read = f"the approved question “{self.known.question}” ({self.known.question_id})"
        return AIMessage(told, additional_kwargs={"interpretation": read, "status": "answered"})


def same(known: str, asked: str) -> bool:
    """Whether two questions are the same but for courtesies, plurals and signs."""
    return bool(_words(known)) and _words(known) == _words(asked)


def holds_still(known: VerifiedQuestion, clock: Callable[[], dt.date]) -> bool:
    """Whether the plan means today what it meant when it was approved.

    A plan with days in it does where the question names its period itself, or no new posting has come since.
    """
    if not DAY.search(json.dumps(known.plan)) or next(periods(known.question), None) is not None:
        return True
    return clock().isoformat() == known.data_clock


def _words(question: str) -> tuple[str, ...]:
    return tuple(word for word in phrase(question) if word not in COURTESIES)


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _plan(known: VerifiedQuestion) -> str:
    return "; ".join(f"{call['tool']}({json.dumps(call['args'], ensure_ascii=False)})" for call in known.plan)


def _results(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    """The tool messages after the last question."""
    asked = max((place for place, message in enumerate(messages) if message.type == "human"), default=-1)
    return [message for message in messages[asked + 1 :] if isinstance(message, ToolMessage)]
