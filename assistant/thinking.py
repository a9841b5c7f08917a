"""Thinking about one question: the chosen mind first, the embedded planner where that fails."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cached_property, partial
from traceback import format_tb
from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, HumanMessage

from assistant.agent import Agent, build_agent
from assistant.agent_tools import agent_tools
from assistant.answer import Status, Step
from assistant.metering import Meter, price_of
from assistant.minds import EMBEDDED, Minds
from assistant.offering import offered
from assistant.prompting import system_prompt
from assistant.thought import Thought
from assistant.told import told
from assistant.turn import Limits, MindFailed, Turn
from assistant.verified import Verified
from governance.errors import MunshiError, ToolRefused
from governance.usage import Ledger
from governance.written_personal import plain

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage

    from assistant.memory import Memory
    from assistant.minds import Mind
    from governance.principal import Principal
    from tools.registry import Tool
    from tools.workspace import Workspace

LOG = logging.getLogger(__name__)

STATUSES: Mapping[str, Status] = {"answered": "answered", "abstained": "abstained", "refused": "refused"}


class Thinker:
    """Runs the agent for one caller.

    Parameters
    ----------
    workspace, principal, tools
        What may be called, on whose behalf.
    minds
        Who may think, in order.
    memory
        What was said before.
    limits
        How far one question may go.
    """

    def __init__(
        self,
        workspace: Workspace,
        principal: Principal,
        tools: Sequence[Tool],
        minds: Minds,
        memory: Memory,
        limits: Limits,
    ) -> None:
        self._workspace = workspace
        self._principal = principal
        self._tools = tools
        self._minds = minds
        self._memory = memory
        self._limits = limits

    @cached_property
    def _verified(self) -> Verified:
        return Verified(self._workspace.control, self._workspace.vocabulary)

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self._workspace.control)

    @cached_property
    def _agent(self) -> Agent:
        return build_agent(agent_tools(self._tools, self._workspace, self._principal))

    def think(self, question: str, conversation_id: str, *, live: bool) -> Generator[Step, None, Thought]:
        """Yield each step as it starts and ends; return the thought. ``question`` is screened."""
        turns: list[Turn] = []
        failures: list[str] = []
        for mind in self._in_order(question):
            earlier = self._memory.recall(conversation_id, with_results=not mind.external)
            turns.append(self._turn(mind, question, earlier))
            try:
                final = yield from self._run(turns[-1], [*earlier, HumanMessage(question)], live=live)
            except MindFailed as failure:
                LOG.warning("mind %s gave no answer: %s", mind.name, failure)
                failures.append(f"{mind.name} gave no answer: {failure}.")
            except ToolRefused as refusal:
                return Thought(str(refusal), "refused", tuple(turns), warnings=tuple(failures))
            else:
                return _thought(final, turns, failures)
        return Thought(" ".join(failures), "failed", tuple(turns))

    def _in_order(self, question: str) -> Iterator[Mind]:
        """The approved plan of just this question first, where there is one."""
        approved = self._verified.mind_for(question, lambda: self._workspace.data_clock(self._principal))
        if approved is not None:
            yield approved
        yield from self._minds.in_order()

    def _turn(self, mind: Mind, question: str, earlier: Sequence[AnyMessage]) -> Turn:
        if not mind.external:
            return Turn(mind, "", self._limits, question)
        called = [call["name"] for message in earlier for call in getattr(message, "tool_calls", ())]
        shown = offered(self._tools, question, called)
        prompt = system_prompt(
            self._workspace, self._principal, question, shown=shown.names, examples=self._verified.examples(question)
        )
        meter = Meter(self._ledger, self._principal.name, mind.name, price_of(self._workspace.settings))
        tell = partial(told, vocabulary=self._workspace.vocabulary)
        return Turn(mind, prompt, self._limits, question, shown, meter, tell)

    def _run(self, turn: Turn, messages: Sequence[AnyMessage], *, live: bool) -> Generator[Step, None, AIMessage]:
        final: AIMessage | None = None
        try:
            for item in self._agent.run(turn, messages, live=live and turn.mind.external):
                if isinstance(item, Step):
                    yield item
                else:
                    final = item
        except MunshiError:
            raise
        except Exception as error:
            # where it broke, not what it said: an error's message may hold personal data
            LOG.error("the agent broke: %s\n%s", type(error).__name__, "".join(format_tb(error.__traceback__)))
            raise MindFailed(f"something broke ({type(error).__name__})") from error
        if final is None or not plain(final.text):
            raise MindFailed("it gave no answer")
        return final


def _thought(final: AIMessage, turns: Sequence[Turn], failures: Sequence[str]) -> Thought:
    mind = turns[-1].mind
    beside = {} if mind.external else final.additional_kwargs
    who = "The embedded planner" if mind.name == EMBEDDED else mind.name
    fallback = [f"{failure} {who} answered instead." for failure in failures]
    status = STATUSES.get(beside.get("status", "answered"), "answered")
    return Thought(final.text, status, tuple(turns), beside, tuple(fallback))
