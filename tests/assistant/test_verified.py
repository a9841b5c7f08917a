"""An approved question answers by its plan, for either mind; nobody without the permission approves one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai_server import ScriptedServer, calls, says

from assistant.munshi import Munshi
from assistant.verified import same
from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.operations import verified
from tools.workspace import Workspace

ME = local_principal("demo")
VIEWER = Principal("vic", "demo", "viewer")
PLAN = [{"tool": "query_metrics", "args": {"metrics": ["customers"], "dimensions": ["city"]}}]


@pytest.fixture(scope="module")
def books(shared_home, tmp_path_factory: pytest.TempPathFactory, server: ScriptedServer) -> Iterator[Workspace]:
    """A copy of the sandbox whose questions these tests verify; a model outside is set."""
    import shutil

    home = tmp_path_factory.mktemp("verified") / "home"
    shutil.copytree(shared_home, home)
    settings = Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None,
                        model="openai:scripted-1", model_base_url=server.url, tracking="off")  # fmt: skip
    with Workspace.open("demo", settings) as opened:
        yield opened


@pytest.fixture
def approved(books: Workspace) -> Iterator[str]:
    kept = verified.approve(books, ME, verified.propose(books, ME, "Where do our people live?", PLAN).question_id)
    yield kept.question
    verified.retire(books, ME, kept.question_id)


def test_it_answers_without_any_model(books: Workspace, server: ScriptedServer, approved: str) -> None:
    server.requests.clear()
    answer = Munshi(books, ME).ask("please show me WHERE do our people live")
    assert (answer.status, answer.mind, server.requests) == ("answered", "verified", [])
    assert [(step.tool, step.args) for step in answer.steps] == [("query_metrics", PLAN[0]["args"])]
    assert answer.grounded
    assert answer.table is not None
    assert "approved question" in answer.interpretation


def test_it_answers_in_the_asker_s_own_sight(books: Workspace, approved: str) -> None:
    pune = Principal("pia", "demo", "analyst", {"city": ("Pune",)})
    answer = Munshi(books, pune).ask(approved)
    assert answer.table is not None
    assert {row[0] for row in answer.table.rows} == {"Pune"}


def test_what_is_only_proposed_or_retired_answers_nothing(books: Workspace, server: ScriptedServer) -> None:
    kept = verified.propose(books, ME, "Where is everybody?", PLAN)
    server.script(says("Nothing."))
    assert Munshi(books, ME).ask("Where is everybody?").mind != "verified"
    verified.approve(books, ME, kept.question_id)
    verified.retire(books, ME, kept.question_id)
    assert Munshi(books, ME).ask("Where is everybody?").mind != "verified"


def test_a_near_one_is_shown_to_a_model_as_an_example(books: Workspace, server: ScriptedServer, approved: str) -> None:
    server.requests.clear()
    server.script(calls(("query_metrics", {"metrics": ["customers"], "dimensions": ["state"]})), says("Listed."))
    Munshi(books, ME).ask("In which state do our people live?")
    system = server.requests[0]["messages"][0]["content"]
    assert f"{approved} → query_metrics" in system


def test_a_plan_of_last_month_answers_only_in_the_same_month(books: Workspace, server: ScriptedServer) -> None:
    from governance.verified import VerifiedQuestions

    dated = [{"tool": "query_metrics", "args": {"metrics": ["spend"],
                                                 "period": {"start": "2020-01-01", "end": "2020-02-01"}}}]  # fmt: skip
    kept = VerifiedQuestions(books.control).propose("What went out last month?", dated, "2020-01-31", "ana")
    verified.approve(books, ME, kept.question_id)
    server.script(says("Nothing."))
    assert Munshi(books, ME).ask("What went out last month?").mind != "verified"
    verified.retire(books, ME, kept.question_id)


def test_an_answer_s_question_is_proposed_with_its_plan(books: Workspace, server: ScriptedServer) -> None:
    args = {"metrics": ["customers"], "dimensions": ["region"]}
    server.script(calls(("query_metrics", args)), says("Listed."))
    first = Munshi(books, ME).ask("Our people by region?")
    kept = verified.propose_answer(books, ME, first.receipt_id)
    assert [(call["tool"], call["args"]) for call in kept.plan] == [("query_metrics", args)]
    server.script(calls(("query_metrics", args)), says("Listed."))
    second = Munshi(books, ME).ask("and by city?", first.conversation_id)
    with pytest.raises(ToolRetry, match="first question of a conversation"):
        verified.propose_answer(books, ME, second.receipt_id)


def test_who_may_approve_is_a_permission(books: Workspace) -> None:
    kept = verified.propose(books, VIEWER, "Where are they?", PLAN)
    for refused in (verified.approve, verified.retire):
        with pytest.raises(ToolRefused, match="questions:approve"):
            refused(books, VIEWER, kept.question_id)
    assert [each.state for each in verified.listed(books, VIEWER) if each.question_id == kept.question_id] == [
        "proposed"
    ]
    with pytest.raises(NotThere, match="no verified question 'nothing'"):
        verified.approve(books, ME, "nothing")


@pytest.mark.parametrize(
    ("plan", "told"),
    [([], "at least one call"), ([{"tool": "query_metric"}], "Did you mean"), ([{"tool": "query_metrics"}], "not take"),
     (["x"], "is an object")],
)  # fmt: skip
def test_a_plan_is_checked_before_it_is_kept(books: Workspace, plan: list, told: str) -> None:
    with pytest.raises(ToolRetry, match=told):
        verified.propose(books, ME, "Where?", plan)


def test_texts_lie_sealed(books: Workspace, approved: str) -> None:
    assert b"Where do our people" not in (books.folder / "control.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("known", "asked", "is_same"),
    [("Outstanding by city", "please show the outstanding by cities", True), ("Outstanding by city", "by city", False),
     ("Top 10 borrowers", "top 100 borrowers", False), ("", "", False)],
)  # fmt: skip
def test_sameness_is_of_words_not_of_signs(known: str, asked: str, is_same: bool) -> None:
    assert same(known, asked) is is_same
