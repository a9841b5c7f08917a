"""Every question of the golden tables becomes its calls, or is declined naming its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from planner_world import planner

from tools.result import Column, Table, ToolResult

TESTS = Path(__file__).parents[2]
GOLDEN: dict[str, list[dict[str, Any]]] = yaml.safe_load((TESTS / "golden" / "questions.yaml").read_text("utf-8"))
CONVERSATIONS: list[list[dict[str, Any]]] = yaml.safe_load((TESTS / "golden" / "conversations.yaml").read_text("utf-8"))
MIXED: list[dict[str, str]] = yaml.safe_load((TESTS / "evals" / "mixed_questions.yaml").read_text("utf-8"))
LISTED = Table(
    columns=(Column(name="position", label="#"), Column(name="customer_id", label="Customer")),
    rows=((1, "C_4F21"), (2, "C_77A0"), (3, "C_91BC")),
)


def asked(*messages: BaseMessage) -> AIMessage:
    answer = planner().invoke(list(messages))
    assert isinstance(answer, AIMessage)
    return answer


def calls(answer: AIMessage) -> list[dict[str, Any]]:
    return [{call["name"]: call["args"]} for call in answer.tool_calls]


@pytest.mark.parametrize("golden", GOLDEN["understood"], ids=lambda golden: golden["ask"])
def test_a_question_becomes_its_calls(golden: dict[str, Any]) -> None:
    assert calls(asked(HumanMessage(golden["ask"]))) == golden["calls"]


@pytest.mark.parametrize("golden", GOLDEN["declined"], ids=lambda golden: golden["ask"])
def test_a_question_that_is_not_understood_whole_is_declined(golden: dict[str, Any]) -> None:
    answer = asked(HumanMessage(golden["ask"]))
    assert not answer.tool_calls
    assert answer.additional_kwargs["status"] == "abstained"
    assert len(answer.additional_kwargs["alternatives"]) == 3
    if "later" in golden:
        assert "I do not have yet" in answer.text
    else:
        assert all(f"“{word}”" in answer.text for word in golden["words"])


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation[0]["ask"])
def test_a_conversation_goes_on_from_what_was_said(conversation: list[dict[str, Any]]) -> None:
    messages: list[BaseMessage] = []
    for step in conversation:
        messages.append(HumanMessage(step["ask"]))
        answer = asked(*messages)
        assert calls(answer) == step["calls"], step["ask"]
        messages.append(answer)
        messages += [_outcome(call) for call in answer.tool_calls]
        messages += [AIMessage("Told.")] if answer.tool_calls else []


def _outcome(call: Any) -> ToolMessage:
    lists = call["name"] == "top_risky_borrowers" or "customer_id" in call["args"].get("dimensions", ())
    result = ToolResult(title="A result", table=LISTED if lists else None)
    return ToolMessage("…", tool_call_id=call["id"], name=call["name"], artifact=result)


@pytest.mark.parametrize("question", MIXED, ids=lambda question: question["ask"])
def test_mixed_questions_reach_the_tool_that_answers(question: dict[str, str]) -> None:
    answer = asked(HumanMessage(question["ask"]))
    assert (answer.tool_calls[0]["name"] if answer.tool_calls else "none") == question["tool"]


def test_the_tables_are_large_enough_to_mean_something() -> None:
    follow_ups = sum(len(conversation) - 1 for conversation in CONVERSATIONS)
    assert len(GOLDEN["understood"]) >= 120
    assert len(GOLDEN["declined"]) >= 25
    assert follow_ups >= 20
    assert len(MIXED) == 50
