"""A conversation goes on in a new process, and an answer can be run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import MASTER_KEY, TOOLS, calls, says, scripted, small_books
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from pydantic import SecretStr

from assistant.munshi import Munshi
from governance.errors import ReceiptNotFound, ToolRefused
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.result import ToolResult
from tools.workspace import Workspace

Make = Callable[..., Munshi]
LIST = calls("lists_borrowers", limit=3)


def shown_to(munshi: Munshi) -> list:
    """The messages of the mind's first call."""
    mind = next(munshi._thinker._minds.in_order())
    return mind.model.shown[0]  # type: ignore[attr-defined]


@pytest.fixture
def changing(tmp_path: Path) -> Workspace:
    """Books of its own for a test that changes them."""
    return small_books(Settings(home=tmp_path, master_key=SecretStr(MASTER_KEY), model="embedded"))


def test_a_new_munshi_remembers_question_call_result_and_words(munshi: Make) -> None:
    first = munshi(LIST, says("There are 3 borrowers.")).ask("top 3")
    later = munshi(says("Because."))
    later.ask("why the first one?", first.conversation_id)
    question, call, result, words, now = shown_to(later)
    assert isinstance(question, HumanMessage)
    assert isinstance(call, AIMessage)
    assert isinstance(result, ToolMessage)
    assert (question.text, words.text, now.text) == ("top 3", "There are 3 borrowers.", "why the first one?")
    assert call.tool_calls[0]["args"] == {"limit": 3}
    assert isinstance(result.artifact, ToolResult)
    assert result.artifact.table is not None
    assert result.artifact.table.rows[0][1] == "C_4F21"


def test_the_result_remembered_is_of_the_books_then(changing: Workspace) -> None:
    def munshi(*lines: AIMessage) -> Munshi:
        return Munshi(changing, local_principal("demo"), mind=scripted(*lines), tools=TOOLS)

    first = munshi(LIST, says("Listed.")).ask("top 3")
    with changing.lake.writer("test") as writer:
        writer.execute("DELETE FROM books.core.customers WHERE customer_id = 'C_4F21'")
    later = munshi(says("Because."))
    later.ask("why?", first.conversation_id)
    assert shown_to(later)[2].artifact.table.rows[0][1] == "C_4F21"
    changing.close()


def test_an_outside_mind_is_reminded_of_views_not_of_results(munshi: Make) -> None:
    first = munshi(LIST, says("Listed.")).ask("top 3")
    later = munshi(calls("lists_borrowers"), says("Again."), external=True)
    later.ask("and now?", first.conversation_id)
    result = shown_to(later)[3]
    assert result.artifact is None
    assert result.content.startswith("<<<data")


def test_another_caller_s_turns_are_not_remembered(munshi: Make) -> None:
    first = munshi(LIST, says("Listed."), who=Principal("ana", "demo", "analyst")).ask("top 3")
    later = munshi(says("Nothing."))
    later.ask("why?", first.conversation_id)
    assert [message.text for message in shown_to(later)] == ["why?"]


def test_a_long_conversation_is_cut_at_its_old_end(munshi: Make) -> None:
    asked = munshi(*[says("word " * 3_000)] * 4)
    for turn in range(4):
        asked.ask(f"question {turn}", "conv-long")
    last = asked._thinker._minds._chosen.model.shown[-1]  # type: ignore[union-attr]
    assert [message.text for message in last if message.type == "human"] == ["question 1", "question 2", "question 3"]


def test_replay_on_the_same_books_is_the_same(munshi: Make) -> None:
    asked = munshi(LIST, says("Listed."))
    found = asked.replay(asked.ask("top 3").receipt_id)
    assert found.same
    assert "every figure and every row is the same" in found.summary()
    assert found.model_dump(mode="json")["calls"][0]["tool"] == "lists_borrowers"


def test_replay_tells_what_changed_since_and_what_did_not_then(changing: Workspace) -> None:
    asked = Munshi(changing, local_principal("demo"), mind=scripted(LIST, says("Listed.")), tools=TOOLS)
    receipt_id = asked.ask("top 3").receipt_id
    with changing.lake.writer("test") as writer:
        writer.execute("UPDATE books.core.customers SET city = 'Surat' WHERE customer_id = 'C_4F21'")
    assert asked.replay(receipt_id).same
    today = asked.replay(receipt_id, today=True)
    assert not today.same
    assert today.calls[0].changes == ("table 'Riskiest borrowers': 1 of 3 rows differ",)

    with changing.lake.writer("test") as writer:
        writer.execute("DELETE FROM books.core.customers WHERE customer_id <> 'C_4F21'")
    (call,) = asked.replay(receipt_id, today=True).calls
    assert "returned: 3 → 1" in call.changes
    assert "table 'Riskiest borrowers': 3 rows → 1" in call.changes
    changing.close()


def test_replay_of_books_that_are_gone_says_so(munshi: Make, workspace: Workspace) -> None:
    asked = munshi(LIST, says("Listed."))
    stored = workspace.control.receipt(asked.ask("top 3").receipt_id)
    plan = [{**call, "snapshot": 99_999} for call in stored.content["plan"]]
    workspace.control.keep_receipt("gone", "conv-gone", "local", "answered", {**stored.content, "plan": plan})
    found = asked.replay("gone")
    assert not found.same
    assert "cannot be run again" in found.summary()


def test_whose_receipt_it_is_matters(munshi: Make) -> None:
    receipt_id = munshi(LIST, says("Listed."), who=Principal("ana", "demo", "analyst")).ask("top 3").receipt_id
    with pytest.raises(ToolRefused, match="another caller"):
        munshi(says("")).replay(receipt_id)
    assert munshi(says(""), who=Principal("cora", "demo", "compliance")).replay(receipt_id).calls
    with pytest.raises(ReceiptNotFound):
        munshi(says("")).replay("nothing")
