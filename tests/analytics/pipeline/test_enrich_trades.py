"""Trades by their words and by their letters: names nobody knows, people, what disputes, what abstains."""

from __future__ import annotations

import pytest

from analytics.pipeline.enrichment import learned
from analytics.pipeline.enrichment.directory import declared, directory_of, merchants
from analytics.pipeline.enrichment.forms import read
from analytics.pipeline.enrichment.parties import by_rule
from analytics.pipeline.enrichment.people import person
from analytics.pipeline.enrichment.trades import DISPUTED, phrases, trade_of, trade_of_cut, trade_of_glued
from benchmarks.names_elsewhere import NAMES, PEOPLE

#: Name → the word that tells its trade, or None.
TOLD = {
    "NEW MEDICAL COLLEGE": "medical college",
    "SCHOOL ROAD": None,
    "SAI TEXTILES AND JEWELLERS": "jewellers",
    "MEDICALS & GENERAL STORES": "medicals",
    "B&B BAKERS": "bakers",
    "PATH LAB": "path lab",
    "SCHOOLING": None,
    "": None,
}


@pytest.mark.parametrize("name", TOLD)
def test_the_word_that_tells(name: str) -> None:
    trade = trade_of(name)
    assert (trade.word if trade else None) == TOLD[name]


def test_a_second_trade_costs_confidence() -> None:
    alone, disputed = trade_of("CITY CANTEEN"), trade_of("CITY HOSPITAL CANTEEN")
    assert alone
    assert disputed
    assert disputed.confidence == pytest.approx(alone.confidence * DISPUTED)


def test_a_cut_word_tells_where_one_trade_begins_so() -> None:
    textiles, either, short = (trade_of_cut(name) for name in ("NEW INDIA TEXTI", "NEW INDIA ELECTR", "NEW INDIA TEX"))
    assert textiles
    assert textiles.category == "shopping"
    assert (either, short) == (None, None)


def test_a_word_written_together_tells_at_the_end_only() -> None:
    found = trade_of_glued("balajimedicals")
    assert found
    assert found.category == "health"
    assert trade_of_glued("medicals") is None
    assert trade_of_glued("garagepreneurs") is None


def test_every_phrase_is_told_by_itself() -> None:
    assert {trade_of(trade.word) for trade in phrases().values()} == set(phrases().values())


def test_no_trade_word_is_a_name_of_people() -> None:
    people = read("people")
    assert not {trade.word for trade in phrases().values()} & {*people["given"], *people["family"]}


def test_shops_that_no_table_names_are_told_by_their_words() -> None:
    """Of names whose merchant is unknown to the house, at least so many are told, and of those so many rightly."""
    nobody = directory_of([])
    unknown = [
        (name, category)
        for category, names in NAMES.items()
        for name in names
        if by_rule(name, "", declared()).merchant is None
    ]
    told = [(category, by_rule(name, "", nobody).category) for name, category in unknown]
    answered = [(truth, found) for truth, found in told if found]
    assert len(unknown) >= 60
    assert len(answered) >= 0.8 * len(unknown)
    assert sum(truth == found for truth, found in answered) >= 0.9 * len(answered)


@pytest.mark.parametrize("spelled", [str, str.lower, str.title])
def test_people_are_no_merchants(spelled: type[str]) -> None:
    found = [by_rule(spelled(name), "", declared()) for name in PEOPLE]
    assert not [name for name, party in zip(PEOPLE, found, strict=True) if party.kind == "merchant"]
    assert sum(party.kind == "person" for party in found) >= 0.8 * len(PEOPLE)


def test_a_business_is_no_person() -> None:
    assert person("RAMESH KUMAR") > 0
    assert person("RAMESH KUMAR ENTERPRISES") == 0
    assert person("QWXZ KARAN") == 0


def test_letters_tell_only_what_is_sure() -> None:
    known = frozenset(declared().names)
    guesses = learned.trades(["XQZT WVK", "LALRINPUII", ""], known)
    assert [guess[:2] for guess in guesses] == [("", "")] * 3
    assert all(0 <= guess[2] < learned.WANTED for guess in guesses)
    sure = learned.trades([str(party.merchant) for party, _ in merchants()], known)
    assert {guess[2] >= learned.WANTED for guess in sure if guess[0]} == {True}


def test_from_few_lessons_nothing_is_said() -> None:
    assert learned.trades(["SWIGGY"], frozenset(("swiggy",)))[0][:2] == ("", "")
