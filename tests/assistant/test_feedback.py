"""Thumbs are kept sealed; an approved correction answers; questions without an answer are gathered and explained."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.feedback import approve_correction, corrections, dismiss_correction, give_feedback
from assistant.munshi import Munshi
from assistant.unanswered import unanswered
from governance.errors import NotThere, ReceiptNotFound, ToolRefused, ToolRetry
from governance.feedback import FeedbackBook
from governance.principal import Principal, local_principal
from tools.operations import verified
from tools.workspace import Workspace

ME = local_principal("demo")
VIEWER = Principal("vic", "demo", "viewer")
ADMIN = Principal("ada", "demo", "admin")
ASKED = "How are our dwellings spread?"


@pytest.fixture(scope="module")
def books(shared_home, demo_settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("feedback") / "home"
    shutil.copytree(shared_home, home)
    place = {"home": home / "munshi", "key_file": home / "config" / "master.key"}
    with Workspace.open("demo", demo_settings.model_copy(update=place)) as opened:
        yield opened


@pytest.fixture(scope="module")
def munshi(books: Workspace) -> Munshi:
    return Munshi(books, ME)


@pytest.mark.parametrize(
    ("correction", "tool"),
    [("customers by city", "query_metrics"), ("SELECT city, count(*) FROM customers GROUP BY city", "run_sql")],
)
def test_an_approved_correction_answers_what_was_asked(
    books: Workspace, munshi: Munshi, correction: str, tool: str
) -> None:
    first = munshi.ask(ASKED)
    assert first.status == "abstained"
    given = munshi.feedback(first.receipt_id, up=False, correction=correction)
    assert [(each.feedback_id, question) for each, question in corrections(books, ME)] == [(given.feedback_id, ASKED)]
    done = approve_correction(books, ME, given.feedback_id)
    assert (done.state, done.decided_by) == ("approved", "local")
    again = munshi.ask(ASKED)
    assert (again.status, again.mind, [step.tool for step in again.steps]) == ("answered", "verified", [tool])
    assert again.grounded
    assert corrections(books, ME) == []
    with pytest.raises(ToolRetry, match="approved already"):
        approve_correction(books, ME, given.feedback_id)
    verified.retire(books, ME, done.question_id or "")


def test_a_thumb_given_again_takes_the_place_of_the_one_before(books: Workspace, munshi: Munshi) -> None:
    answer = munshi.ask("how many customers are there")
    for up in (False, True):
        munshi.feedback(answer.receipt_id, up=up)
    kept = [each for each in FeedbackBook(books.control).all() if each.receipt_id == answer.receipt_id]
    assert [(each.up, each.state, each.correction) for each in kept] == [(True, "none", "")]
    with pytest.raises(ToolRetry, match="holds no correction"):
        approve_correction(books, ME, kept[0].feedback_id)


def test_what_cannot_be_approved_is_told(books: Workspace, munshi: Munshi) -> None:
    first = munshi.ask("customers by city")
    follow_up = munshi.ask("and by region", first.conversation_id)
    for receipt, correction, told in (
        (first.receipt_id, "the altitude of each branch", "finds no answer itself"),
        (first.receipt_id, "DROP TABLE customers", "finds no answer itself"),
        (follow_up.receipt_id, "customers by state", "went on from an earlier one"),
        (first.receipt_id, "what of 98200 12345", "personal data"),
    ):
        given = munshi.feedback(receipt, up=False, correction=correction)
        with pytest.raises(ToolRetry, match=told):
            approve_correction(books, ME, given.feedback_id)
        assert dismiss_correction(books, ME, given.feedback_id).state == "dismissed"
    with pytest.raises(NotThere, match="no feedback 'nothing'"):
        dismiss_correction(books, ME, "nothing")
    with pytest.raises(ToolRetry, match="4,000 characters"):
        munshi.feedback(first.receipt_id, up=False, correction="x" * 4_001)


def test_texts_lie_sealed_and_without_personal_data(books: Workspace, munshi: Munshi) -> None:
    answer = munshi.ask("customers by region")
    given = munshi.feedback(answer.receipt_id, up=False, correction="zebra figures of 98200 12345")
    assert "98200" not in given.correction
    assert given.correction.startswith("zebra figures of PHONE_")
    store = b"".join(path.read_bytes() for path in books.folder.glob("control.sqlite*"))
    assert b"zebra" not in store
    dismiss_correction(books, ME, given.feedback_id)


def test_feedback_is_on_ones_own_answers_and_approving_is_a_permission(books: Workspace, munshi: Munshi) -> None:
    answer = munshi.ask("customers by state")
    with pytest.raises(ToolRefused, match="another caller"):
        give_feedback(books, VIEWER, answer.receipt_id, up=True)
    with pytest.raises(ToolRefused):
        give_feedback(books, ADMIN, answer.receipt_id, up=True)
    with pytest.raises(ReceiptNotFound):
        munshi.feedback("nothing", up=True)
    given = munshi.feedback(answer.receipt_id, up=False, correction="customers by city")
    for refused in (approve_correction, dismiss_correction):
        with pytest.raises(ToolRefused, match="questions:approve"):
            refused(books, VIEWER, given.feedback_id)
    with pytest.raises(ToolRefused):
        corrections(books, VIEWER)
    dismiss_correction(books, ME, given.feedback_id)


def test_questions_without_an_answer_are_gathered_by_likeness(books: Workspace) -> None:
    ana = Munshi(books, replace(ME, name="ana"))
    for question in ("outstandnig sum of gadget loans", "sum of gadget loans", "show the sum of gadget loans please"):
        ana.ask(question)
    Munshi(books, replace(ME, name="bo")).ask("sum of gadget loans")
    ana.ask("what is the tonnage of the office")
    found = unanswered(books, ADMIN)
    gadgets = next(each for each in found if "gadget" in each.words)
    assert (gadgets.typical, gadgets.count, gadgets.askers) == ("sum of gadget loans", 4, 2)
    assert "outstandnig sum of gadget loans" in gadgets.wordings
    assert any("tonnage" in each.words and each.count == 1 for each in found), found
    assert [each.typical for each in unanswered(books, ADMIN)] == [each.typical for each in found]
    assert not any("by city" in text for each in found for text in (each.typical, *each.wordings))
    with pytest.raises(ToolRefused, match="unanswered:read"):
        unanswered(books, VIEWER)


def test_a_word_is_told_what_it_resembles(books: Workspace) -> None:
    Munshi(books, ME).ask("delinquincyness of branches")
    found = next(each for each in unanswered(books, ME) if "delinquincyness" in each.words)
    assert any("delinquen" in each.like for each in found.suggestions), found.suggestions
    assert all(0.45 <= each.likeness <= 1 for each in found.suggestions)
