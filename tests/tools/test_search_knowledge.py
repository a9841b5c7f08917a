"""Passages found are passages kept, with status and dates; where nothing matches, nothing is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance.errors import ToolRetry
from governance.settings import Settings
from tools.toolbox import Toolbox


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def test_a_passage_found_is_the_passage_kept(toolbox: Toolbox) -> None:
    found = toolbox.search_knowledge(question="When is a loan an NPA?")
    rows = toolbox.workspace.query(toolbox.principal, "FROM books.knowledge.passages").dicts()
    kept = {row["passage_id"]: row for row in rows}
    assert 1 <= len(found.sources) == found.facts["passages"].value <= 5
    for source in found.sources:
        row = kept[source.id]
        assert (source.quote, source.title, source.section) == (row["text"], row["title"], row["section"])
        assert (source.status, source.effective_from) == (row["status"], row["effective_from"])


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("When is a loan classified as NPA?", "rbi-asset-classification"),
        ("which table holds logins and app opens", "canonical-schema"),
        ("how good is the credit model out of time", "model-card-credit"),
        ("may the digital lender look at contacts on the phone", "rbi-digital-lending"),
    ],
)
def test_the_document_that_answers_is_among_the_first(toolbox: Toolbox, question: str, document: str) -> None:
    sources = toolbox.search_knowledge(question=question, limit=3).sources
    assert document in {source.id.split("#")[0] for source in sources}


def test_no_more_come_than_were_asked_for(toolbox: Toolbox) -> None:
    assert len(toolbox.search_knowledge(question="credit score of a borrower", limit=1).sources) == 1


@pytest.mark.parametrize("question", ["zebra crossing paint thickness", "qwertyuiop asdfghjkl"])
def test_where_nothing_matches_nothing_is_found(toolbox: Toolbox, question: str) -> None:
    found = toolbox.search_knowledge(question=question)
    assert found.sources == ()
    assert found.warnings == ("The knowledge base has no passage on this.",)


@pytest.mark.parametrize("arguments", [{"question": "x"}, {"question": "x" * 1001}, {"question": "npa", "limit": 21}])
def test_limits_of_a_search_are_told(toolbox: Toolbox, arguments: dict[str, object]) -> None:
    with pytest.raises(ToolRetry, match="search_knowledge: "):
        toolbox.search_knowledge(**arguments)
