"""What is said of a result: first the figure and its definition, and nothing that the result does not hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import results_of_tools as results
import yaml
from planner_world import planner

from assistant.calls import Call
from assistant.evidence import evidence_of, folded_words
from assistant.grounding import ground
from assistant.planner.frame import Frame
from assistant.planner.plan import call_of, frame_of
from assistant.prose.compose import compose
from assistant.prose.knowledge import best_sentences
from knowledge.query import Filter, Order, Period
from knowledge.vocabulary import load_vocabulary
from tools.result import ToolResult

VOCABULARY = load_vocabulary()
GOLDEN: dict[str, str] = yaml.safe_load((Path(__file__).parents[2] / "golden" / "prose.yaml").read_text("utf-8"))
MAY = Period(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
PUNE = (Filter(field="city", value="Pune"),)
MONEY = ("spend", "Spend", "currency")
SPEND = ("Debits in the period, shown positive, without own transfers", "text")

ONE = results.figures([MONEY], [(Decimal(42100000),)], definition_spend=SPEND)
COMPARED = results.figures(
    [("transactions", "Transactions", "count"), ("transactions_previous", "Transactions, before", "count"),
     ("transactions_change", "Transactions, change", "count"),
     ("transactions_growth", "Transactions, growth", "percent")],
    [(412, 398, 14, 14 / 398)],
    definition_transactions=("Postings in the period", "text"),
)  # fmt: skip
BY_CITY = results.figures(
    [("city", "City", "text"), MONEY],
    [("Pune", Decimal(9100000)), ("Surat", Decimal(4300000)), ("Delhi", Decimal(120000))],
    definition_spend=SPEND,
)
BY_MONTH = results.figures(
    [("month", "Month", "date"), MONEY],
    [(dt.date(2026, month, 1), Decimal(amount)) for month, amount in ((3, 500000), (4, 900000), (5, 700000))],
    definition_spend=SPEND,
)
NOTHING = results.figures([MONEY], [(None,)], definition_spend=SPEND)
BY_CITY_COMPARED = results.figures(
    [("city", "City", "text"), MONEY, ("spend_previous", "Spend, before", "currency"),
     ("spend_change", "Spend, change", "currency"), ("spend_growth", "Spend, growth", "percent")],
    [("Pune", Decimal(900), Decimal(700), Decimal(200), 0.2857),
     ("Surat", Decimal(400), Decimal(500), Decimal(-100), -0.2)],
    definition_spend=SPEND,
)  # fmt: skip

CASES: dict[str, tuple[Frame, ToolResult]] = {
    "ranking": (
        Frame("ranking", filters=PUNE, limit=3),
        results.ranking(),
    ),
    "a ranking of all there are": (
        Frame("ranking", limit=100),
        results.ranking(eligible=(3, "count"), excluded_npa=(0, "count"), excluded_written_off=(1, "count")),
    ),
    "an empty ranking": (
        Frame("ranking", filters=PUNE),
        results.ranking(returned=(0, "count"), eligible=(0, "count")),
    ),
    "one figure": (
        Frame("metrics", metrics=("spend",), filters=PUNE, period=MAY),
        ONE,
    ),
    "a comparison": (
        Frame("metrics", metrics=("transactions",), period=MAY, compare_to="previous_period"),
        COMPARED,
    ),
    "groups": (
        Frame("metrics", metrics=("spend",), dimensions=("city",), period=MAY),
        BY_CITY,
    ),
    "groups, the lowest first": (
        Frame("metrics", metrics=("spend",), dimensions=("city",), order=(Order(field="spend", direction="asc"),)),
        BY_CITY,
    ),
    "groups compared": (
        Frame("metrics", metrics=("spend",), dimensions=("city",), period=MAY, compare_to="previous_period"),
        BY_CITY_COMPARED,
    ),
    "a course": (
        Frame("metrics", metrics=("spend",), grain="month"),
        BY_MONTH,
    ),
    "nothing": (
        Frame("metrics", metrics=("spend",), filters=PUNE),
        NOTHING,
    ),
    "profile": (
        Frame("profile", customer="C_4F21"),
        results.profile(),
    ),
    "explanation": (
        Frame("explain", customer="C_4F21"),
        results.explanation(),
    ),
    "what would do": (
        Frame("what_if", customer="C_4F21", under=0.05),
        results.what_if(),
    ),
    "what would not do": (
        Frame("what_if", customer="C_4F21", under=0.03),
        results.what_if(target=(0.03, "percent"), reached=(False, "text")),
    ),
    "what if it were so already": (
        Frame("what_if", customer="C_4F21", changes=(("overdue", 0.0),)),
        results.what_if(target=(None, "percent"), reached=(None, "text"), probability_after=(0.494, "percent"),
                        changes=(1, "count"), change_1=("Days past due of the worst open loan at the as-of", "text"),
                        change_1_before=(0.0, "days"), change_1_after=(0.0, "days")),
    ),
    "under it as it is": (
        Frame("what_if", customer="C_4F21", under=0.6),
        results.what_if(target=(0.6, "percent"), changes=(0, "count")),
    ),
    "a customer beside a cohort": (
        Frame("compare", customer="C_4F21", filters=PUNE),
        results.comparison(),
    ),
    "model card": (
        Frame("model"),
        results.card(),
    ),
    "knowledge": (
        Frame("knowledge", text="how long is the cooling-off period"),
        results.passages(),
    ),
    "status": (
        Frame("status"),
        results.status(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_result_is_told(name: str) -> None:
    assert compose(*CASES[name], VOCABULARY) == GOLDEN[name]


@pytest.mark.parametrize(("frame", "result"), CASES.values(), ids=CASES)
def test_every_sentence_rests_on_the_result(frame: Frame, result: ToolResult) -> None:
    planned = call_of(frame)
    evidence = evidence_of([Call(planned.tool, planned.args, result, result, snapshot=1, ms=1.0)], frame.text)
    declared = [*VOCABULARY.metrics.values(), *VOCABULARY.dimensions.values()]
    words = folded_words(" ".join(f"{each.name} {each.label} {each.description}" for each in declared))
    assert ground(compose(frame, result, VOCABULARY), evidence, vocabulary=lambda: words).dropped == ()


def test_a_model_that_was_not_validated_says_why() -> None:
    result = results.card(auc=(None, "ratio"), not_validated=("too few bads", "text"))
    assert compose(Frame("model"), result, VOCABULARY).startswith(
        "The credit model could not be validated out of time: too few bads."
    )


def test_a_model_that_forecasts_tells_its_errors_beside_the_year_before() -> None:
    errors = {"spend_mase_model": (0.74, "ratio"), "spend_mase_seasonal naive": (1.11, "ratio")}
    told = compose(Frame("model", model="forecast"), results.card(auc=(None, "ratio"), **errors), VOCABULARY)
    assert told.startswith("Scaled error (MASE) of the forecasts: spend 0.74, the year before repeated 1.11.")


def test_what_weighs_most_in_a_model_is_told_the_heaviest_first() -> None:
    result = results.card(top_concept_2=("Income stability", "text"), top_concept_1=("Repayment record", "text"))
    assert "What weighs most: repayment record and income stability." in compose(Frame("model"), result, VOCABULARY)


def test_a_customer_without_a_loan_has_no_score() -> None:
    result = ToolResult(title="Customer C_1", facts=results.facts(city=("Pune", "text")))
    assert "There is no credit score" in compose(Frame("profile", customer="C_1"), result, VOCABULARY)


def test_no_passage_is_said_plainly() -> None:
    told = compose(Frame("knowledge", text="what is x"), ToolResult(title="Passages"), VOCABULARY)
    assert told == "The knowledge base has no passage on this."


def quoted(passage: str, *asked: str) -> str:
    return best_sentences(passage, asked)[0]


def test_the_quoted_sentence_is_the_one_that_answers() -> None:
    passage = "Apples are red. A loan is an NPA when it is overdue for more than 90 days. Pears are green."
    assert quoted(passage, "loan", "npa").startswith("A loan is an NPA when it is overdue for more than 90 days.")


def test_an_item_that_opens_with_the_term_defines_it() -> None:
    passage = "Classes go by days past due:\n\n- SMA-1: 31 to 60\n  days;\n- SMA-2: 61 to 90 days;\n- NPA: more."
    assert quoted(passage, "sma", "2") == "SMA-2: 61 to 90 days; NPA: more."


def test_a_question_in_a_passage_leads_to_its_answer() -> None:
    passage = "Data is stored in India. May it be kept abroad? Copies there are deleted within 24 hours. Logs stay."
    assert quoted(passage, "keep", "kept", "abroad") == "Copies there are deleted within 24 hours. Logs stay."


def test_a_frame_survives_its_call() -> None:
    for frame, _ in CASES.values():
        assert frame_of(call_of(frame)) == frame


def test_the_planner_of_the_tests_speaks_the_real_vocabulary() -> None:
    assert planner().vocabulary == VOCABULARY
