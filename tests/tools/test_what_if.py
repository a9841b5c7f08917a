"""A customer scored again: the changed row scored by hand says the same, and every change is one that can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from analytics.features.application import EVERY
from analytics.features.bounds import bounds
from governance.errors import NotThere, ToolRetry
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox
from tools.what_if import CAVEAT, move_of


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def rows_of(toolbox: Toolbox, sql: str) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, sql).dicts()


@pytest.fixture(scope="module")
def scores(toolbox: Toolbox) -> list[dict[str, Any]]:
    """The credit scores, the riskiest first."""
    return rows_of(toolbox, "FROM books.scores.latest WHERE model = 'credit' ORDER BY rank")


@pytest.fixture(scope="module")
def earner(toolbox: Toolbox) -> dict[str, Any]:
    """The riskiest borrower with an income, returned payments and everything else known."""
    sql = (
        "SELECT f.* FROM books.features.customer_monthly AS f JOIN books.scores.latest AS s USING (customer_id, as_of) "
        "WHERE s.model = 'credit' AND income_6m > 0 AND inflow_3m > 0 AND bounces_6m > 0 ORDER BY rank LIMIT 1"
    )
    return rows_of(toolbox, sql)[0]


def rescored(toolbox: Toolbox, result: ToolResult, model: str = "credit") -> float:
    """The probability of the row with the table's changes, by the version that the result names."""
    customer, (version,) = result.facts["customer_id"].value, result.model_versions.values()
    sql = f"FROM books.features.customer_monthly WHERE customer_id = '{customer}' AND as_of = '{result.as_of}'"
    row = rows_of(toolbox, sql)[0]
    names = [name for name in row if name in EVERY]
    frame = pd.DataFrame([row]).astype(dict.fromkeys(names, float))
    changes = {_feature(change): change["after"] for change in changes_of(result)}
    scored = toolbox.workspace.stored_model(toolbox.principal, model, version).score(frame.assign(**changes))
    return float(scored["probability"].iloc[0])


def changes_of(result: ToolResult) -> list[dict[str, Any]]:
    names = [column.name for column in result.table.columns]
    return [dict(zip(names, row, strict=True)) for row in result.table.rows]


def _feature(change: dict[str, Any]) -> str:
    """The feature a row is of: several windows have one description."""
    return next(f.name for f in EVERY.values() if (f.description, f.window) == (change["figure"], change["months"]))


@pytest.mark.parametrize("place", [0, 5, 40, 120])
def test_a_target_is_reached_by_proof_or_said_not_to_be(
    toolbox: Toolbox, scores: list[dict[str, Any]], place: int
) -> None:
    score = scores[place]
    result = toolbox.what_if(customer_id=score["customer_id"], under=0.05)
    facts = {name: fact.value for name, fact in result.facts.items()}
    assert facts["probability_before"] == pytest.approx(score["probability"], rel=1e-9)
    assert facts["score_before"] == score["score"]
    assert facts["probability_after"] == pytest.approx(rescored(toolbox, result), rel=1e-9)
    assert facts["reached"] == (facts["probability_after"] < 0.05)
    for change in changes_of(result):
        low, high = bounds(_feature(change))
        assert low <= change["after"] <= high
        assert change["lowest"] == (low if math.isfinite(low) else None)
        assert change["alone"] >= facts["probability_after"] - 1e-12
    assert facts["caveat"] == CAVEAT
    assert "credit_trained_as_of" in facts


def test_without_a_target_it_is_the_next_safer_band(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    high = next(score for score in scores if score["band"] == "high")
    facts = toolbox.what_if(customer_id=high["customer_id"]).facts
    assert facts["target"].value == 0.08
    assert facts["reached"].value == (facts["band_after"].value in ("medium", "low", "very low"))
    safest = next((score for score in reversed(scores) if score["band"] == "very low"), None)
    if safest is not None:
        with pytest.raises(ToolRetry, match="in the safest band already"):
            toolbox.what_if(customer_id=safest["customer_id"])


def test_who_is_under_the_target_needs_no_change(toolbox: Toolbox, scores: list[dict[str, Any]]) -> None:
    result = toolbox.what_if(customer_id=scores[-1]["customer_id"], under=0.5)
    assert (result.table.rows, result.facts["reached"].value, result.facts["changes"].value) == ((), True, 0)


def test_income_takes_along_what_is_measured_against_it(toolbox: Toolbox, earner: dict[str, Any]) -> None:
    result = toolbox.what_if(customer_id=earner["customer_id"], changes={"income": "+10%"})
    after = {_feature(change): change["after"] for change in changes_of(result)}
    more = 0.1 * earner["income_6m"]
    assert after["income_6m"] == pytest.approx(1.1 * earner["income_6m"])
    assert after["inflow_3m"] == pytest.approx(earner["inflow_3m"] + more)
    if earner["obligations_to_income_6m"]:
        assert after["obligations_to_income_6m"] == pytest.approx(earner["obligations_to_income_6m"] / 1.1)
    assert "bounces_6m" not in after, "what the lever does not name stays"
    assert result.facts["probability_after"].value == pytest.approx(rescored(toolbox, result), rel=1e-9)
    assert result.facts["change_1"].value == EVERY["income_6m"].description


def test_levers_and_features_together(toolbox: Toolbox, earner: dict[str, Any]) -> None:
    wanted = {"returned payments": 0, "closing_balance": "x2", "overdue": 0}
    result = toolbox.what_if(customer_id=earner["customer_id"], changes=wanted)
    after = {_feature(change): change["after"] for change in changes_of(result)}
    assert after["bounces_6m"] == after["bounces_12m"] == 0
    assert after["months_since_bounce"] == 12 or earner["months_since_bounce"] == 12
    assert after["closing_balance"] == pytest.approx(2 * earner["closing_balance"])
    assert result.facts["changes"].value == 3
    assert result.chart["data"][0]["y"][0] == "before"
    assert "target" not in result.facts


def test_a_leaver_is_scored_again_by_the_model_of_leaving(toolbox: Toolbox) -> None:
    customer = toolbox.likely_leavers(limit=1).table.rows[0][1]
    result = toolbox.what_if(customer_id=customer, under=0.3, model="churn")
    assert result.facts["event"].value == "beginning to leave within 90 days"
    assert result.facts["probability_after"].value == pytest.approx(rescored(toolbox, result, "churn"), rel=1e-9)
    assert list(result.model_versions) == ["churn"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"changes": {"incme": "+10%"}}, "no lever or figure 'incme'. Did you mean 'income'"),
        ({"changes": {"income": "a lot"}}, "'a lot' is no change: give a value"),
        ({"changes": {"bounces_6m": -3}}, "bounces_6m cannot be -3: it is at least 0."),
        ({"changes": {"gambling": "300%"}}, "gambling_to_inflow_6m cannot be 3: it is at least 0 and at most 1."),
        ({"changes": {"open_loans": 0}}, "'open_loans' is nothing a customer can change"),
        ({"changes": {"bounces": 0}, "under": 0.05}, "Give either changes to try, or a probability"),
        ({"under": 5}, "A target of 5 is no probability"),
        ({"under": 0.05, "model": "forecast"}, "Scores of the forecast model are not taken apart"),
    ],
    ids=str,
)
def test_what_cannot_be_supposed_is_told(
    toolbox: Toolbox, earner: dict[str, Any], arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ToolRetry) as raised:
        toolbox.what_if(customer_id=earner["customer_id"], **arguments)
    assert told in str(raised.value)


def test_a_lever_the_model_lacks_is_told_with_those_it_has(toolbox: Toolbox) -> None:
    customer = toolbox.likely_leavers(limit=1).table.rows[0][1]
    with pytest.raises(ToolRetry, match=r"The churn model reads nothing of gambling against inflow\. It has: income, "):
        toolbox.what_if(customer_id=customer, changes={"gambling": 0}, model="churn")


def test_nobody_is_not_found(toolbox: Toolbox) -> None:
    with pytest.raises(NotThere):
        toolbox.what_if(customer_id="C_nobody", under=0.05)


@pytest.mark.parametrize(
    ("written", "own", "after"),
    [
        (0, 7.0, 0.0), ("30%", 7.0, 0.3), ("+10%", 200.0, 220.0), ("-25 %", 200.0, 150.0), ("x2", 3.5, 7.0),
        ("+5,000", 100.0, 5_100.0), ("−50", 100.0, 50.0), ("₹1,00,000", 7.0, 100_000.0),
    ],
)  # fmt: skip
def test_a_change_in_words(written: float | str, own: float, after: float) -> None:
    assert move_of(written).of(own) == pytest.approx(after)
