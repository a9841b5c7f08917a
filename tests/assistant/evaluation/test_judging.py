"""What counts as a right answer, and what the counts come to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from assistant.answer import Answer, Step
from assistant.evaluation.figures import Share, by_kind, figures
from assistant.evaluation.golden import Golden, GoldenFile, load_otherwise, on_books
from assistant.evaluation.judge import Judged, judge
from assistant.evaluation.rows import holds_rows
from tools.result import Column, Source, Table

GOLDEN = Path(__file__).parents[2] / "golden" / "questions"


def answer(*rows: tuple[Any, ...], status: str = "answered", **more: Any) -> Answer:
    columns = tuple(Column(name=f"c{place}", label="") for place in range(len(rows[0]) if rows else 0))
    table = Table(columns=columns, rows=rows) if rows else None
    return Answer(receipt_id="r", question="q", text=more.pop("text", ""), table=table, status=status, **more)


@pytest.mark.parametrize(
    ("shown", "wanted", "ordered", "right"),
    [
        ([(1, "a"), (2, "b")], [("b",), ("a",)], False, True),
        ([(1, "a"), (2, "b")], [("b",), ("a",)], True, False),
        ([("a", Decimal("100.00"))], [("a", 100.001)], False, True),
        ([("a", Decimal("100.00"))], [("a", 101.0)], False, False),
        ([("a", Decimal("3.13"))], [("a", 3.125)], False, True),
        ([("a", Decimal("3.14"))], [("a", 3.125)], False, False),
        ([("a", 3.13)], [("a", 3.125)], False, False),
        ([("7542", 1)], [(7542, 1)], False, True),
        ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)], False, False),
        ([("a", 1), ("b", 2)], [("a", 1)], False, False),
        ([(0.1, 0.2)], [(0.2,)], False, True),
        ([(None,)], [(None,)], False, True),
        ([], [], False, True),
    ],
)
def test_a_table_holds_the_true_rows(shown: Any, wanted: Any, ordered: bool, right: bool) -> None:
    assert (holds_rows(shown, wanted, ordered=ordered, tolerance=1e-4) == "") is right


@pytest.mark.parametrize(
    ("golden", "given", "verdict"),
    [
        ({"sql": "SELECT 1"}, answer((1,)), "right"),
        ({"sql": "SELECT 1"}, answer((2,)), "wrong"),
        ({"sql": "SELECT 1"}, answer(status="abstained"), "declined"),
        ({"decline": True}, answer(status="abstained"), "right"),
        ({"decline": True}, answer((1,)), "wrong"),
        ({"says": "61 to 90"}, answer(text="SMA-2: 61 to 90 days"), "right"),
        ({"says": "61"}, answer(text="no days"), "wrong"),
        ({"tool": "t", "customer": "C_1"}, answer(steps=(Step(tool="t", args={"customer_id": "C_1"}, ms=1),)), "right"),
        ({"customer": "C_1"}, answer(steps=(Step(tool="t", args={"customer_id": "C_2"}, ms=1),)), "wrong"),
        ({"source": "d#s"}, answer(sources=(Source(id="d#s", title="", section="", status="", quote=""),)), "right"),
        ({"source": ["d#s", "d#t"]}, answer(), "wrong"),
    ],
)
def test_verdicts(golden: dict[str, Any], given: Answer, verdict: str) -> None:
    question = Golden.model_validate({"ask": "q", "kind": "k", **golden})
    assert judge(question, given, lambda _: [(1,)]).verdict == verdict


def test_a_wrong_answer_costs_precision_and_a_decline_does_not() -> None:
    asked = Golden(ask="q", kind="k", sql=("SELECT 1",))
    trap = Golden(ask="q", kind="decline", decline=True)
    judged = [Judged(asked, "right"), Judged(asked, "declined"), Judged(trap, "right"), Judged(trap, "wrong", "…")]
    found = figures(judged)
    assert (found.accuracy, found.precision, found.declined) == (Share(1, 2), Share(1, 2), Share(1, 2))
    assert by_kind(judged) == {"k": (Share(1, 2), 0, 1), "decline": (Share(1, 2), 1, 0)}


def test_intervals_are_wilsons() -> None:
    low, high = Share(81, 263).interval
    assert (low, high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert Share(0, 0).interval == (0.0, 1.0)


def test_tables_of_golds_are_those_of_the_books() -> None:
    assert on_books("select 1 from core.loans join scores.latest") == (
        "select 1 from books.core.loans join books.scores.latest"
    )


def test_a_question_without_a_truth_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs either what is true"):
        Golden(ask="q")


def test_the_golden_questions_are_many_and_of_many_kinds() -> None:
    halves = [file for half in ("dev", "test") for file in (GOLDEN / half).glob("*.yaml")]
    files = [GoldenFile.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in halves]
    questions = [one for file in files for question in file.questions for one in (question, *question.then)]
    kinds = {question.kind for question in questions}
    assert len(questions) >= 300
    assert len(kinds) >= 15
    assert sum(question.kind == "follow-up" for question in questions) >= 40
    assert sum(question.decline for question in questions) >= 40


def test_what_is_said_otherwise_has_the_gold_of_what_it_says() -> None:
    said = load_otherwise(GOLDEN / "said_otherwise", GOLDEN / "dev", lambda _: [("C_0000",)])
    assert len(said) >= 1_000
    assert not any(question.then or question.decline for question in said)
    assert any("C_0000" in question.ask for question in said)
