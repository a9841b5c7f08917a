from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from knowledge.documents import Passage, document_from_markdown, load_documents
from knowledge.embedding import Embedding
from knowledge.lexical import Lexicon, asked, everyday, said_for, words
from knowledge.retrieve import Retriever

HERE = Path(__file__).parent
QUESTIONS = yaml.safe_load((HERE / "questions.yaml").read_text("utf-8"))
OFF_TOPIC = yaml.safe_load((HERE / "off_topic.yaml").read_text("utf-8"))


class Shelf:
    """A `PassageStore` in memory that counts its readings."""

    def __init__(self, passages: list[Passage], version: str = "1") -> None:
        self.kept, self.at, self.readings = passages, version, 0

    def passages(self) -> list[Passage]:
        self.readings += 1
        return self.kept

    def version(self) -> str:
        return self.at


def shelf(*texts: str, status: str = "in force") -> Shelf:
    front = f"---\nid: notes\ntitle: Notes\nkind: product\nstatus: {status}\nsource: us\n---\n"
    sections = "\n".join(f"## Note {number}\n{text}" for number, text in enumerate(texts))
    return Shelf(list(document_from_markdown(front + sections).passages) if texts else [])


@pytest.fixture(scope="module")
def library() -> Retriever:
    return Retriever("library", Shelf([passage for document in load_documents() for passage in document.passages]))


def test_natural_questions_find_their_document(library):
    found = {
        question: {hit.passage.document_id for hit in library.search(question, limit=3)} for question, _ in QUESTIONS
    }
    missed = [question for question, document in QUESTIONS if document not in found[question]]
    assert len(QUESTIONS) >= 30
    assert len(missed) <= len(QUESTIONS) // 10, missed


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_what_no_document_answers_is_not_answered(library, question):
    assert library.search(question) == []


@pytest.mark.parametrize("question", ["", "?!", "what is the", "…"])
def test_a_question_without_words_finds_nothing(library, question):
    assert library.search(question) == []


def test_what_holds_today_comes_first(library):
    statuses = [hit.passage.status for hit in library.search("how long is the cooling-off period for a digital loan?")]
    assert statuses[0] == "in force"
    assert "superseded" in statuses


def test_a_question_about_the_past_finds_the_past(library):
    first = library.search("what was the earlier cooling-off rule of three days, since superseded?")[0].passage
    assert (first.document_id, first.status) == ("rbi-cooling-off-2022", "superseded")


def test_hits_tell_what_matched(library):
    hit = library.search("may we keep this data abroad?")[0]
    assert hit.passage.id == "rbi-digital-lending#where-borrowers-data-may-be-kept"
    assert "abroad" in hit.matched
    assert 0.9 < hit.score <= 1


def test_a_slip_of_the_pen_is_forgiven(library):
    assert (
        library.search("how long is the coolling off peroid")[0].passage.id == "rbi-digital-lending#cooling-off-period"
    )


def test_the_same_question_finds_the_same(library):
    runs = [
        [(hit.passage.id, hit.score) for hit in library.search("what is expected loss", limit=20)] for _ in range(3)
    ]
    assert runs[0] == runs[1] == runs[2]


def test_one_tenants_passage_never_answers_another():
    ours = Retriever("ours", shelf("The vault code of the Pune branch is kept by the zebra keeper."))
    theirs = Retriever("theirs", shelf("Holidays are listed on the notice board.", "Tea is served at four."))
    assert ours.search("who keeps the vault code")
    assert theirs.search("who keeps the vault code") == []
    assert theirs.search("when is tea served")[0].passage.text == "Tea is served at four."
    assert ours.search("when is tea served") == []


def test_an_empty_shelf_answers_nothing():
    assert Retriever("empty", shelf()).search("anything at all") == []


def test_passages_are_read_again_only_when_they_changed():
    notes = shelf("The canteen opens at nine.")
    for _ in range(3):
        assert Retriever("canteen", notes).search("when does the canteen open")
    assert notes.readings == 1
    notes.kept, notes.at = shelf("The library opens at ten.").kept, "2"
    assert Retriever("canteen", notes).search("when does the canteen open") == []
    assert notes.readings == 2


def test_words_lose_endings_and_keep_numbers():
    assert words("Storing the stored stories; SMA-2, in the U.S. as of 72 hours") == [
        "stor", "stor", "story", "sma", "2", "usa", "asof", "72", "hour", "sma2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("what is EL", "what is expected loss"),
        ("PAR 30 of the book", "portfolio at risk 30 of the book"),
        ("backing up the books", "backup of the books"),
        ("the date of 31st March", "the date of 31 March"),
        ("how should we handle dues that remain unpaid", "dues unpaid"),
    ],
)
def test_what_is_said_another_way_has_the_same_words(said: str, means: str) -> None:
    assert asked(said) == asked(means)


def test_words_of_every_day_are_asked_about_where_there_are_no_others():
    assert asked("what is meant by duration") == words("duration")
    assert asked("for what duration are logs kept") == words("logs kept")


def test_a_word_weighs_what_it_is_said_for():
    lexicon = Lexicon(["partner of the borrower", "loan", "loan", "loan", "loan"])
    assert lexicon.match("vendor of the borrower").coverage[0] == pytest.approx(1.0, abs=0.15)
    assert lexicon.match("zorbits of the borrower").coverage[0] < 0.5


def test_a_family_is_known_by_one_of_its_words():
    assert "phonebook" in said_for({"contacts"})
    assert "phonebook" not in said_for({"zebra"})
    assert not {"consent", "npa", "deadline", "not", "never"} & everyday()


def test_rare_words_weigh_more():
    lexicon = Lexicon(["loan loan loan", "loan bank", "loan zebra"])
    assert lexicon.rarity("zebra") > lexicon.rarity("loan")
    match = lexicon.match("zebra loan")
    assert match.scores.argmax() == 2
    assert match.coverage[2] == 1
    assert match.matched == {0: ("loan",), 1: ("loan",), 2: ("zebra", "loan")}


def test_vectors_have_length_one_and_likeness():
    texts = ["collection of instalments", "collecting an instalment", "weather in the mountains"]
    vectors = Embedding(texts).vectors([*texts, ""])
    likeness = vectors @ vectors[0]
    assert likeness[0] == pytest.approx(1)
    assert likeness[1] > 0.3 > 0.2 > likeness[2]
    assert not vectors[3].any()
    assert (Embedding(texts).vectors(texts) == vectors[:3]).all()


def test_importing_loads_nothing_heavy():
    light = "knowledge.vocabulary, knowledge.compile, knowledge.documents, knowledge.retrieve"
    heavy = {"chromadb", "sklearn", "bm25s", "numpy", "pandas", "ibis", "sqlglot", "rapidfuzz"}
    script = f"import sys, {light}; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=HERE.parents[1]
    )
    assert done.stdout.strip() == ""


def test_only_the_index_knows_the_vector_store():
    package = HERE.parents[1] / "knowledge"
    assert [path.name for path in package.rglob("*.py") if "import chromadb" in path.read_text("utf-8")] == ["index.py"]
