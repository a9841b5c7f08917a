"""What a build of the shared sandbox left in the books: two credit learners and a choice, churn with its horizons."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.features.leaving import LEAVING
from analytics.models.churn_labels import HORIZONS
from analytics.models.scorecard import Scorecard
from analytics.models.supervised import SupervisedModel
from governance.settings import Settings
from tools.toolbox import Toolbox

PROTECTED = ("gender", "religion", "caste", "surname", "pincode", "age", "city", "birth")


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def rows(toolbox: Toolbox, sql: str) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, sql).dicts()


@pytest.fixture(scope="module")
def registry(toolbox: Toolbox) -> list[dict[str, Any]]:
    found = rows(toolbox, "FROM books.models.registry ORDER BY model, version")
    return [{**row, "card": json.loads(row["card"])} for row in found]


def champion(registry: list[dict[str, Any]], model: str) -> Mapping[str, Any]:
    (found,) = [row for row in registry if row["model"] == model and row["alias"] == "champion"]
    return found


def test_both_credit_learners_are_kept_and_one_serves(registry: list[dict[str, Any]]) -> None:
    served = champion(registry, "credit")
    newest = [row for row in registry if row["model"] == "credit" and row["card"].get("choice")]
    assert {row["version"].rsplit("-", 1)[1] for row in newest} == {"scorecard", "boosted"}
    choice = served["card"]["choice"]
    assert served["version"].endswith(choice["chosen"])
    assert "AUC" in choice["reason"]
    for row in newest:
        assert isinstance(SupervisedModel.from_bytes(row["payload"]).learner, Scorecard) == row["version"].endswith(
            "scorecard"
        )


def test_the_credit_card_says_what_a_committee_asks(registry: list[dict[str, Any]]) -> None:
    card = champion(registry, "credit")["card"]
    assert any("No automatic increase of a limit" in limit for limit in card["limits"])
    assert set(card["validation"]["gini_drop"]) == {"training", "value", "low", "high"}
    assert {"thin", "other", "rule"} == set(card["thin_files"])
    assert {row["odds"] for row in card["reject_inference"]["rows"]} == {1.0, 1.5, 2.0}
    assert set(card["fairness"]["attributes"]) <= {"gender", "age", "region"}
    for row in card["sensitivity"]:
        assert row["worse"]["points"] <= row["better"]["points"], row
    scorecards = [row["card"]["scorecard"] for row in registry if "scorecard" in row["card"]]
    assert scorecards
    assert all({"feature", "bin", "points"} == set(row) for row in scorecards[0]["rows"])


def test_nothing_protected_is_a_feature(registry: list[dict[str, Any]]) -> None:
    for row in (each for each in registry if each["model"] in ("credit", "churn")):
        model = SupervisedModel.from_bytes(row["payload"])
        assert not [name for name in model.features if set(name.split("_")) & set(PROTECTED)]


def test_churn_is_scored_with_reasons_of_its_own(toolbox: Toolbox, registry: list[dict[str, Any]]) -> None:
    scores = rows(toolbox, "FROM books.scores.latest WHERE model = 'churn' ORDER BY rank")
    assert len(scores) > 200
    assert {row["version"] for row in scores} == {champion(registry, "churn")["version"]}
    assert all(row["exposure"] is None and row["expected_loss"] is None for row in scores)
    told = [reason["text"] for row in scores for reason in row["reasons"]]
    openings = {feature.reason.split("{value}")[0] for feature in LEAVING.values() if feature.reason}
    assert told
    assert all(any(text.startswith(opening) for opening in openings) for text in told)
    assert sum(bool(row["reasons"]) for row in scores[:50]) > 40


def test_churn_is_validated_beside_its_baselines(registry: list[dict[str, Any]]) -> None:
    card = champion(registry, "churn")["card"]
    found = card["validation"]
    assert len(found["folds"]) == 3
    assert found["metrics"]["auc"]["low"] > 0.6
    assert found["metrics"]["lift_at_10"]["low"] > 1.5
    assert set(found["recency_rule"]) == {"auc", "pr_auc", "lift_at_10"}
    assert [row["horizon_days"] for row in found["horizons"]] == list(HORIZONS)
    assert {"terms", "rows", "best_share", "note"} == set(found["profit"])
    words = json.dumps(card).lower()
    assert "persuadable" not in words
    assert "at risk" in words


def test_horizons_never_fall_and_end_at_the_score(toolbox: Toolbox) -> None:
    found = rows(toolbox, "FROM books.scores.hazards WHERE model = 'churn' ORDER BY customer_id, horizon_days")
    table = pd.DataFrame(found).pivot_table(index="customer_id", columns="horizon_days", values="probability")
    assert list(table.columns) == list(HORIZONS)
    assert (np.diff(table.to_numpy(), axis=1) >= 0).all()
    scores = pd.DataFrame(
        rows(toolbox, "SELECT customer_id, probability FROM books.scores.latest WHERE model = 'churn'")
    )
    whole = scores.set_index("customer_id")["probability"].sort_index()
    assert table[HORIZONS[-1]].to_numpy() == pytest.approx(whole.to_numpy(), abs=1e-9)


def test_thin_files_are_marked(toolbox: Toolbox) -> None:
    counts = rows(
        toolbox,
        """
        SELECT s.thin_file, min(m.months) AS least, count(*) AS customers FROM books.scores.latest AS s
        JOIN (SELECT customer_id, count(*) FILTER (postings > 0) AS months FROM books.features.monthly GROUP BY ALL)
        AS m USING (customer_id) WHERE s.model = 'credit' GROUP BY ALL ORDER BY ALL
        """,
    )
    by_mark = {row["thin_file"]: row for row in counts}
    assert by_mark[False]["least"] >= 6
    assert by_mark[False]["customers"] > 50
