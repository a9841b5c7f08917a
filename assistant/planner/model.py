"""The embedded planner as a chat model: messages in, tool calls or prose out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import ConfigDict, PrivateAttr

from assistant.planner.conversation import turns_of
from assistant.planner.mind import PlannerMind, Reply
from assistant.planner.words import HOUSE, Words
from knowledge.vocabulary import Vocabulary

CUSTOMER_ID = r"C_?[0-9A-F]{2,}"


class EmbeddedPlanner(BaseChatModel):
    """Plans tool calls from a question and writes the answer from their results. Deterministic; no key, no network.

    Parameters
    ----------
    vocabulary
        The governed vocabulary.
    values
        Dimension → values that occur in the books; those of ``customer_id`` tell customers apart from other words.
    data_clock
        The newest posting date: what "last month" is relative to.
    models
        Models that serve. Questions that lean on another are declined as not there yet.
    passages
        Texts of the knowledge base, from which the planner learns the words that questions to it may use.
    own
        Texts of the workspace's own documents; a word that they alone explain makes a question one for them.
    customer_id
        Pattern of a customer id, for ids the books lack.
    words
        The word tables of what is asked about; by default the house's own.
    data_begins
        The oldest posting date: of postings before it nothing is known.
    personal
        Whether the caller may see personal details; asked for by one who may not, they are declined.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    vocabulary: Vocabulary
    values: Mapping[str, Sequence[str]]
    data_clock: dt.date
    models: tuple[str, ...] = ("credit",)
    passages: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    customer_id: str = CUSTOMER_ID
    words: Words = HOUSE
    data_begins: dt.date | None = None
    personal: bool = True

    _mind: PlannerMind = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        """Index the vocabulary once."""
        super().model_post_init(context)
        self._mind = PlannerMind(
            self.vocabulary, self.values, self.data_clock, models=self.models, passages=self.passages,
            customer_id=re.compile(self.customer_id), words=self.words, begins=self.data_begins, own=self.own,
            personal=self.personal,
        )  # fmt: skip

    @property
    def mind(self) -> PlannerMind:
        """The planner without its chat-model dress."""
        return self._mind

    @property
    def _llm_type(self) -> str:
        return "munshi-embedded-planner"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Accept the tools; the planner knows them by name."""
        del tools, tool_choice, kwargs
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager, kwargs
        reply = self._mind.reply(turns_of(messages))
        return ChatResult(generations=[ChatGeneration(message=_message(reply, messages))])


def _message(reply: Reply, messages: Iterable[BaseMessage]) -> AIMessage:
    if reply.calls:
        turn = sum(message.type == "human" for message in messages)
        calls = [
            {"name": call.tool, "args": dict(call.args), "id": f"plan-{turn}-{place}", "type": "tool_call"}
            for place, call in enumerate(reply.calls, start=1)
        ]
        return AIMessage("", tool_calls=calls)
    beside = {
        "interpretation": reply.interpretation,
        "alternatives": list(reply.alternatives),
        "follow_ups": list(reply.follow_ups),
        "status": reply.status,
    }
    return AIMessage(reply.text, additional_kwargs=beside)
