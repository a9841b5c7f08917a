"""A budget that is spent stops the model outside before it is called; the embedded mind answers and says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes import MASTER_KEY, TOOLS, scripted, small_books
from fakes import calls as embedded_calls
from fakes import says as embedded_says
from openai_server import ScriptedServer, calls, says
from pydantic import SecretStr

from assistant.minds import external_mind
from assistant.munshi import Munshi
from governance.principal import Principal
from governance.settings import Settings
from governance.usage import EACH, WORKSPACE, Budget, Ledger
from tools.workspace import Workspace

LIST = ("lists_borrowers", {"limit": 3})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, server: ScriptedServer) -> Iterator[Workspace]:
    """Small books whose ledger these tests fill."""
    settings = Settings(
        home=tmp_path_factory.mktemp("metered"), master_key=SecretStr(MASTER_KEY), model="openai:scripted-1",
        model_base_url=server.url, model_api_key=SecretStr("k-1"), model_prompt_price=2, model_completion_price=10,
    )  # fmt: skip
    with small_books(settings) as opened:
        yield opened


def ask(books: Workspace, server: ScriptedServer, who: str):
    server.requests.clear()
    server.script(calls(LIST), says("There are 3 borrowers."))
    spare = scripted(embedded_calls("lists_borrowers"), embedded_says("There are 3 borrowers."))
    mind = external_mind("openai:scripted-1", books.settings)
    munshi = Munshi(books, Principal(who, "demo", "risk_manager"), mind=mind, fallback=spare, tools=TOOLS)
    return munshi.ask("top 3")


def spent_by(books: Workspace, who: str):
    return [each for each in Ledger(books.control).spent("day") if each.principal == who]


def test_every_call_is_in_the_ledger(books: Workspace, server: ScriptedServer) -> None:
    answer = ask(books, server, "ana")
    (spent,) = spent_by(books, "ana")
    assert (answer.mind, spent.mind, spent.calls) == ("openai:scripted-1", "openai:scripted-1", 2)
    assert (spent.prompt_tokens, spent.completion_tokens) == (20, 10)  # as the provider counted
    assert spent.cost == (20 * books.settings.model_prompt_price + 100) / 1_000_000


def test_the_estimate_is_of_the_whole_request(books: Workspace, server: ScriptedServer) -> None:
    answer = ask(books, server, "ben")
    sent = sum(len(str(request["messages"])) + len(str(request["tools"])) for request in server.requests)
    assert 0.75 < answer.usage.prompt_tokens * 4 / sent < 1.1


@pytest.mark.parametrize("whose", [WORKSPACE, EACH, "cora"])
def test_a_spent_budget_stops_before_the_call(books: Workspace, server: ScriptedServer, whose: str) -> None:
    Ledger(books.control).set_budget(Budget(whose, "day", 10, None))
    try:
        answer = ask(books, server, "cora")
    finally:
        Ledger(books.control).set_budget(Budget(whose, "day", None, None))
    assert (answer.mind, answer.text, server.requests) == ("embedded", "There are 3 borrowers.", [])
    assert "10 tokens a day, is spent" in answer.warnings[0]
    assert "The embedded planner answered instead." in answer.warnings[0]
    assert spent_by(books, "cora") == []


def test_a_budget_that_ends_midway_ends_the_answer_midway(books: Workspace, server: ScriptedServer) -> None:
    first = ask(books, server, "dev").usage.prompt_tokens
    Ledger(books.control).set_budget(Budget("eli", "day", first // 2, None))  # the second prompt is the larger half
    answer = ask(books, server, "eli")
    assert (answer.mind, len(server.requests)) == ("embedded", 1)
    assert [step.tool for step in answer.steps] == ["lists_borrowers"]


def test_money_is_bounded_too(books: Workspace, server: ScriptedServer) -> None:
    from decimal import Decimal

    Ledger(books.control).set_budget(Budget("fay", "month", None, Decimal("0.000001")))
    answer = ask(books, server, "fay")
    assert answer.mind == "embedded"
    assert "0.000001 a month, is spent" in answer.warnings[0]
