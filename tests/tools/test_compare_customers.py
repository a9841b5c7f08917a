"""One customer beside another and beside a cohort: points add up, means are those of the books."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox

SCORED = "books.scores.latest AS s JOIN books.core.customers AS c USING (customer_id)"


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def scores(toolbox: Toolbox) -> list[dict[str, Any]]:
    """The credit scores with the city, the riskiest first."""
    return toolbox.workspace.query(
        toolbox.principal, f"SELECT s.*, c.city FROM {SCORED} WHERE model = 'credit' ORDER BY rank"
    ).dicts()


def points(probability: float) -> float:
    """Points before rounding: 20 double the odds, 600 at 50 to 1."""
    return 600 - 20 / math.log(2) * (math.log(probability / (1 - probability)) + math.log(50))


def sums(result: ToolResult) -> float:
    return sum(row[1] for row in result.table.rows)


def test_two_customers_differ_by_the_points_of_their_concepts(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    one, other = scores[3], scores[-4]
    result = toolbox.compare_customers(customer_id=one["customer_id"], other=other["customer_id"])
    gap = points(one["probability"]) - points(other["probability"])
    assert result.facts["points"].value == pytest.approx(gap, abs=0.051)
    assert sums(result) == pytest.approx(gap, abs=0.05 * len(result.table.rows) + 0.01)
    facts = {name: result.facts[name].value for name in ("probability", "probability_beside", "score", "beside")}
    assert facts == {
        "probability": one["probability"], "probability_beside": pytest.approx(other["probability"]),
        "score": one["score"], "beside": other["customer_id"],
    }  # fmt: skip
    assert result.facts["less_1_points"].value == result.table.rows[0][1] < 0
    assert result.chart["data"][0]["x"][0] == other["customer_id"]
    turned = toolbox.compare_customers(customer_id=other["customer_id"], other=one["customer_id"])
    assert sorted(-row[1] for row in turned.table.rows) == pytest.approx(sorted(row[1] for row in result.table.rows))


def test_a_cohort_is_the_mean_of_its_other_members(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    one = next(score for score in scores if score["city"] == "Pune")
    others = [score for score in scores if score["city"] == "Pune" and score is not one]
    result = toolbox.compare_customers(customer_id=one["customer_id"], city="Pune")
    assert result.facts["beside"].value == "the other borrowers in Pune"
    assert result.facts["beside_customers"].value == len(others)
    assert result.facts["probability_beside"].value == pytest.approx(
        sum(score["probability"] for score in others) / len(others)
    )
    mean = sum(points(score["probability"]) for score in others) / len(others)
    assert result.facts["points"].value == pytest.approx(points(one["probability"]) - mean, abs=0.051)
    figures = {row[1]: row for row in result.tables[0].rows}
    sql = (
        f"SELECT avg(f.card_utilisation), avg(f.repaid_share) FROM books.features.customer_monthly AS f JOIN {SCORED} "
        f"ON f.customer_id = s.customer_id AND f.as_of = s.as_of WHERE s.model = 'credit' AND c.city = 'Pune' "
        f"AND s.customer_id <> '{one['customer_id']}'"
    )
    used, repaid = toolbox.workspace.query(toolbox.principal, sql.replace("USING (customer_id)", "ON c.customer_id = "
                                                                         "s.customer_id")).rows[0]  # fmt: skip
    assert figures["Card balances owed against limits"][4] == pytest.approx(used)
    assert figures["Share of principal repaid over open loans"][4] == pytest.approx(repaid)


def test_without_a_cohort_it_is_everybody_else(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    result = toolbox.compare_customers(customer_id=scores[0]["customer_id"])
    assert result.facts["beside"].value == "the other borrowers"
    assert result.facts["beside_customers"].value == len(scores) - 1


def test_cohorts_bind_together(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    result = toolbox.compare_customers(
        customer_id=scores[0]["customer_id"], product="home_loan", band=["low", "medium"]
    )
    assert result.facts["beside"].value == "the other borrowers with product home loan, band low or medium"
    sql = "SELECT count(*) FROM borrowers WHERE main_product = 'home_loan' AND band IN ('low', 'medium')"
    assert result.facts["beside_customers"].value == toolbox.run_sql(sql=sql).table.rows[0][0]


def test_leavers_are_compared_by_the_model_of_leaving(toolbox: Toolbox) -> None:
    listed = toolbox.likely_leavers(limit=2).table.rows
    result = toolbox.compare_customers(customer_id=listed[0][1], other=listed[1][1], model="churn")
    assert list(result.model_versions) == ["churn"]
    gap = points(listed[0][2]) - points(listed[1][2])
    assert sums(result) == pytest.approx(gap, abs=0.05 * len(result.table.rows) + 0.01)
    with pytest.raises(ToolRetry, match="Customers of the churn model have no product to go by"):
        toolbox.compare_customers(customer_id=listed[0][1], product="home_loan", model="churn")


def test_what_cannot_be_compared_is_told(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    one, other = scores[0]["customer_id"], scores[1]["customer_id"]
    for arguments, told in (
        ({"other": one}, "Compare with another customer"),
        ({"other": other, "city": "Pune"}, "Compare with another customer"),
        ({"other": "C_nobody"}, "There is no customer 'C_nobody'"),
        ({"city": "Atlantis"}, "No borrower has city 'Atlantis'."),
    ):
        with pytest.raises(ToolRetry) as raised:
            toolbox.compare_customers(customer_id=one, **arguments)
        assert told in str(raised.value)
