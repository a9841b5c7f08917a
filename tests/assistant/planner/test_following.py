"""What a question that goes on from another changes, where its words alone do not say it."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from planner_world import planner

from assistant.planner.rewriting import going_on
from tools.result import Column, Table, ToolResult

BY_REGION = Table(
    columns=(Column(name="region", label="Region"), Column(name="outstanding", label="Outstanding")),
    rows=(("West", 9), ("South", 4)),
)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("trim it to the top 3", "only top 3"),
        ("cap that at 5", "only top 5"),
        ("Keep only the south", "only south"),
        ("skip students please", "remove students"),
        ("gold loan hata do", "remove gold loan"),
        ("do the same thing for Pune", "same for pune"),
        ("repeat it for May", "same for may"),
        ("teesra wala kaun hai", "the third one kaun hai"),
        ("what has pushed his score up", "why"),
        ("not by state, by city", "city instead"),
        ("what do these five add up to", "how much are they in all"),
        # what is asked anew stays as it is
        ("drop the filter", "drop the filter"),
        ("show total spend in May", "show total spend in May"),
        ("which of these are overdue", "which of these are overdue"),
    ],
)
def test_what_it_changes_is_put_into_known_words(said: str, read: str) -> None:
    assert going_on(said) == read


def asked(*questions: str, table: Table | None = None) -> AIMessage:
    messages: list[BaseMessage] = []
    answer = AIMessage("")
    for question in questions:
        messages.append(HumanMessage(question))
        answer = planner().invoke(list(messages))
        outcome = ToolResult(title="A result", table=table)
        told = [ToolMessage("…", tool_call_id=str(call["id"]), artifact=outcome) for call in answer.tool_calls]
        messages += [answer, *told, *([AIMessage("Told.")] if told else [])]
    return answer


def args(answer: AIMessage) -> dict[str, Any]:
    return dict(answer.tool_calls[0]["args"]) if answer.tool_calls else {}


@pytest.mark.parametrize("pointing", ["within that, city by city", "in that region, by city"])
def test_within_that_is_the_first_group_of_a_ranked_table(pointing: str) -> None:
    ranked = args(asked("outstanding by region", "which region is the highest?", pointing, table=BY_REGION))
    assert ranked["filters"] == [{"field": "region", "op": "=", "value": "West"}]
    assert ranked["dimensions"] == ["city"]


def test_within_that_of_a_table_without_order_points_at_no_group() -> None:
    assert args(asked("outstanding by region", "within that, city by city", table=BY_REGION)) == {}


def test_nothing_goes_on_from_a_question_that_was_not_understood() -> None:
    lost = asked("outstanding by region", "spend by zodiac sign in May", "only Pune", table=BY_REGION)
    assert "I did not understand the question before" in lost.text
    whole = args(asked("outstanding by region", "spend by zodiac sign in May", "and total spend in June"))
    assert (whole["metrics"], whole.get("dimensions")) == (["spend"], None)


def test_a_part_that_is_left_out_forgets_no_place() -> None:
    said = ("spend in West by city", "leave out Mumbai", "and Pune too")
    assert args(asked(*said))["filters"] == [
        {"field": "region", "op": "=", "value": "West"},
        {"field": "city", "op": "not_in", "value": ["Mumbai", "Pune"]},
    ]


@pytest.mark.parametrize("said", ["all branches", "show all", "the full list"])
def test_all_of_a_cut_table_is_asked_for(said: str) -> None:
    cut = ("collection efficiency by branch in June", "worst 5")
    assert args(asked(*cut))["limit"] == 5
    assert "limit" not in args(asked(*cut, said))


def test_a_share_of_one_group_in_itself_is_not_told() -> None:
    assert args(asked("outstanding by gender", "percentage share", "just women")) == {}


def test_a_question_that_changes_nothing_is_not_answered_again() -> None:
    assert args(asked("spend in June by city", "where exactly?", table=BY_REGION)) == {}
