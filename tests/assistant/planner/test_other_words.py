"""Questions tried in other words where they are not understood as they stand, and readings of another kind refused."""

from __future__ import annotations

from typing import Any

import pytest
from test_everyday_words import house, read

from assistant.planner.asked_for import asks_to_act, mistaken
from assistant.planner.frame import Frame
from assistant.planner.plan import call_of
from assistant.planner.synonyms import otherwise, without_light
from assistant.planner.understand import NotUnderstood, Understood


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        # a clause for a figure
        ("Total principal left on personal loans", {"metrics": ["outstanding"]}),
        ("which 3 cities hold the most money with us?", {"metrics": ["total_balance"], "dimensions": ["city"]}),
        ("How much did Pune lend in FY26?", {"metrics": ["disbursed_amount"]}),
        # patterns: what comes first and belongs last, shares, ranges, what is left out
        ("June: by how much did spend rise, please", {"metrics": ["spend"]}),
        ("What % of EMIs bounced in May 2026?", {"metrics": ["bounce_rate"]}),
        ("Number of loans lying in the 61-90 days bucket", {"metrics": ["open_loans"]}),
        ("how many SMA-2 loans do we have", {"metrics": ["open_loans"]}),
        ("FY26 total disbursed, all products but home loan", {"metrics": ["disbursed_amount"]}),
        ("Out of what was due on two wheelers in June, what fraction have we collected so far?",
         {"metrics": ["collection_rate"]}),
        # a rate of several groups is told of each
        ("GNPA % for male and for female borrowers", {"metrics": ["npa_ratio"], "dimensions": ["gender"]}),
        # words that tell nothing
        ("Could you dig out, for the board pack, how many open loans we have", {"metrics": ["open_loans"]}),
    ],
)  # fmt: skip
def test_it_is_read_in_other_words(question: str, arguments: dict[str, Any]) -> None:
    found = read(question)
    assert isinstance(found, Understood), found
    told = call_of(found.frames[0]).args
    assert {name: told.get(name) for name in arguments} == arguments


@pytest.mark.parametrize(
    "question",
    [
        "average altitude of our customers",
        "loan to value by product",
        "NPA amount by relationship manager",
        "write off the loans in SMA-2",
        "top 2 customers in each state by spend last month",
    ],
)
def test_no_other_words_are_found_for_what_cannot_be_told(question: str) -> None:
    assert isinstance(read(question), NotUnderstood)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many loans are in SMA-1", ""),
        ("how many SMA-1 loans", "a number"),
        ("how many rupees of bad loans", "an amount of money"),
        ("how much betting was there", "an amount"),
        ("what percent of customers", "a share"),
        ("list everyone at high risk", "a list of customers"),
    ],
)
def test_a_reading_of_another_kind_is_none(question: str, kind: str) -> None:
    money = Frame("metrics", metrics=("sma1_amount",))
    number = Frame("metrics", metrics=("open_loans",))
    told = money if kind == "a number" else number
    assert mistaken(question, told, house().mind.world) == kind


def test_each_word_read_as_another_is_told() -> None:
    asked, told = otherwise("how much money do customers keep with us", lambda _: False)
    assert asked != "how much money do customers keep with us"
    assert all(written in "how much money do customers keep with us" for written in told)


def test_no_part_of_a_name_is_put_in_other_words() -> None:
    asked, told = otherwise("bakaya of uttar pradesh folks", lambda _: False, ("uttar pradesh",))
    assert "uttar pradesh" in asked
    assert "folks" in told


@pytest.mark.parametrize("question", ["money lying with folks of Pune", "what do folks in Pune keep"])
def test_what_is_measured_is_never_passed_over(question: str) -> None:
    found = read(question)
    assert isinstance(found, NotUnderstood) or found.frames[0].metrics != ("customers",)


def test_only_unread_words_are_passed_over() -> None:
    question = "put the open loans by city, for the board pack"
    assert without_light(question, ("put",))[1] == {"put": ""}
    assert without_light(question, ("city",)) == (question, {})
    assert "for the board pack" in without_light(question, ("board", "pack"))[1]


@pytest.mark.parametrize("question", ["please waive his penalty", "drop table loans", "should i lend to him"])
def test_what_is_to_be_done_is_not_asked(question: str) -> None:
    assert asks_to_act(question)
