from __future__ import annotations

import datetime as dt
import re

import pytest

from governance.errors import SourceError
from knowledge.documents import DOCUMENTS_FOLDER, LONGEST_PASSAGE, document_from_markdown, load_documents

DOCUMENTS = load_documents()
PASSAGES = [passage for document in DOCUMENTS for passage in document.passages]

FRONT = """---
id: model-card
title: Model card
kind: model
status: draft
effective_from: 2026-01-31
source: the registry
sections:
  Limits: {source: "the registry, part 2", status: in force, effective_from: null}
---
"""


def test_there_are_enough_documents():
    assert len(DOCUMENTS) >= 42
    assert {document.kind for document in DOCUMENTS} == {"compliance", "schema", "product", "model"}


def test_no_two_documents_repeat_a_passage():
    """No run of twelve words stands in two of them."""
    run, seen = 12, {}
    for passage in PASSAGES:
        said = re.findall(r"\w+", passage.text.lower())
        for start in range(len(said) - run + 1):
            words = tuple(said[start : start + run])
            assert seen.setdefault(words, passage.document_id) == passage.document_id, " ".join(words)


def test_every_status_stands_somewhere():
    wanted = {"in force", "superseded", "draft", "withdrawn", "advisory", "not yet in force"}
    assert {passage.status for passage in PASSAGES} == wanted


def test_identifiers_are_unique_and_match_the_file():
    assert len({passage.id for passage in PASSAGES}) == len(PASSAGES)
    assert [document.id for document in DOCUMENTS] == [path.stem for path in sorted(DOCUMENTS_FOLDER.glob("*.md"))]


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage.id)
def test_a_passage_can_be_cited(passage):
    assert passage.source
    assert len(passage.text.split()) <= LONGEST_PASSAGE
    assert passage.id.startswith(f"{passage.document_id}#")
    assert not re.search(r"[-#]$", passage.id)


def test_what_was_not_verified_says_so():
    unverified = [passage for passage in PASSAGES if passage.verified_on is None]
    assert unverified
    assert all("to be verified" in f"{passage.text} {passage.source}".lower() for passage in unverified)


def test_what_no_longer_holds_says_until_when():
    ended = [passage for passage in PASSAGES if passage.status in ("superseded", "withdrawn")]
    assert all(passage.effective_to for passage in ended)
    assert all(passage.effective_from for passage in PASSAGES if passage.status == "not yet in force")


def test_dates_run_forward():
    spans = [(passage.effective_from, passage.effective_to) for passage in PASSAGES]
    assert all(start < end for start, end in spans if start and end)


def test_front_matter_and_sections_are_read():
    document = document_from_markdown(
        f"{FRONT}\nAn opening.\n\n## Purpose & use\n\nOne\ntwo.\n\n- a\n- b\n\n## Limits\nThree.\n"
    )
    first, second = document.passages
    assert (document.id, document.kind, document.status) == ("model-card", "model", "draft")
    assert (first.id, first.section, first.text) == ("model-card#purpose-use", "Purpose & use", "One two.\n\n- a\n- b")
    assert (first.status, first.effective_from, first.source) == ("draft", dt.date(2026, 1, 31), "the registry")
    assert (second.status, second.effective_from, second.source) == ("in force", None, "the registry, part 2")


@pytest.mark.parametrize("joint", [" word.\n\n", " word.\n- ", " word. "], ids=["paragraphs", "lines", "clauses"])
def test_long_sections_are_parted(joint):
    body = joint.join(f"{number} " + "many words here" for number in range(150))
    passages = document_from_markdown(f"{FRONT}## Limits\n{body}").passages
    assert [passage.id for passage in passages[:2]] == ["model-card#limits", "model-card#limits-2"]
    assert all(len(passage.text.split()) <= LONGEST_PASSAGE for passage in passages)
    assert sum(passage.text.count("many") for passage in passages) == 150


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## Just a section\ntext", "begins with front matter"),
        (FRONT.replace("draft", "rumoured") + "## Limits\nx", "malformed"),
        (FRONT.replace("id: model-card", "id: [") + "## Limits\nx", "malformed"),
        (FRONT, "no section 'Limits'"),
        (FRONT.replace("Limits", "Limit") + "## Limits\nx", "Did you mean 'Limits'"),
        (FRONT.replace("in force", "maybe") + "## Limits\nx", "'sections' says of 'Limits'"),
        (FRONT + "## Limits\nx\n## Limits\ny", "the same heading"),
        (FRONT + "## Limits\nx\n## Limits!\ny", "punctuation only"),
        (FRONT[: FRONT.index("sections")] + "---\nno heading", "at least one section"),
    ],
)
def test_a_malformed_document_is_told(text, message):
    with pytest.raises(SourceError, match=re.escape(message)):
        document_from_markdown(text)


def test_a_malformed_file_is_named(tmp_path):
    (tmp_path / "broken.md").write_text("nothing")
    with pytest.raises(SourceError, match=r"broken\.md"):
        load_documents(tmp_path)
