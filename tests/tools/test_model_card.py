"""The card says what the registry holds, and its numbers hang together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools.result import Table, ToolResult
from tools.toolbox import Toolbox


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def card(toolbox: Toolbox) -> ToolResult:
    return toolbox.model_card()


@pytest.fixture(scope="module")
def stored(toolbox: Toolbox) -> Mapping[str, Any]:
    sql = "FROM books.models.registry WHERE alias = 'champion' AND model = 'credit'"
    rows = toolbox.workspace.query(toolbox.principal, sql).dicts()
    assert len(rows) == 1
    return {**rows[0], "card": json.loads(rows[0]["card"])}


def test_the_card_is_that_of_the_champion_that_scored(
    toolbox: Toolbox, card: ToolResult, stored: Mapping[str, Any]
) -> None:
    scores = "SELECT DISTINCT version FROM books.scores.latest WHERE model = 'credit'"
    scored = toolbox.workspace.query(toolbox.principal, scores).rows
    assert card.model_versions == {"credit": stored["version"]} == {"credit": scored[0][0]}
    assert card.facts["credit_trained_as_of"].value == stored["trained_at_as_of"]


def test_every_metric_of_the_card_is_shown_with_interval_and_baseline(
    card: ToolResult, stored: Mapping[str, Any]
) -> None:
    validation = stored["card"]["validation"]
    assert len(card.table.rows) >= 6
    for row in card.table.rows:
        name = row[0].lower().replace(" ", "_").replace("-", "_")
        metric = validation["metrics"][name]
        assert row[1:] == (metric["value"], metric["low"], metric["high"], validation["baseline"][name]["value"])
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert card.facts[name].value == metric["value"]


def test_folds_are_out_of_time_and_add_up(toolbox: Toolbox, card: ToolResult) -> None:
    clock = toolbox.workspace.data_clock(toolbox.principal)
    folds = card.tables[0].rows
    assert len(folds) == card.facts["folds"].value == 3
    tested = [dt.date.fromisoformat(row[0]) for row in folds]
    assert len(set(tested)) == 3
    assert all(day.replace(year=day.year + 1) <= clock for day in tested), "a label window ends after the data clock"
    assert sum(row[1] for row in folds) == card.facts["validated_borrowers"].value
    assert sum(row[2] for row in folds) == card.facts["bads"].value


def test_deciles_hold_every_borrower_once_and_fall(card: ToolResult) -> None:
    deciles = card.tables[1].rows
    assert [row[0] for row in deciles] == list(range(1, len(deciles) + 1))
    assert sum(row[1] for row in deciles) == card.facts["validated_borrowers"].value
    assert sum(row[2] for row in deciles) == card.facts["bads"].value
    assert all(row[3] == pytest.approx(row[2] / row[1], abs=1e-6) for row in deciles)
    predicted = [row[4] for row in deciles]
    assert predicted == sorted(predicted, reverse=True)


def test_gini_is_twice_the_auc_less_one_and_both_beat_chance(card: ToolResult) -> None:
    auc, gini = card.facts["auc"].value, card.facts["gini"].value
    assert gini == pytest.approx(2 * auc - 1, abs=2e-6)
    assert card.facts["auc_low"].value > 0.5


def test_the_chart_sets_predicted_beside_observed(card: ToolResult) -> None:
    points = card.chart["data"][1]
    assert (points["x"], points["y"]) == (
        [row[4] for row in card.tables[1].rows],
        [row[3] for row in card.tables[1].rows],
    )


def test_what_it_predicts_and_its_limits_are_said(card: ToolResult, stored: Mapping[str, Any]) -> None:
    assert card.facts["label"].value == stored["card"]["label"]
    assert "90" in card.facts["label"].value
    assert card.facts["limits"].value == " ".join(stored["card"]["limits"])
    assert card.facts["training_rows"].value > card.facts["training_customers"].value > 0


@pytest.mark.parametrize("model", ["churned", "", "credit'"])
def test_a_model_that_does_not_serve_is_told_with_those_that_do(toolbox: Toolbox, model: str) -> None:
    with pytest.raises(ToolRetry, match=r"in demo\..*There are: anomalies, churn, credit, forecast, goals, segm"):
        toolbox.model_card(model=model)


def test_another_model_has_a_card_too(toolbox: Toolbox) -> None:
    found = toolbox.model_card(model="churn")
    assert found.model_versions.keys() == {"churn"}
    assert "leaves when" in found.facts["label"].value
    assert found.facts["auc_low"].value < found.facts["auc"].value < found.facts["auc_high"].value


@pytest.mark.parametrize("model", ["anomalies", "churn", "credit", "forecast", "goals", "segments"])
def test_every_model_that_serves_has_a_card_with_its_lineage(toolbox: Toolbox, model: str) -> None:
    found = toolbox.model_card(model=model)
    assert found.model_versions.keys() == {model}
    assert titled(found, "Lineage").rows[-1][0] == "Version"


def titled(card: ToolResult, title: str) -> Table:
    (found,) = (each for each in card.tables if each.title == title)
    return found


def test_gain_adds_up_the_tenths(card: ToolResult) -> None:
    deciles, points = card.tables[1].rows, titled(card, "Gain").rows
    assert points[0] == (0.0, 0.0, 0.0)
    assert points[-1] == (1.0, 1.0, 1.0)
    assert points[3][1] == pytest.approx(sum(row[2] for row in deciles[:3]) / card.facts["bads"].value)


def test_months_are_those_of_the_scores_and_only_of_those_the_caller_sees(toolbox: Toolbox, card: ToolResult) -> None:
    months = titled(card, "By month")
    sql = (
        "SELECT as_of, count(*), avg(probability) FROM books.scores.history WHERE model = 'credit' "
        "GROUP BY 1 ORDER BY 1"
    )
    expected = toolbox.workspace.query(toolbox.principal, sql).rows
    assert [row[0] for row in months.rows] == [row[0] for row in expected]
    assert [row[2] for row in months.rows] == [row[1] for row in expected]
    assert [row[4] for row in months.rows] == pytest.approx([row[2] for row in expected])
    assert months.rows[0][6] is None
    assert all(row[6] >= 0 for row in months.rows[1:])
    west = Toolbox(toolbox.workspace, Principal("west", "demo", "analyst", {"region": ("West",)})).model_card()
    assert 0 < titled(west, "By month").rows[-1][2] < months.rows[-1][2]
    steward = Toolbox(toolbox.workspace, Principal("steward", "demo", "data_steward")).model_card()
    assert "By month" not in [each.title for each in steward.tables]


def test_the_champion_stands_first_among_every_version(toolbox: Toolbox, card: ToolResult) -> None:
    versions = titled(card, "Versions").rows
    sql = "SELECT count(*) FROM books.models.registry WHERE model = 'credit'"
    assert len(versions) == toolbox.workspace.query(toolbox.principal, sql).rows[0][0]
    assert versions[0][:2] == ("champion", card.model_versions["credit"])
    assert versions[0][4] == card.facts["auc"].value
