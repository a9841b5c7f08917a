"""What kind of answer a question wants, and which texts hold one."""

from __future__ import annotations

import pytest

from knowledge.answer_kinds import wanted
from knowledge.documents import document_from_markdown
from knowledge.retrieve import Retriever


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("how long do we keep consent records", "duration"),
        ("within how many hours must a breach be told", "duration"),
        ("for how many working days is it open", "duration"),
        ("what is the retention period of logs", "duration"),
        ("how many reasons are given", "number"),
        ("how much is the cap", "number"),
        ("by when do we have to move", "date"),
        ("what is the deadline", "date"),
        ("from what date do the rules apply", "day"),
        ("kis tareekh ko NPA banega", "day"),
        ("for what duration are logs kept", "duration"),
        ("which paragraph says so", "reference"),
        ("how is consent enforced", None),
        ("may we keep it", None),
    ],
)
def test_the_form_of_a_question_tells_what_it_wants(question: str, kind: str | None) -> None:
    found = wanted(question)
    assert (found.kind.name if found else None) == kind


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("how long is it kept", "It is kept for at least one year.", True),
        ("how long is it kept", "Kept seven working days.", True),
        ("how soon must it be told", "It is told without delay.", True),
        ("how long is it kept", "Each consent is a row with purpose, time, expiry and revocation.", False),
        ("how long is it kept", "See paragraph 12 of the directions.", False),
        ("how many reasons are given", "At most four reasons are given.", True),
        ("how many reasons are given", "Four people decide. Reasons are given.", False),
        ("how much is the cap", "The cap is 5 %.", True),
        ("by when do we have to move", "The directions take effect on 1 April 2027.", True),
        ("by when do we have to move", "This is a management figure.", False),
        ("by when do we have to move", "Losses over twelve months.", False),
        ("by when must it be told", "Within 72 hours.", True),
        ("from what date do they apply", "They apply within 30 days.", False),
        ("on which date does it become NPA", "It does on 29 June.", True),
        ("which paragraph says so", "It is said somewhere.", False),
    ],
)
def test_a_text_holds_the_answer_or_does_not(question: str, text: str, held: bool) -> None:
    found = wanted(question)
    assert found is not None
    assert found.held_by(text) is held


class Notes:
    """Three sections on one thing, one of which says how long."""

    def passages(self):
        front = "---\nid: notes\ntitle: Notes\nkind: product\nstatus: in force\nsource: us\n---\n"
        sections = (
            "## Vault keys\nVault keys are kept by the manager.\n## Vault logs\nVault logs are kept for 90 days.\n"
        )
        return document_from_markdown(front + sections).passages

    def version(self) -> str:
        return "1"


def test_a_passage_without_a_duration_does_not_answer_how_long() -> None:
    notes = Retriever("answer kinds", Notes())
    assert notes.search("who keeps the vault keys")[0].passage.section == "Vault keys"
    assert [hit.passage.section for hit in notes.search("how long are vault logs kept")] == ["Vault logs"]
    assert notes.search("how long do we keep the keys of the manager") == []
