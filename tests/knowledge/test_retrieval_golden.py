"""The golden pairs of retrieval: sections found, what held and what holds told apart, nothing found for nothing."""

from __future__ import annotations

import pytest
from retrieval_figures import GOLDEN, found, mean_reciprocal_rank, recall
from test_retrieve import Shelf

from knowledge.documents import load_documents
from knowledge.retrieve import Retriever

RECALL, RECIPROCAL_RANK, NOTHING = 0.95, 0.8, 0.95


@pytest.fixture(scope="module")
def library() -> Retriever:
    return Retriever("golden", Shelf([passage for document in load_documents() for passage in document.passages]))


def test_the_sections_that_answer_are_shown(library: Retriever) -> None:
    places = found(library, GOLDEN["pairs"])
    missed = [each.question for each in places if not each.place]
    assert len(places) >= 240
    assert recall(places) >= RECALL, missed
    assert mean_reciprocal_rank(places) >= RECIPROCAL_RANK, missed


@pytest.mark.parametrize("pair", GOLDEN["superseded_or_current"], ids=lambda pair: pair[0])
def test_what_holds_and_what_held_are_told_apart(library: Retriever, pair: tuple[str, str]) -> None:
    assert found(library, [pair])[0].place == 1


def test_where_nothing_answers_nothing_is_found(library: Retriever) -> None:
    answered = [question for question in GOLDEN["nothing"] if library.search(question)]
    assert len(GOLDEN["nothing"]) >= 60
    assert 1 - len(answered) / len(GOLDEN["nothing"]) >= NOTHING, answered


def test_the_pairs_name_sections_that_exist() -> None:
    known = {passage.id for document in load_documents() for passage in document.passages}
    pairs = [*GOLDEN["pairs"], *GOLDEN["superseded_or_current"]]
    named = {section for _, listed in pairs for section in ([listed] if isinstance(listed, str) else listed)}
    assert named <= known
