"""Nothing is ignored: one unknown word makes any question one to decline, and every offer can be answered."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from planner_world import planner
from test_golden_questions import GOLDEN, LISTED

from analytics.features.levers import LEVERS
from assistant.planner.text import phrase
from assistant.planner.understand import NotUnderstood, Understood
from assistant.planner.words import table
from tools.result import ToolResult

UNDERSTOOD = [golden["ask"] for golden in GOLDEN["understood"]]
STRANGE = ("altitude", "divorced", "purple", "zygote", "cricket", "quixotic", "yoga", "left-handed")


def read(question: str) -> Understood | NotUnderstood:
    return planner()._mind.understanding.read(question)


def passed_over(question: str, word: str) -> bool:
    """Whether a question is read without a word being told: documents are asked with it, and say so."""
    found = read(question)
    return isinstance(found, Understood) and not any(word in told for told in found.unread)


def test_an_unknown_word_makes_any_question_one_to_decline() -> None:
    spoilt = [
        (asked, word)
        for question, word in zip(UNDERSTOOD, cycle(STRANGE), strict=False)
        for asked in (f"{question.rstrip('?')} {word}", f"{word} {question}")
    ]
    assert not [asked for asked, word in spoilt if passed_over(asked, word.split("-")[-1])]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(UNDERSTOOD), st.text("bcdfghjklmnpqrstvwxz", min_size=6, max_size=12), st.integers(0, 30))
def test_a_made_up_word_anywhere_is_never_passed_over(question: str, word: str, place: int) -> None:
    assume(not planner()._mind.understanding.resembling(word))
    words = question.split()
    words.insert(min(place, len(words)), word)
    assert not passed_over(" ".join(words), word)


def test_every_lever_has_words_and_every_word_a_lever() -> None:
    assert set(table("levers")) == set(LEVERS)
    said = [phrase(str(written)) for ways in table("levers").values() for written in ways]
    assert all(said)
    levers = {words: {name for name, ways in table("levers").items() if words in map(phrase, map(str, ways))}
              for words in said}  # fmt: skip
    assert not {words: names for words, names in levers.items() if len(names) > 1}


def test_a_decline_names_the_word_and_keeps_quiet_about_the_others() -> None:
    answer = planner().invoke([HumanMessage("outstanding by altitude in Pune")])
    assert "“altitude”" in answer.text
    assert "outstanding" not in answer.text


def test_every_example_of_the_catalogue_is_understood() -> None:
    catalogue = planner()._mind.catalogue
    examples = catalogue.questions
    assert len(examples) > 50
    assert all(isinstance(read(example), Understood) for example in examples)


def test_every_suggestion_is_understood_where_it_is_made() -> None:
    unanswered = [(question, asked) for question in UNDERSTOOD[::3] for asked in _not_understood_after(question)]
    assert not unanswered


def _not_understood_after(question: str) -> list[str]:
    messages: list[BaseMessage] = [HumanMessage(question)]
    plan = planner().invoke(messages)
    assert isinstance(plan, AIMessage)
    listing = ToolResult(title="A result", table=LISTED)
    messages += [plan, *(ToolMessage("…", tool_call_id=str(c["id"]), artifact=listing) for c in plan.tool_calls)]
    answer = planner().invoke(messages)
    suggestions = [*answer.additional_kwargs["follow_ups"], *answer.additional_kwargs["alternatives"]]
    assert suggestions, question
    return [asked for asked in suggestions if not planner().invoke([*messages, answer, HumanMessage(asked)]).tool_calls]


@pytest.mark.parametrize("question", STRANGE)
def test_offers_instead_are_understood(question: str) -> None:
    offered = planner().invoke([HumanMessage(f"spend by {question}")]).additional_kwargs["alternatives"]
    assert len(offered) == 3
    assert all(isinstance(read(offer), Understood) for offer in offered)


def test_the_same_question_gets_the_same_answer() -> None:
    for question in UNDERSTOOD[::10]:
        first, second = (planner().invoke([HumanMessage(question)]) for _ in range(2))
        assert isinstance(first, AIMessage)
        assert isinstance(second, AIMessage)
        assert first.tool_calls == second.tool_calls


@pytest.mark.parametrize(
    ("question", "frames"),
    [
        ("outstanding by city and customers by state", [(("outstanding",), ("city",)), (("customers",), ("state",))]),
        ("outstanding by city and state", [(("outstanding",), ("city", "state"))]),
    ],
)
def test_two_figures_each_with_its_own_split_are_two_questions(question: str, frames: list[object]) -> None:
    found = read(question)
    assert isinstance(found, Understood)
    assert [(frame.metrics, frame.dimensions) for frame in found.frames] == frames


@pytest.mark.parametrize(
    "question",
    [
        "Which 3 borrowers in Mumbai are riskiest and also likely to leave?",
        "How many customers paid rent and a home loan EMI in May 2026?",
    ],
)
def test_what_goes_on_about_the_same_customers_is_no_question_of_its_own(question: str) -> None:
    found = read(question)
    assert not isinstance(found, Understood) or len(found.frames) == 1


@pytest.mark.parametrize(
    "question",
    [
        "important customers in Pune",
        "borrowers lying about their income",
        "how many unusual transactions of each type",
    ],
)
def test_what_narrows_is_never_passed_over(question: str) -> None:
    assert isinstance(read(question), NotUnderstood)


def test_a_number_is_asked_for_across_the_words_that_narrow_it() -> None:
    found = read("how many self employed customers in Pune spent over 2 lakh in June 2026")
    assert isinstance(found, Understood)
    assert found.frames[0].each is not None
    assert found.frames[0].each.statistic == "count"


def test_a_question_to_the_documents_says_which_word_it_did_not_know() -> None:
    found = read("must a lender tell a zygote how it was scored")
    assert isinstance(found, Understood)
    assert [(frame.intent, found.unread) for frame in found.frames] == [("knowledge", ("zygote",))]


@pytest.mark.parametrize(
    ("question", "over", "earlier", "later"),
    [
        ("how many borrowers slipped from medium into high or very high between March and June 2026", "customer_id",
         ("medium",), ("high", "very high")),
        ("how many loans rolled from SMA-0 to SMA-1 in June 2026", "loan_id", ("SMA-0",), ("SMA-1",)),
    ],
)  # fmt: skip
def test_a_move_is_read_as_those_of_one_group_then_who_are_of_another_now(
    question: str, over: str, earlier: tuple[str, ...], later: tuple[str, ...]
) -> None:
    found = read(question)
    assert isinstance(found, Understood)
    (frame,) = found.frames
    (who,) = frame.who
    now = [f.value if isinstance(f.value, tuple) else (f.value,) for f in frame.filters]
    before = [f.value if isinstance(f.value, tuple) else (f.value,) for f in who.filters]
    assert (who.over, before, now) == (over, [earlier], [later])
    assert who.period is not None
    assert frame.period is not None
    assert who.period.end <= frame.period.start


def test_other_words_are_read_as_the_known_ones_and_told() -> None:
    found = read("what did folks cough up on fuel in June 2026")
    assert isinstance(found, Understood)
    assert found.mended == {"folks": "customers", "cough up": "spend"}
    assert found.frames[0].metrics == ("spend",)
