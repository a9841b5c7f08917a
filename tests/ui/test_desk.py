import json
from collections.abc import Iterator

import pytest
from scripted import FLAGSHIP, HUGE, WHY, ScriptedChat, facts

from assistant.answer import Answer, Step
from governance.errors import MunshiError
from ui.asking import answering
from ui.conversation import Pending
from ui.desk import Desk, Shown
from ui.session import Session


@pytest.fixture
def desk() -> Desk:
    return Desk(ScriptedChat(many=1_200), facts)


def asked(desk: Desk, state: dict, question: str) -> list[Shown]:
    return list(desk.ask(state, question))


def test_a_question_is_there_at_once_then_its_steps_then_the_answer(desk):
    shown = asked(desk, {}, FLAGSHIP)
    assert FLAGSHIP in shown[0].conversation
    assert "data-pending" in shown[0].conversation
    assert "waiting" in shown[0].evidence
    assert "Top risky borrowers" in shown[1].conversation
    assert "data-pending" not in shown[-1].conversation
    assert shown[-1].evidence.count("<tr>") == 101
    assert [each.state is None for each in shown] == [True] * (len(shown) - 1) + [False]


def test_a_step_that_began_is_replaced_when_it_ends():
    pending, step = Pending("?"), Step(tool="run_sql", args={"sql": "SELECT 1"}, ms=0)
    for seen in (step, step.model_copy(update={"ms": 4.0}), step, step.model_copy(update={"ms": 5.0})):
        pending.see(seen)
    assert [seen.ms for seen in pending.steps] == [4.0, 5.0]


def test_the_second_answer_keeps_the_conversation_and_the_first_can_be_picked_again(desk):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    second = asked(desk, state, WHY)[-1]
    assert second.state["conversation_id"] == state["conversation_id"]
    assert "Reasons for C_4F21" in second.evidence
    again = desk.pick(second.state, 0)
    assert "Riskiest borrowers" in again.evidence
    assert again.state["selected"] == 0


def test_only_the_newest_answer_has_follow_ups(desk):
    first = asked(desk, {}, FLAGSHIP)[-1]
    assert f'data-ask="{WHY}"' in first.conversation
    second = asked(desk, first.state, WHY)[-1]
    assert f'data-ask="{WHY}"' not in second.conversation
    assert 'data-ask="What would lower it?"' in second.conversation


@pytest.mark.parametrize("place", [-1, 7])
def test_an_answer_that_does_not_exist_changes_nothing(desk, place):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    assert desk.pick(state, place).state == state


def test_sorting_and_paging_keep_to_the_selected_answer(desk):
    state = asked(desk, {}, HUGE)[-1].state
    paged = desk.page(state, 0, 1)
    assert "rows 501–1,000 of 1,200" in paged.evidence
    ordered = desk.sort(paged.state, 0, "balance")
    assert "rows 1–500 of 1,200" in ordered.evidence
    assert 'aria-sort="descending"' in ordered.evidence
    assert desk.sort(ordered.state, 0, "no such column").state == ordered.state
    assert desk.sort(ordered.state, 9, "balance").state == ordered.state


def test_the_file_has_all_rows_and_counts_each_press(desk):
    state = asked(desk, {}, HUGE)[-1].state
    first, second = (json.loads(desk.csv(state, 0)) for _ in range(2))
    assert first["name"] == "customers-2026-06-30.csv"
    assert first["text"].count("\r\n") == 1_201
    assert first["text"] == second["text"]
    assert first["number"] != second["number"]
    assert desk.csv(state, 5) is None
    assert desk.csv({}, 0) is None


def test_an_empty_question_asks_nothing(desk):
    assert asked(desk, {}, "  \n ") == []


def test_a_refusal_says_why_and_a_fault_what_to_do(desk):
    refused = asked(desk, {}, "Show me their phone numbers")[-1]
    assert "Refused." in refused.conversation
    assert "pii:read" in refused.conversation
    broken = asked(desk, refused.state, "Break")[-1]
    assert "unharmed" in broken.conversation
    assert "ZeroDivisionError" not in broken.conversation
    assert "none: there is no result to run again" in broken.evidence


def test_what_munshi_cannot_do_is_told_in_its_own_words():
    class Failing:
        def stream(self, question: str, conversation_id: str | None = None) -> Iterator[Step | Answer]:
            raise MunshiError("The books are being rebuilt. Ask again in a minute.")

    (answer,) = answering(Failing(), "?", "c")
    assert (answer.status, answer.text) == ("failed", "The books are being rebuilt. Ask again in a minute.")


def test_an_answer_that_cannot_be_drawn_does_not_leave_the_question_hanging(desk, monkeypatch):
    drawn = iter([ZeroDivisionError("scripted")])

    def evidence(session, known):
        for error in drawn:
            raise error
        return "drawn"

    monkeypatch.setattr("ui.desk.evidence_html", evidence)
    shown = asked(desk, {}, FLAGSHIP)[-1]
    assert "unharmed" in shown.conversation
    assert "data-pending" not in shown.conversation
    assert shown.state["answers"][0]["status"] == "failed"


def test_an_answer_is_run_again_as_of_another_month(desk):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    shown = list(desk.as_of(state, "2026-03-31"))
    assert f"{FLAGSHIP} as of 31 Mar 2026" in shown[0].conversation
    assert "data-pending" in shown[0].conversation
    assert shown[-1].state["answers"][-1]["as_of"].isoformat() == "2026-03-31"
    assert '<option value="2026-03-31"' in shown[-1].evidence
    assert list(desk.as_of(state, "soon")) == []
    assert list(desk.as_of({}, "2026-03-31")) == []


def test_a_statement_that_the_guard_stops_stays_with_the_reason(desk):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    stopped = desk.run_sql(state, "SELECT * FROM core.customers WHERE note = '</textarea>'")
    assert stopped.conversation is None
    assert "outside the semantic views" in stopped.evidence
    assert "SELECT * FROM core.customers WHERE note = &#39;&lt;/textarea&gt;&#39;</textarea>" in stopped.evidence
    assert 'data-first="sql"' in stopped.evidence
    ran = desk.run_sql(state, "SELECT 1")
    assert [each["question"] for each in ran.state["answers"]] == [FLAGSHIP, "SELECT 1"]
    assert desk.run_sql(state, "  ") == Shown()


def test_stopping_leaves_the_question(desk):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    stopped = desk.stop(state)
    assert "data-pending" not in stopped.conversation
    assert stopped.state == state


def test_the_session_is_plain_data_both_ways(desk):
    state = asked(desk, {}, FLAGSHIP)[-1].state
    state = desk.sort(state, 0, "exposure").state
    assert Session.from_dict(state).to_dict() == state
    json.dumps(state, default=str)


def test_the_first_screen_offers_five_questions(desk):
    opened = desk.opened()
    assert opened.conversation.count("data-ask=") == 5
    assert "will stand here" in opened.evidence
