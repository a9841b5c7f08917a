"""Embeddings of an operator's choice: what is sent, what comes back, and what stands in where nothing does."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from embedding_server import EmbeddingServer, embedding_server
from test_retrieve import shelf

from governance.errors import ConfigurationError
from knowledge import retrieve
from knowledge.embedders import Embedder, embedder
from knowledge.retrieve import Retriever

TEXTS = ("The motor car of the branch is kept in the yard.", "The keys of the yard are kept in the branch.")
QUESTION = "where is the motor car of the branch kept"


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with embedding_server(("car", "automobile"), ("key",)) as found:
        yield found


def outside(server: EmbeddingServer, hide=str) -> Embedder:
    found = embedder("openai:wise", server.url, "the-key", hide)
    assert found is not None
    return found


def test_passages_and_question_go_to_the_endpoint_once(server: EmbeddingServer) -> None:
    notes = Retriever("by endpoint", shelf(*TEXTS), outside(server))
    assert notes.search(QUESTION)[0].passage.text == TEXTS[0]
    assert notes.notes == ()
    assert (len(server.texts), set(server.keys)) == (3, {"Bearer the-key"})
    assert Retriever("by endpoint, again", shelf(*TEXTS), outside(server)).search(QUESTION)
    assert len(server.texts) == 3


def test_meaning_outweighs_likeness_of_words(server: EmbeddingServer) -> None:
    by_meaning = outside(server).vectors(["an automobile", "a car", "a key"])
    assert by_meaning[0] @ by_meaning[1] == pytest.approx(1)
    assert by_meaning[0] @ by_meaning[2] < 0.01


def test_personal_data_is_hidden_before_it_leaves(server: EmbeddingServer) -> None:
    outside(server, lambda text: text.replace("Asha Rao", "NAME_1")).vectors(["where does Asha Rao live"])
    assert server.texts == ["where does NAME_1 live"]


@pytest.mark.parametrize(
    ("status", "raw", "told"),
    [(500, "", "answered 500"), (200, "no json", "no vectors"), (200, '{"data": []}', "no vectors"),
     (200, '{"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}', "no vectors")],
)  # fmt: skip
def test_where_it_fails_the_built_in_embedding_stands_in_and_says_so(
    server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch, status: int, raw: str, told: str
) -> None:
    server.status, server.raw = status, raw
    notes = Retriever(f"failing {told} {raw}", shelf(*TEXTS), outside(server))
    assert notes.search("where are the keys of the yard")[0].passage.text == TEXTS[1]
    assert told in notes.notes[0]
    assert "built-in" in notes.notes[0]
    server.status, server.raw = 200, ""
    assert notes.search("where are the keys")
    assert notes.notes, "it is not asked again at once"
    monkeypatch.setattr(retrieve, "AGAIN_AFTER", 0.0)
    assert notes.search("where are the keys")
    assert notes.notes == ()


def test_a_question_that_finds_the_endpoint_gone_is_answered_too(server: EmbeddingServer) -> None:
    notes = Retriever("gone", shelf(*TEXTS), outside(server))
    assert notes.search("where is the motor car kept")
    server.status = 503
    assert notes.search("which keys are of the yard")[0].passage.text == TEXTS[1]
    assert "answered 503" in notes.notes[0]


@pytest.mark.parametrize("setting", ["openai", "openai:", "cohere:x", ""])
def test_what_is_no_embedding_is_told(setting: str) -> None:
    with pytest.raises(ConfigurationError, match="it may be built-in, openai:MODEL"):
        embedder(setting, "", "", str)


def test_a_package_that_is_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'munshi\[minilm\]'"):
        embedder("sentence-transformers:small", "", "", str)
    assert embedder("built-in", "", "", str) is None
