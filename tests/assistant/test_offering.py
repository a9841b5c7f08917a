"""What a model outside is shown: the tools and words its question is about, a short result, a short memory."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from openai_server import Reply, ScriptedServer, calls, says

from assistant.munshi import Munshi
from assistant.offering import MORE, Offered, compact, offered, ranked
from governance.principal import local_principal
from governance.settings import Settings
from tools.registry import TOOLS
from tools.workspace import Workspace

NAMES = [tool.name for tool in TOOLS]
FLAGSHIP = "Who are my top 100 risky borrowers?"
RISKY = ("top_risky_borrowers", {"limit": 100})


@pytest.fixture(scope="module")
def demo(
    demo_settings: Settings, server: ScriptedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A copy of the sandbox with a model outside."""
    import shutil

    home = tmp_path_factory.mktemp("offered") / "home"
    shutil.copytree(demo_settings.home, home)
    update = {"home": home, "model": "openai:scripted-1", "model_base_url": server.url, "model_seconds": 20.0}
    with Workspace.open("demo", demo_settings.model_copy(update=update)) as opened:
        yield opened


@pytest.fixture
def munshi(demo: Workspace, server: ScriptedServer) -> Munshi:
    server.requests.clear()
    return Munshi(demo, local_principal("demo"))


def shown(request: dict) -> list[str]:
    return [tool["function"]["name"] for tool in request["tools"]]


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        (FLAGSHIP, "top_risky_borrowers"),
        ("Outstanding by city", "query_metrics"),
        ("Gross NPA ratio by month", "query_metrics"),
        ("Who is likely to churn in Mumbai?", "likely_leavers"),
        ("What will Pune spend next quarter?", "forecast_spend"),
        ("Any unusual transactions last month?", "unusual_transactions"),
        ("What does the RBI say about digital lending?", "search_knowledge"),
        ("How good is the credit model?", "model_card"),
        ("How fresh is the data?", "workspace_status"),
        ("Tell me about customer C_4F21", "customer_profile"),
        ("Why is C_4F21 risky?", "explain_prediction"),
        ("Which segments of customers are there?", "customer_segments"),
        ("Who is saving for a house?", "customer_goals"),
        ("select count(*) from customers", "run_sql"),
        ("hello", "query_metrics"),
    ],
)
def test_the_tool_that_answers_is_among_the_few_that_are_shown(question: str, tool: str) -> None:
    found = ranked(question, NAMES)
    assert tool in found
    assert len(found) <= 3


def test_the_rest_is_brought_in_by_name() -> None:
    some = offered(TOOLS, FLAGSHIP)
    assert some.names == ("top_risky_borrowers",)
    assert some.characters < Offered(TOOLS).characters / 4
    assert "customer_goals" in some.shown[-1]["function"]["description"]
    assert "may call customer_goals" in some.bring(["customer_goals", "nothing"])
    assert some.names == ("top_risky_borrowers", "customer_goals")
    assert "There are:" in some.bring(["nothing"])
    assert offered(TOOLS, "and the second one?", ["likely_leavers"]).names == ("query_metrics", "likely_leavers")


def test_a_schema_says_what_a_caller_needs_and_no_more() -> None:
    for tool in TOOLS:
        full, short = tool.arguments.model_json_schema(), compact(tool.arguments.model_json_schema())
        assert set(short["properties"]) == set(full["properties"])
        assert short.get("required") == full.get("required")
        assert "title" not in json.dumps({**short, "properties": {}, "$defs": {}})


def test_the_flagship_question_is_cheap_in_two_calls_and_every_row_arrives(
    munshi: Munshi, server: ScriptedServer
) -> None:
    server.script(calls(RISKY), says("The riskiest borrowers are on screen."))
    answer = munshi.ask(FLAGSHIP)
    assert answer.table is not None
    assert (answer.mind, len(answer.table.rows), len(server.requests)) == ("openai:scripted-1", 100, 2)
    sent = sum(len(json.dumps(request, ensure_ascii=False)) for request in server.requests)
    assert sent / 4 <= 1_500
    assert abs(answer.usage.prompt_tokens * 4 / sent - 1) < 0.2


def test_a_final_call_is_told_by_the_house(munshi: Munshi, server: ScriptedServer) -> None:
    server.script(calls(("top_risky_borrowers", {"limit": 5, "final": True})))
    answer = munshi.ask("Who are my top 5 risky borrowers?")
    assert (answer.mind, answer.status, answer.grounded, len(server.requests)) == (
        "openai:scripted-1", "answered", True, 1,
    )  # fmt: skip
    assert "5" in answer.text
    assert answer.steps[0].args == {"limit": 5}


def test_a_final_call_that_fails_goes_back_to_the_model(munshi: Munshi, server: ScriptedServer) -> None:
    server.script(
        calls(("top_risky_borrowers", {"limit": 0, "final": True})), calls(("top_risky_borrowers", {"limit": 5})),
        says("They are listed."),
    )  # fmt: skip
    assert munshi.ask("Who are my top 5 risky borrowers?").text == "They are listed."
    assert len(server.requests) == 3


def test_a_tool_that_was_not_shown_can_be_brought_in_and_called(munshi: Munshi, server: ScriptedServer) -> None:
    server.script(
        calls((MORE, {"names": ["workspace_status"]})), calls(("workspace_status", {})), says("The books are there.")
    )
    answer = munshi.ask(FLAGSHIP)
    assert answer.text == "The books are there."
    first, second, _ = (shown(request) for request in server.requests)
    assert "workspace_status" not in first
    assert "workspace_status" in second


def test_what_comes_first_in_the_prompt_is_the_same_for_every_question(munshi: Munshi, server: ScriptedServer) -> None:
    server.script(says("Nothing."))
    for question in (FLAGSHIP, "Outstanding by city", "What is an NPA?"):
        munshi.ask(question)
    systems = [request["messages"][0]["content"] for request in server.requests]
    stable = systems[0]
    assert all(system.startswith(stable) for system in systems)
    assert "outstanding" in systems[1][len(stable) :]


def test_a_long_conversation_is_told_in_lines(munshi: Munshi, server: ScriptedServer) -> None:
    def list_(request: dict) -> Reply:
        return says("Listed.") if request["messages"][-1]["role"] == "tool" else calls(("top_risky_borrowers", {}))

    server.script(list_)
    for place in range(6):
        munshi.ask(f"Who are my risky borrowers in round {'abcdef'[place]}?", "conv-long")
    messages = server.requests[-1]["messages"]
    summary = messages[1]["content"]
    assert summary.startswith("Earlier in this conversation:")
    assert "round b" in summary
    assert "top_risky_borrowers()" in summary
    assert sum(len(str(message["content"])) for message in messages) / 4 < 2_600
