"""A score taken apart: the parts make the whole, and say what the stored reasons say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox

#: Places of the ranking, from the riskiest, whose scores are taken apart.
PLACES = (0, 1, 50, -1)


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def rows_of(toolbox: Toolbox, sql: str) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, sql).dicts()


@pytest.fixture(scope="module")
def explained(toolbox: Toolbox) -> list[tuple[dict[str, Any], ToolResult]]:
    """Stored scores, each with its explanation."""
    scores = rows_of(toolbox, "FROM books.scores.latest WHERE model = 'credit' ORDER BY rank")
    chosen = [scores[place] for place in PLACES]
    return [(score, toolbox.explain_prediction(customer_id=score["customer_id"])) for score in chosen]


def test_base_and_concepts_add_up_to_the_score(explained: list[tuple[dict[str, Any], ToolResult]]) -> None:
    for score, result in explained:
        odds = score["probability"] / (1 - score["probability"])
        points = 600 - 20 / math.log(2) * (math.log(odds) + math.log(50))  # 20 points double the odds, 600 at 50 to 1
        parts = [result.facts["base_points"].value, *(row[1] for row in result.table.rows)]
        assert sum(parts) == pytest.approx(points, abs=0.05 * len(parts) + 1e-6)  # each part is shown to a tenth
        assert result.facts["score"].value == score["score"] == round(points)


def test_a_concept_is_the_sum_of_its_figures(explained: list[tuple[dict[str, Any], ToolResult]]) -> None:
    for _, result in explained:
        for concept, points, _ in result.table.rows:
            figures = [row[4] for row in result.tables[0].rows if row[0] == concept]
            assert sum(figures) == pytest.approx(points, abs=0.05 * (len(figures) + 1) + 1e-6)


def test_figures_are_those_of_the_features_table(
    toolbox: Toolbox, explained: list[tuple[dict[str, Any], ToolResult]]
) -> None:
    for score, result in explained:
        where = f"customer_id = '{score['customer_id']}' AND as_of = '{score['as_of']}'"
        features = rows_of(toolbox, f"FROM books.features.customer_monthly WHERE {where}")[0]
        known = {None if value is None else float(value) for value in features.values() if not isinstance(value, str)
                 and not hasattr(value, "year")}  # fmt: skip
        assert {row[2] for row in result.tables[0].rows} <= known


def test_reasons_are_the_stored_ones_and_stand_beside_their_concepts(
    explained: list[tuple[dict[str, Any], ToolResult]],
) -> None:
    assert explained[0][0]["reasons"], "the riskiest borrower has no reason"
    for score, result in explained:
        stored = score["reasons"]
        facts = {name: fact.value for name, fact in result.facts.items()}
        assert facts["reasons"] == len(stored) <= 4
        told = [(facts[f"reason_{n}_concept"], facts[f"reason_{n}"]) for n in range(1, len(stored) + 1)]
        assert told == [(reason["concept"], reason["text"]) for reason in stored]
        beside = {row[0]: (row[1], row[2]) for row in result.table.rows if row[2] is not None}
        assert beside == {reason["concept"]: (reason["points"], reason["text"]) for reason in stored}
        assert all(reason["points"] < 0 and reason["direction"] == "adverse" for reason in stored)


def test_the_riskiest_lost_points_and_the_safest_gained(explained: list[tuple[dict[str, Any], ToolResult]]) -> None:
    moved = [sum(row[1] for row in result.table.rows) for _, result in explained]
    assert moved[0] < 0 < moved[-1]


def test_the_chart_steps_from_the_base_to_the_score(explained: list[tuple[dict[str, Any], ToolResult]]) -> None:
    for _, result in explained:
        bars = result.chart["data"][0]
        assert bars["measure"] == ["absolute", *["relative"] * len(result.table.rows), "total"]
        assert bars["y"][1:-1] == pytest.approx([row[1] for row in result.table.rows], abs=0.051)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("sma_class = 'NPA'", "is not scored: NPA. `customer_profile` shows the loans."),
        ("sma_class = 'written_off'", "is not scored: written off. `customer_profile` shows the loans."),
    ],
)
def test_a_borrower_left_out_is_told_why(toolbox: Toolbox, who: str, told: str) -> None:
    newest = "(SELECT max(as_of) FROM books.core.loan_status)"
    left_out = rows_of(toolbox, f"SELECT customer_id FROM books.core.loan_status WHERE {who} AND as_of = {newest}")
    customer = min(row["customer_id"] for row in left_out)
    with pytest.raises(ToolRetry) as raised:
        toolbox.explain_prediction(customer_id=customer)
    assert str(raised.value) == f"{customer} {told}"


def test_a_customer_without_a_loan_is_told_so(toolbox: Toolbox) -> None:
    free = rows_of(
        toolbox, "SELECT customer_id FROM books.core.customers ANTI JOIN books.core.loans USING (customer_id)"
    )
    with pytest.raises(ToolRetry, match="is not scored: there is no open loan at the newest as-of"):
        toolbox.explain_prediction(customer_id=free[0]["customer_id"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"customer_id": "C_nobody"}, "There is no customer 'C_nobody'"),
        ({"customer_id": "C_nobody", "model": "credits"}, "No model 'credits' serves in demo. Did you mean 'credit'?"),
        ({}, "customer_id: Field required."),
    ],
    ids=str,
)
def test_what_cannot_be_explained_is_told_with_what_can(toolbox: Toolbox, arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ToolRetry) as raised:
        toolbox.explain_prediction(**arguments)
    assert told in str(raised.value)
