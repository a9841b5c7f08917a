"""What stands in the results is kept, however it is written; what does not is dropped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.calls import Call
from assistant.dates import periods
from assistant.evidence import Evidence, evidence_of
from assistant.figures import figures
from assistant.grounding import ground
from tools.result import Column, Fact, Source, Table, ToolResult

CITIES = Table(
    title="Borrowers by city",
    columns=(
        Column(name="city", label="City"),
        Column(name="borrowers", label="Borrowers", unit="count", type="integer"),
        Column(name="bad_rate", label="Bad rate", unit="percent", type="float"),
        Column(name="exposure", label="Exposure", unit="currency", type="decimal"),
        Column(name="month", label="Month", unit="date", type="date"),
    ),
    rows=(
        ("Pune", 451, 0.0631, Decimal("41234567.89"), dt.date(2026, 6, 1)),
        ("Navi Mumbai", 1204, 0.0412, Decimal("98765432.10"), dt.date(2026, 7, 1)),
        ("Indore", 77, 0.0909, Decimal("-1250000.00"), dt.date(2026, 8, 1)),
    ),
)
PASSAGE = Source(
    id="irac#npa", title="Prudential norms", section="NPA", status="in force",
    quote="A loan is an NPA when interest is overdue for more than 90 days. See DOR.STR.REC.55 of 2 April 2024.",
    effective_from=dt.date(2024, 4, 2),
)  # fmt: skip
RESULT = ToolResult(
    title="Bad rate by city",
    table=CITIES,
    facts={
        "average_bad_rate": Fact(value=0.0587, unit="percent"),
        "change_in_points": Fact(value=-1.25, unit="points"),
        "odds": Fact(value=2.34, unit="ratio"),
        "total": Fact(value=1732, unit="count"),
        "champion": Fact(value="credit 2026.03-1"),
        "oldest_due": Fact(value=45, unit="days"),
        "percentile": Fact(value=98.7, unit="points"),
    },
    sources=(PASSAGE,),
    warnings=("The model was trained 6 months ago.",),
    as_of=dt.date(2026, 9, 30),
)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    call = Call("query_metrics", {"limit": 10, "period": "2026-06-01"}, RESULT, RESULT, 1, 1.0)
    return evidence_of([call], "How bad are loans by city since June, at least 25 borrowers?")


KEPT = [
    "Pune has 451 borrowers, a bad rate of 6.31 % and ₹4.12 crore of exposure.",
    "Pune's bad rate is 6.3%, about 6 %.",
    "Exposure in Pune is Rs. 4,12,34,567.89 or ₹412.3 lakh.",
    "Navi Mumbai holds ₹9.88 Cr, that is 98.8 million.",
    "Indore owes ₹-12.5 lakh.",
    "In all 1,732 borrowers; about 1,700 of them.",
    "There are 3 cities; three in all.",
    "The average is 5.87 per cent, or 0.0587.",
    "It fell by 1.25 percentage points.",
    "The odds are 2.3x.",
    "The first quarter of 2026-27 is not over; the third of June was.",
    "98.7 % score lower.",
    "As of 30 September 2026 (2026-09-30, 30/09/2026, Sep 30, 2026).",
    "In June 2026 and in Q2 FY27, of FY 2026-27, things were so.",
    "Since June there are cities with at least 25 borrowers.",
    "The oldest is 45 days overdue, the model was trained 6 months ago.",
    "The champion is credit 2026.03-1.",
    "A loan is an NPA when overdue for more than 90 days [irac#npa].",
    "DOR.STR.REC.55 of 2 April 2024 says so.",
    "It says: “A loan is an NPA when interest is overdue for more than 90 days.” [irac#npa] (in force).",
    'It says "interest is overdue for more than 90 days".',
    "Navi Mumbai has the most borrowers, Indore the lowest exposure.",
    "Indore has the lowest exposure.",
    "Navi Mumbai has more borrowers than Pune.",
    "Pune (451) has fewer borrowers than Navi Mumbai (1,204).",
    "The bad rate rose from 4.12 % to 6.31 %.",
    "This is one of the cities, on the one hand.",
    "NAME_0123456789ab is not shown.",
    "- Pune: 451 borrowers\n- Indore: 77 borrowers",
]

DROPPED = [
    "Pune has 452 borrowers.",
    "Pune has 1,204 borrowers.",
    "Pune's bad rate is 9.09 %.",
    "The average is 5.8 %.",
    "The average is 58.7 %.",
    "Exposure in Pune is ₹4.12 lakh.",
    "Seventeen cities are listed.",
    "About 1,800 borrowers.",
    "As of 31 August 2026.",
    "In March 2025 it was so.",
    "In 2019 it was so.",
    "It is so under section [irac#sma].",
    "Model credit 2026.04-1 serves.",
    "C_4F21 is the worst.",
    "Nagpur has the most.",
    "Most are in Nagpur.",
    "Ramesh Kulkarni is the worst.",
    "Pune has the most borrowers.",
    "Navi Mumbai has the most borrowers and Pune the lowest exposure.",
    "It says: “A loan is an NPA when interest is overdue for more than 60 days.” [irac#npa]",
    "Pune has more borrowers than Navi Mumbai.",
    "Pune (451) has more borrowers than Navi Mumbai (1,204).",
    "The bad rate rose from 6.31 % to 4.12 %.",
    "The odds are 3x.",
    "The portfolio is safer than its peers.",
    "Losses doubled.",
    "Half of the borrowers are overdue.",
    "Two thirds of them pay late.",
    "RAMESH is the worst.",
    "रमेश is the worst.",
    "See https://example.com/pay for more.",
    "![chart](http://example.com/x.png?d=451)",
    "See [here](Pune).",
    "<img src=x> Pune.",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_the_results_hold_is_kept(evidence: Evidence, text: str) -> None:
    found = ground(text, evidence)
    assert (found.text, found.dropped) == (text, ())


@pytest.mark.parametrize("text", DROPPED)
def test_what_they_do_not_hold_is_dropped(evidence: Evidence, text: str) -> None:
    found = ground(f"There are 3 cities. {text}", evidence)
    assert found.text == "There are 3 cities."
    assert len(found.dropped) == 1


def test_a_place_of_the_books_needs_a_result_even_at_a_sentence_s_head(evidence: Evidence) -> None:
    assert ground("Nagpur, again.", evidence).text == "Nagpur, again."
    assert ground("Nagpur, again.", evidence, known_names=lambda: {"nagpur"}).text == ""


def test_the_vocabulary_s_words_name_nobody(evidence: Evidence) -> None:
    assert ground("See the Utilisation there.", evidence).text == ""
    assert ground("See the Utilisation there.", evidence, vocabulary=lambda: {"utilisation"}).text != ""


@pytest.mark.parametrize(
    ("said", "kept"), [("The lowest is C_2500 with 3.", True), ("Next to it is C_1800 with 3.", False)]
)
def test_of_a_long_list_both_ends_may_be_told(said: str, kept: bool) -> None:
    columns = (
        Column(name="customer_id", label="Customer"),
        Column(name="logins", label="Logins", unit="count", type="integer"),
    )
    rows = tuple((f"C_{number}", 2503 - number) for number in range(1, 2501))
    result = ToolResult(title="Logins", table=Table(columns=columns, rows=rows))
    found = evidence_of([Call("t", {}, result, result, 1, 1.0)])
    assert (ground(said, found).text == said) is kept


def test_a_customer_s_figures_are_those_of_his_row() -> None:
    columns = (
        Column(name="customer_id", label="Customer"),
        Column(name="pd", label="PD", unit="percent", type="float"),
    )
    table = Table(title="Borrowers", columns=columns, rows=(("C_1959", 0.758), ("C_D2D7", 0.207)))
    result = ToolResult(title="Borrowers", table=table)
    evidence = evidence_of([Call("t", {}, result, result, 1, 1.0)])
    kept = "The highest of 2 is C_1959 with 75.8 %, the lowest C_D2D7 with 20.7 %."
    assert ground(kept, evidence).text == kept
    assert ground("C_1959 has 75.8 %.", evidence).text == "C_1959 has 75.8 %."
    assert ground("C_1959 has 20.7 %.", evidence).text == ""
    assert ground("C_D2D7 has 75.8 %.", evidence).text == ""


LOANS = (("Delhi", "Delhi", 395), ("Pune", "Maharashtra", 200))
CUSTOMERS = (("Delhi", 90), ("Maharashtra", 400))


@pytest.mark.parametrize(("said", "kept"), [("Delhi with 395", True), ("Pune with 200", False)])
def test_the_highest_of_one_of_two_answers_need_not_be_that_of_the_other(said: str, kept: bool) -> None:
    number = {"unit": "count", "type": "integer"}
    loans = Table(title="Loans", rows=LOANS, columns=(
        Column(name="city", label="City"), Column(name="state", label="State"),
        Column.model_validate({"name": "loans", "label": "Loans", **number})))  # fmt: skip
    customers = Table(title="Customers", rows=CUSTOMERS, columns=(
        Column(name="state", label="State"),
        Column.model_validate({"name": "customers", "label": "Customers", **number})))  # fmt: skip
    results = [ToolResult(title=table.title or "", table=table) for table in (loans, customers)]
    evidence = evidence_of([Call("t", {}, result, result, 1, 1.0) for result in results])
    sentence = f"The highest is {said} loans."
    assert (ground(sentence, evidence).text == sentence) is kept


@pytest.mark.parametrize(
    "first", ["It is ₹412.3 L.", "This is an NPA.", "Is it 3?", "So says irac.", "It was 4.12 Cr."]
)
def test_a_sentence_ends_where_it_ends(evidence: Evidence, first: str) -> None:
    (dropped,) = ground(f"{first} All 999 agree.", evidence, vocabulary=lambda: {"npa"}).dropped
    assert dropped == "figure 999"


def test_lines_and_paragraphs_stay_as_they_were(evidence: Evidence) -> None:
    text = "Pune has 451. All 999 agree.\n\n| city | borrowers |\n| Pune | 451 |\n| Indore | 78 |\n\nThat is all."
    assert ground(text, evidence).text == ("Pune has 451.\n\n| city | borrowers |\n| Pune | 451 |\n\nThat is all.")


@pytest.mark.parametrize(
    ("text", "kind", "value", "half"),
    [
        ("63.1 %", "percent", 0.631, 0.0005),
        ("₹4.12 L", "currency", 412_000, 500),
        ("Rs 4,12,345.67", "currency", 412_345.67, 0.005),
        ("4.1 lakh", "plain", 410_000, 5_000),
        ("about 4,100", "plain", 4_100, 50),
        ("120 bps", "points", 0.012, 0.00005),
        ("2.3x", "times", 2.3, 0.05),
        ("3rd", "ordinal", 3, 0.5),
        ("twenty-five", "plain", 25, 0),
        ("two lakh and three hundred", "plain", 200_300, 0),
        ("a dozen", "plain", 12, 0),
    ],
)
def test_a_figure_is_read_as_exactly_as_it_is_written(text: str, kind: str, value: float, half: float) -> None:
    (figure,) = figures(text)
    assert (figure.kind, figure.value, figure.half) == (kind, pytest.approx(value), pytest.approx(half))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Q2 FY26", (2025, 7, 1), (2025, 9, 30)),
        ("H2 2025", (2025, 7, 1), (2025, 12, 31)),
        ("FY2025-26", (2025, 4, 1), (2026, 3, 31)),
        ("FY26", (2025, 4, 1), (2026, 3, 31)),
        ("February 2024", (2024, 2, 1), (2024, 2, 29)),
        ("1st of April 2025", (2025, 4, 1), (2025, 4, 1)),
        ("2026-03", (2026, 3, 1), (2026, 3, 31)),
    ],
)
def test_a_period_is_read_to_the_day(text: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    (period,) = periods(text)
    assert (period.first, period.last) == (dt.date(*first), dt.date(*last))


NUMBERS = st.decimals(min_value=Decimal(1), max_value=Decimal(99999999), places=2)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(NUMBERS, st.sampled_from(["₹{:.2f}", "₹{:,.0f}", "Rs {:.1f}"]), st.sampled_from([1, 100_000, 10_000_000]))
def test_money_rounded_for_reading_is_always_found_and_a_tenth_more_never(
    amount: Decimal, form: str, scale: int
) -> None:
    result = ToolResult(title="t", facts={"amount": Fact(value=amount, unit="currency")})
    evidence = evidence_of([Call("t", {}, result, result, 1, 1.0)])
    suffix = {1: "", 100_000: " lakh", 10_000_000: " crore"}[scale]
    said = f"It is {form.format(float(amount) / scale)}{suffix}."
    assert ground(said, evidence).text == said
    (figure,) = figures(said)
    other = float(amount) * 1.1 + 3 * figure.half
    wrong = f"It is {form.format(other / scale)}{suffix}."
    assert ground(wrong, evidence).text == ""


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.text(max_size=300))
def test_any_text_is_checked_without_error_and_never_grows(text: str) -> None:
    assert len(ground(text, evidence_of([])).text) <= len(text)
