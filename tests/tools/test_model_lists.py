"""What models list, against plain SQL over their tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.principal import Principal
from tools.toolbox import Toolbox


def rows_of(toolbox: Toolbox, sql: str) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, sql).dicts()


def column(result: Any, name: str) -> list[Any]:
    at = [each.name for each in result.table.columns].index(name)
    return [row[at] for row in result.table.rows]


def test_leavers_are_those_of_the_churn_model_in_its_order(toolbox: Toolbox) -> None:
    expected = rows_of(
        toolbox,
        "SELECT customer_id, probability FROM books.scores.latest WHERE model = 'churn' "
        "ORDER BY probability DESC, customer_id",
    )
    result = toolbox.likely_leavers(limit=20)
    assert column(result, "customer_id") == [row["customer_id"] for row in expected[:20]]
    assert result.facts["eligible"].value == len(expected)
    assert result.facts["cutoff"].value == expected[19]["probability"]
    within = zip(column(result, "within_30"), column(result, "within_60"), strict=True)
    assert all(early <= late for early, late in within)
    assert set(result.model_versions) == {"churn"}


def test_a_filter_keeps_those_of_the_place(toolbox: Toolbox) -> None:
    (place,) = rows_of(
        toolbox,
        "SELECT c.city, count(*) AS people FROM books.scores.latest AS s JOIN books.core.customers AS c "
        "USING (customer_id) WHERE model = 'churn' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
    )
    result = toolbox.likely_leavers(limit=100_000, city=place["city"])
    assert result.facts["returned"].value == place["people"]
    assert set(column(result, "city")) == {place["city"]}
    with pytest.raises(ToolRetry, match="No scored customer has city 'Atlantis'"):
        toolbox.likely_leavers(city="Atlantis")


def test_why_one_leaves_adds_up_and_speaks_of_churn(toolbox: Toolbox) -> None:
    who = column(toolbox.likely_leavers(limit=1), "customer_id")[0]
    result = toolbox.explain_prediction(customer_id=who, model="churn")
    told = toolbox.likely_leavers(limit=1)
    assert result.facts["probability_of_leaving"].value == told.facts["highest"].value
    assert set(result.model_versions) == {"churn"}
    points = result.facts["base_points"].value + sum(column(result, "points"))
    assert points == pytest.approx(result.facts["score"].value, abs=1.0)


def test_unusual_postings_are_those_kept_within_the_days(toolbox: Toolbox) -> None:
    kept = rows_of(
        toolbox,
        "SELECT transaction_id, posted_at, kind FROM books.scores.anomalies ORDER BY score DESC, posted_at DESC, 1",
    )
    result = toolbox.unusual_transactions(limit=100_000)
    assert column(result, "transaction_id") == [row["transaction_id"] for row in kept]
    assert all(column(result, "reasons"))
    day = kept[len(kept) // 2]["posted_at"].date()
    later = toolbox.unusual_transactions(limit=100_000, since=day, until=day + dt.timedelta(days=7))
    wanted = [row for row in kept if day <= row["posted_at"].date() < day + dt.timedelta(days=7)]
    assert later.facts["eligible"].value == len(wanted) > 0
    assert later.facts[f"kind_{wanted[0]['kind']}"].value == sum(row["kind"] == wanted[0]["kind"] for row in wanted)


def test_segments_count_everyone_once_and_moves_balance(toolbox: Toolbox) -> None:
    (counted,) = rows_of(
        toolbox,
        "SELECT count(*) AS people, count(DISTINCT customer_id) AS distinct_people FROM books.scores.segments "
        "WHERE as_of = (SELECT max(as_of) FROM books.scores.segments)",
    )
    result = toolbox.customer_segments()
    assert sum(column(result, "customers")) == counted["people"] == counted["distinct_people"]
    now, before = column(result, "customers"), column(result, "before")
    moves = zip(now, before, column(result, "joined"), column(result, "left"), strict=True)
    assert all(here == there + came - went for here, there, came, went in moves)
    name = column(result, "segment_name")[0]
    members = toolbox.customer_segments(segment=name, limit=100_000)
    assert len(members.table.rows) == now[0]


def test_goals_are_those_of_the_newest_month_end(toolbox: Toolbox) -> None:
    counted = rows_of(
        toolbox,
        "SELECT goal, count(*) AS findings FROM books.scores.goals "
        "WHERE as_of = (SELECT max(as_of) FROM books.scores.goals) GROUP BY 1",
    )
    result = toolbox.customer_goals(limit=100_000)
    assert {row["goal"]: row["findings"] for row in counted} == {
        name.removeprefix("goal_"): fact.value for name, fact in result.facts.items() if name.startswith("goal_")
    }
    sure = toolbox.customer_goals(limit=100_000, least_confidence=0.9)
    assert all(value >= 0.9 for value in column(sure, "confidence"))


def test_a_forecast_goes_on_from_the_governed_months(toolbox: Toolbox) -> None:
    clock = toolbox.workspace.data_clock(toolbox.principal)
    result = toolbox.forecast_spend(months=3)
    months = column(result, "month")
    first = (clock + dt.timedelta(days=1)).replace(day=1)
    assert months[0] == first
    assert result.facts["total"].value == sum(column(result, "expected"), Decimal())
    assert all(low <= mean <= high for _, mean, low, high, *_ in result.table.rows)
    before = toolbox.query_metrics(
        metrics=["spend"],
        period={"start": (first - dt.timedelta(days=89)).replace(day=1).isoformat(), "end": first.isoformat()},
    )
    assert result.facts["before"].value == before.table.rows[0][0]
    later = toolbox.forecast_spend(months=1, skip=2)
    assert later.table.rows[0] == result.table.rows[2]


def test_a_forecast_of_nothing_and_too_far_are_declined(toolbox: Toolbox) -> None:
    with pytest.raises(ToolRetry, match="reaches 12 months"):
        toolbox.forecast_spend(months=12, skip=3)
    with pytest.raises(ToolRetry):
        toolbox.forecast_spend(filters=[{"field": "city", "op": "=", "value": "Atlantis"}])


@pytest.mark.parametrize("name", ["likely_leavers", "unusual_transactions", "customer_segments", "customer_goals"])
def test_a_partition_binds_beneath(toolbox: Toolbox, name: str) -> None:
    (place,) = rows_of(
        toolbox,
        "SELECT city FROM books.core.customers JOIN books.scores.latest USING (customer_id) WHERE model = 'churn' "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    )
    inside = Principal("a branch", "demo", "risk_manager", {"city": (place["city"],)})
    people = {row["customer_id"] for row in rows_of(
        toolbox, f"SELECT customer_id FROM books.core.customers WHERE city = '{place['city']}'"
    )}  # fmt: skip
    result = Toolbox(toolbox.workspace, inside).call(name, {"limit": 100_000})
    columns = [each.name for each in result.table.columns]
    if "customer_id" in columns:
        assert set(column(result, "customer_id")) <= people
    else:
        assert sum(column(result, "customers")) <= len(people)
