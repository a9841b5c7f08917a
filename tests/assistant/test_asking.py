"""A question becomes an answer: steps, table, receipt, refusals, asking back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from fakes import CLOCK, calls, says
from langchain_core.messages import AIMessage, BaseMessage

from assistant.answer import Answer, Step
from assistant.minds import external_mind
from assistant.munshi import Munshi
from assistant.turn import Limits
from governance.errors import ConfigurationError
from governance.principal import Principal
from governance.settings import Settings
from tools.workspace import Workspace

Make = Callable[..., Munshi]


def test_an_answer_carries_the_whole_table_and_what_it_rests_on(munshi: Make) -> None:
    asked = munshi(
        calls("lists_borrowers", limit=2),
        says("The 2 riskiest are listed.", interpretation="the 2 riskiest borrowers", follow_ups=["Why C_4F21?"]),
    )
    answer = asked.ask("who are my top 2 risky borrowers?")
    assert (answer.status, answer.grounded, answer.text) == ("answered", True, "The 2 riskiest are listed.")
    assert answer.table is not None
    assert answer.table.rows[0][1:] == ("C_4F21", "R•••", "Pune", 0.6312, Decimal("412345.67"))
    assert (answer.as_of, answer.model_versions, answer.interpretation) == (
        CLOCK,
        {"credit": "2026.03-1"},
        "the 2 riskiest borrowers",
    )
    assert answer.follow_ups == ("Why C_4F21?",)
    assert [(step.tool, step.args) for step in answer.steps] == [("lists_borrowers", {"limit": 2})]
    assert answer.sql[0].startswith("SELECT customer_id")
    assert answer.usage.model_calls == 2


def test_the_stream_shows_each_step_as_it_starts_and_ends_and_the_answer_last(munshi: Make) -> None:
    *steps, answer = munshi(calls("lists_borrowers"), says("Listed.")).stream("list them")
    assert [(step.tool, step.ms > 0) for step in steps if isinstance(step, Step)] == [
        ("lists_borrowers", False),
        ("lists_borrowers", True),
    ]
    assert isinstance(answer, Answer)


def test_calls_asked_for_together_stay_in_their_order(munshi: Make) -> None:
    both = AIMessage(
        "",
        tool_calls=[
            {"name": "lists_borrowers", "args": {"limit": 2}, "id": "a"},
            {"name": "quotes", "args": {"question": "npa"}, "id": "b"},
        ],
    )
    answer = munshi(both, says("Both came back.")).ask("list and quote")
    assert [step.tool for step in answer.steps] == ["lists_borrowers", "quotes"]
    assert [source.id for source in answer.sources] == ["rbi-irac#npa"]


def test_a_fault_the_mind_can_mend_goes_back_to_it(munshi: Make, workspace: Workspace) -> None:
    asked = munshi(calls("profiles", customer_id="C_4F2"), calls("profiles", customer_id="C_4F21"), says("In Pune."))
    answer = asked.ask("who is C_4F2?")
    assert answer.status == "answered"
    assert [step.args["customer_id"] for step in answer.steps] == ["C_4F2", "C_4F21"]
    assert [call["args"] for call in workspace.control.receipt(answer.receipt_id).content["plan"]] == [
        {"customer_id": "C_4F21"}
    ]


def test_a_refusal_is_the_answer_and_is_audited(
    munshi: Make, workspace: Workspace, audited: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = munshi(calls("refuses")).ask("show me the keys")
    assert (answer.status, answer.text) == ("refused", "No statement may read the catalog.")
    assert [(entry["action"], entry["outcome"]) for entry in audited()] == [
        ("tool:refuses", "refused"),
        ("ask", "refused"),
    ]
    assert workspace.control.verify_audit() >= 2


def test_permission_binds_whatever_the_mind_calls(munshi: Make) -> None:
    answer = munshi(calls("lists_borrowers"), who=Principal("vic", "demo", "viewer")).ask("list")
    assert answer.status == "refused"
    assert "scores:read" in answer.text


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(model_calls=3), "3 calls of the model"),
        (Limits(tool_calls=2), "2 calls of tools"),
        (Limits(prompt_tokens=5), "beyond 5 tokens"),
        (Limits(seconds=0), "0 seconds"),
    ],
)
def test_a_mind_without_end_fails_with_the_reason(munshi: Make, limits: Limits, told: str) -> None:
    answer = munshi(*[calls("lists_borrowers")] * 9, limits=limits).ask("what is the total exposure of everyone?")
    assert answer.status == "failed"
    assert told in answer.text


def test_a_mind_that_breaks_fails_without_its_message(munshi: Make, caplog: pytest.LogCaptureFixture) -> None:
    answer = munshi(ValueError("row of Ramesh Kulkarni")).ask("list")
    assert (answer.status, "ValueError" in answer.text) == ("failed", True)
    assert "Ramesh" not in answer.text + caplog.text


def test_a_name_of_one_customer_becomes_his_identifier(munshi: Make) -> None:
    answer = munshi(calls("profiles", customer_id="C_4F21"), says("Customer C_4F21 is in Pune.")).ask(
        "tell me about ramesh  kulkarni's loans"
    )
    assert answer.question == "tell me about customer C_4F21's loans"


def test_a_name_of_several_is_asked_back_without_a_mind(munshi: Make, workspace: Workspace) -> None:
    answer = munshi().ask("Tell me about Anil Sharma")
    assert (answer.status, answer.text) == (
        "abstained",
        "2 customers have that name: C_91BC, C_A3D5. Which one do you mean?",
    )
    assert answer.follow_ups == ("Tell me about customer C_91BC", "Tell me about customer C_A3D5")
    assert "Anil" not in str(workspace.control.receipt(answer.receipt_id).content)


def test_row_partitions_bind_the_search_for_names(munshi: Make) -> None:
    pune = Principal("pia", "demo", "analyst", {"city": ("Pune",)})
    answer = munshi(says("Nothing."), who=pune).ask("Tell me about Anil Sharma and Sunita Rao")
    assert answer.question == "Tell me about customer C_A3D5 and Sunita Rao"


def test_an_answer_that_rests_on_nothing_becomes_what_the_result_says(munshi: Make) -> None:
    answer = munshi(calls("lists_borrowers", limit=2), says("All 900 are in Chennai.")).ask("list 2")
    assert not answer.grounded
    assert answer.text.startswith("The 2 riskiest borrowers by probability of default. As of 2026-09-30.")
    assert "left out" in answer.warnings[0]


def test_a_question_of_a_whole_page_is_declined_without_a_mind(munshi: Make) -> None:
    answer = munshi().ask("top 3 " * 1_000)
    assert (answer.status, "4000 characters" in answer.text) == ("abstained", True)


def test_questions_asked_at_the_same_time_do_not_mix(munshi: Make) -> None:
    def both(messages: Sequence[BaseMessage]) -> AIMessage:
        asked = int(str(messages[-1].text).split()[-1]) if messages[-1].type == "human" else 0
        return calls("lists_borrowers", limit=asked) if asked else says(f"{messages[-1].artifact.title}.")

    asked = munshi(*[both] * 16)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda count: asked.ask(f"top {count}"), [1, 2, 3, 4] * 2))
    assert [len(answer.table.rows) for answer in answers if answer.table] == [1, 2, 3, 4] * 2
    assert [answer.text.split()[1] for answer in answers] == list("1234") * 2


@pytest.mark.parametrize(
    ("model", "told"),
    [("ollama:qwen3", "package is not installed"), ("openai:gpt-5", "MUNSHI_MODEL_API_KEY"), ("nobody:x", "nobody:x")],
)
def test_a_model_that_cannot_be_had_is_a_fault_of_the_settings(
    environment: Settings, monkeypatch: pytest.MonkeyPatch, model: str, told: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    bare = environment.model_copy(update={"model_base_url": None, "model_api_key": None})
    with pytest.raises(ConfigurationError, match=told):
        external_mind(model, bare)
