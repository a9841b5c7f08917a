"""The planner as a chat model: messages in, calls or prose out, inside LangChain's agent, and light to import."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import results_of_tools as results
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import StructuredTool
from planner_world import CLOCK, VALUES, planner
from test_golden_questions import GOLDEN

from assistant.planner import EmbeddedPlanner
from knowledge.vocabulary import load_vocabulary
from tools.result import ToolResult


def test_an_agent_runs_the_plan_and_ends_with_the_prose() -> None:
    def top_risky_borrowers(limit: int = 100, city: list[str] | None = None) -> tuple[str, ToolResult]:
        """Rank borrowers."""
        assert (limit, city) == (3, ["Pune"])
        return "compact", results.ranking()

    tool = StructuredTool.from_function(top_risky_borrowers, response_format="content_and_artifact")
    state = create_agent(planner(), [tool]).invoke({"messages": [HumanMessage("top 3 risky borrowers in Pune")]})
    final = state["messages"][-1]
    assert final.text.startswith("3 of 412 borrowers in Pune")
    assert final.additional_kwargs["status"] == "answered"
    assert final.additional_kwargs["interpretation"] == "The 3 riskiest borrowers by probability of default, in Pune"
    assert final.additional_kwargs["follow_ups"][0] == "Why the first one?"


def answered(question: str, *outcomes: ToolMessage) -> AIMessage:
    plan = planner().invoke([SystemMessage("Answer."), HumanMessage(question)])
    answer = planner().invoke([SystemMessage("Answer."), HumanMessage(question), plan, *outcomes])
    assert isinstance(answer, AIMessage)
    return answer


def test_a_tool_s_error_is_said_plainly_with_something_to_ask_instead() -> None:
    error = ToolMessage(
        "There is no customer 'C_FFFF' among the 4 you may see.", tool_call_id="plan-1-1", status="error"
    )
    answer = answered("tell me about C_FFFF", error)
    assert answer.text == "There is no customer 'C_FFFF' among the 4 you may see."
    assert answer.additional_kwargs["status"] == "abstained"
    assert answer.additional_kwargs["follow_ups"]


def test_an_artifact_that_lost_its_type_is_read_all_the_same() -> None:
    artifact = results.ranking().model_dump()
    answer = answered("top 3 risky borrowers", ToolMessage("…", tool_call_id="plan-1-1", artifact=artifact))
    assert answer.text.startswith("3 of 412 borrowers")


def test_no_passage_means_no_answer() -> None:
    nothing = ToolMessage("…", tool_call_id="plan-1-1", artifact=ToolResult(title="Passages"))
    answer = answered("what does the RBI say about cooling off", nothing)
    assert answer.additional_kwargs["status"] == "abstained"


def test_what_a_mistyped_word_was_read_as_is_said() -> None:
    answer = answered("top 3 risky borowers", ToolMessage("…", tool_call_id="plan-1-1", artifact=results.ranking()))
    assert "“borowers” read as “borrower”" in answer.additional_kwargs["interpretation"]


def test_two_questions_in_one_are_answered_one_after_the_other() -> None:
    question = "top 3 risky borrowers in Pune and also how good is the credit model"
    outcomes = [
        ToolMessage("…", tool_call_id="plan-1-1", artifact=results.ranking()),
        ToolMessage("…", tool_call_id="plan-1-2", artifact=results.card()),
    ]
    first, second = answered(question, *outcomes).text.split("\n\n")
    assert first.startswith("3 of 412 borrowers")
    assert second.startswith("Out of time the credit model")


def test_last_month_may_be_the_one_that_has_just_ended() -> None:
    result = results.figures([("spend", "Spend", "currency")], [(1,)])
    answer = answered("spend last month", ToolMessage("…", tool_call_id="plan-1-1", artifact=result))
    assert answer.additional_kwargs["interpretation"] == "Spend, May 2026"
    assert answer.additional_kwargs["alternatives"] == ["And in Jun 2026?"]


def test_tools_may_be_bound_and_an_empty_conversation_is_met_with_offers() -> None:
    assert planner().bind_tools([]) is not None
    answer = planner().invoke([SystemMessage("Answer.")])
    assert answer.additional_kwargs["status"] == "abstained"
    assert len(answer.additional_kwargs["follow_ups"]) == 3


def test_a_model_that_comes_to_serve_opens_its_questions() -> None:
    churning = EmbeddedPlanner(
        vocabulary=load_vocabulary(), values=VALUES, data_clock=CLOCK, models=("credit", "churn")
    )
    calls: list[Any] = churning.invoke([HumanMessage("churn rate by city")]).tool_calls
    assert calls[0]["args"]["metrics"] == ["average_churn_risk"]


def test_words_of_the_knowledge_base_may_be_asked_about() -> None:
    reading = EmbeddedPlanner(
        vocabulary=load_vocabulary(), values=VALUES, data_clock=CLOCK, passages=("Moratorium and restructuring.",)
    )
    question = HumanMessage("what does the RBI say about a moratorium")
    assert reading.invoke([question]).tool_calls
    assert not planner().invoke([question]).tool_calls


def test_a_question_takes_a_few_milliseconds() -> None:
    questions = [HumanMessage(golden["ask"]) for golden in GOLDEN["understood"]]
    planner().invoke([questions[0]])
    started = time.process_time()
    for question in questions:
        planner().invoke([question])
    assert (time.process_time() - started) / len(questions) < 0.010


def test_importing_the_planner_loads_nothing_heavy() -> None:
    heavy = "('pandas', 'ibis', 'chromadb', 'sklearn', 'duckdb', 'gradio', 'langchain', 'sqlglot', 'plotly')"
    code = f"import assistant.planner.model, sys; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
