"""What was said before: a conversation rebuilt from its receipts, results included."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.calls import books_of, perform
from assistant.model_view import quoted
from assistant.turn import size_of, tokens
from governance.errors import MunshiError

if TYPE_CHECKING:
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.registry import Tool
    from tools.result import ToolResult
    from tools.workspace import Workspace

#: Turns a mind is reminded of, and how many of them with their results in full.
TURNS = 6
TURNS_WITH_RESULTS = 2
KEPT_RESULTS = 16
#: What the recalled turns may take of a prompt, the oldest left out first; of a model outside, which pays for each.
RECALLED_TOKENS, RECALLED_OUTSIDE = 8_000, 1_200
#: Older turns than those fit in are told to such a model in a line each, within so many tokens.
SUMMARY_TOKENS, SUMMARY_LINE = 300, 240


class Memory:
    """The conversations of one caller.

    Parameters
    ----------
    workspace, principal
        Whose.
    tools
        By name; results that this process no longer holds are made again on their snapshot.
    """

    def __init__(self, workspace: Workspace, principal: Principal, tools: Mapping[str, Tool]) -> None:
        self._workspace = workspace
        self._principal = principal
        self._tools = tools
        self._keeping = threading.Lock()
        self._results: OrderedDict[str, tuple[ToolResult | None, ...]] = OrderedDict()

    def keep(self, receipt_id: str, results: Sequence[ToolResult | None]) -> None:
        """Hold an answer's results for the next question."""
        with self._keeping:
            self._results[receipt_id] = tuple(results)
            while len(self._results) > KEPT_RESULTS:
                self._results.popitem(last=False)

    def recall(self, conversation_id: str, *, with_results: bool) -> list[AnyMessage]:
        """Return the caller's last turns as messages.

        Parameters
        ----------
        conversation_id
            Which conversation; receipts of other callers in it are left out.
        with_results
            Whether the mind reads whole results, so that "why the first one?" finds its row.
        """
        receipts = self._workspace.control.conversation(conversation_id, last=TURNS)
        mine = [receipt for receipt in receipts if receipt.principal == self._principal.name]
        planned = [receipt.receipt_id for receipt in mine if receipt.content["plan"]]
        in_full = set(planned[-TURNS_WITH_RESULTS:]) if with_results else set()
        turns = [self._messages(receipt, receipt.receipt_id in in_full) for receipt in mine]
        kept = _within(turns, RECALLED_TOKENS if with_results else RECALLED_OUTSIDE)
        summary = [] if with_results else _summary(mine[: len(mine) - len(kept)])
        return [*summary, *(message for turn in kept for message in turn)]

    def _messages(self, receipt: StoredReceipt, in_full: bool) -> list[AnyMessage]:
        content = receipt.content
        messages: list[AnyMessage] = [HumanMessage(content["question"])]
        plan = content["plan"]
        results = self._results_of(receipt.receipt_id, plan) if in_full else (None,) * len(plan)
        if plan:
            calls = [
                {"name": call["tool"], "args": call["args"], "id": f"{receipt.receipt_id}-{place}", "type": "tool_call"}
                for place, call in enumerate(plan)
            ]
            messages.append(AIMessage("", tool_calls=calls))
            messages += [
                ToolMessage(call["content"], tool_call_id=asked["id"], name=call["tool"], artifact=result)
                for call, asked, result in zip(plan, calls, results, strict=True)
            ]
        return [*messages, AIMessage(content["text"])]

    def _results_of(self, receipt_id: str, plan: Sequence[Mapping[str, Any]]) -> tuple[ToolResult | None, ...]:
        results = self._results.get(receipt_id)
        if results is None:
            results = tuple(self._again(call) for call in plan)
            self.keep(receipt_id, results)
        return results

    def _again(self, call: Mapping[str, Any]) -> ToolResult | None:
        """The result of an earlier call, on the books it read; None when they are gone."""
        try:
            with books_of(self._workspace, self._principal, call["snapshot"]) as then:
                return perform(then, self._principal, self._tools[call["tool"]], call["args"]).result
        except (MunshiError, KeyError):
            return None


def _summary(receipts: Sequence[StoredReceipt]) -> list[AnyMessage]:
    """The turns in a line each, the newest that fit: what was asked, what was called, how the answer began."""
    lines: list[str] = []
    left = SUMMARY_TOKENS
    for receipt in reversed(receipts):
        line = _line(receipt)
        left -= tokens(len(line))
        if left < 0:
            break
        lines.insert(0, line)
    return [HumanMessage("\n".join(["Earlier in this conversation:", *lines]))] if lines else []


def _line(receipt: StoredReceipt) -> str:
    content = receipt.content
    called = ", ".join(f"{call['tool']}({_arguments(call['args'])})" for call in content["plan"])
    line = f"- {content['question']} → {called or 'no tool'}: {content['text']}"
    return quoted(line, SUMMARY_LINE)


def _arguments(args: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in args.items())


def _within(turns: Sequence[list[AnyMessage]], limit: int) -> list[list[AnyMessage]]:
    """The newest turns that fit into ``limit`` tokens."""
    kept: list[list[AnyMessage]] = []
    for turn in reversed(turns):
        limit -= tokens(sum(size_of(message) for message in turn))
        if limit < 0:
            break
        kept.insert(0, turn)
    return kept
