"""Shares, statistics over customers, chosen periods, either-or and the second row, against SQL written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from governance.control import ControlStore
from governance.errors import ToolRetry
from governance.settings import Settings
from knowledge.windows import Lag
from tools.toolbox import Toolbox

SPENT = (
    "FROM books.core.transactions WHERE posted_at >= '{start}' AND posted_at < '{end}' AND amount < 0 "
    "AND NOT is_own_transfer AND category NOT IN ('loan_payment', 'investment', 'transfer')"
)
EACH = f"(SELECT customer_id, sum(-amount)::DOUBLE AS s {SPENT} GROUP BY 1)"


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"
    opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
    with opened.workspace:
        yield opened


def by_hand(toolbox: Toolbox, sql: str, period: dict[str, dt.date]) -> list[tuple[Any, ...]]:
    return list(toolbox.workspace.query(toolbox.principal, sql.format(**period)).rows)


@pytest.fixture(scope="module")
def months(toolbox: Toolbox) -> dict[str, dt.date]:
    clock = toolbox.workspace.data_clock(toolbox.principal)
    end = clock.replace(day=1)
    return {"start": Lag(3, "month").before(end), "end": end}


def test_a_share_is_of_all_groups_and_a_condition_chooses_among_them(toolbox: Toolbox, months: Any) -> None:
    wanted = by_hand(
        toolbox, f"SELECT sum(-amount) FILTER (WHERE category = 'fuel')::DOUBLE / sum(-amount)::DOUBLE {SPENT}", months
    )
    rows = toolbox.query_metrics(
        metrics="spend", dimensions="category", filters=[{"field": "category", "value": "fuel"}], share=True,
        period=months,
    ).table.rows  # fmt: skip
    assert [row[0] for row in rows] == ["fuel"]
    assert rows[0][2] == pytest.approx(wanted[0][0], rel=1e-9)


@pytest.mark.parametrize(("statistic", "call"), [("average", "avg"), ("median", "median"), ("highest", "max")])
def test_a_statistic_goes_over_customers(toolbox: Toolbox, months: Any, statistic: str, call: str) -> None:
    wanted = by_hand(toolbox, f"SELECT {call}(s) FROM {EACH}", months)[0][0]
    each = {"over": "customer_id", "statistic": statistic}
    table = toolbox.query_metrics(metrics="spend", each=each, period=months).table
    assert [column.name for column in table.columns] == [f"{statistic}_spend"]
    assert float(table.rows[0][0]) == pytest.approx(wanted, abs=0.01)


def test_customers_that_meet_a_condition_are_counted(toolbox: Toolbox, months: Any) -> None:
    wanted = by_hand(toolbox, f"SELECT count(*) FROM {EACH} WHERE s > 50000", months)
    found = toolbox.query_metrics(
        metrics="spend", filters=[{"field": "spend", "op": ">", "value": 50_000}], period=months,
        each={"over": "customer_id", "statistic": "count"},
    ).table.rows  # fmt: skip
    assert list(found) == wanted
    assert wanted[0][0] > 0


def test_a_period_of_ones_own_is_compared_with_and_its_change_filtered(toolbox: Toolbox, months: Any) -> None:
    before = {"start": Lag(12, "month").before(months["start"]), "end": Lag(12, "month").before(months["end"])}
    asked: dict[str, Any] = {
        "metrics": "spend",
        "dimensions": "customer_id",
        "period": months,
        "against": before,
    }
    everyone = toolbox.query_metrics(**asked).table.rows
    fell = toolbox.query_metrics(**asked, filters=[{"field": "spend_growth", "op": "<", "value": -0.5}]).table.rows
    assert {row[0] for row in fell} == {row[0] for row in everyone if row[2] and (row[1] - row[2]) / row[2] < -0.5}
    assert fell


def test_either_condition_is_enough(toolbox: Toolbox) -> None:
    wanted = by_hand(
        toolbox,
        "SELECT count(*) FROM books.core.customers "
        "WHERE closed_on IS NULL AND (city = 'Pune' OR occupation = 'student')",
        {},
    )
    either = [{"field": "city", "value": "Pune"}, {"field": "occupation", "value": "student"}]
    assert list(toolbox.query_metrics(metrics="customers", any_filters=either).table.rows) == wanted


def test_the_second_row_is_the_one_after_the_first(toolbox: Toolbox) -> None:
    rows = toolbox.query_metrics(metrics="outstanding", dimensions="product").table.rows
    second = toolbox.query_metrics(metrics="outstanding", dimensions="product", limit=1, skip=1).table.rows
    assert second == rows[1:2]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"metrics": "npa_ratio", "dimensions": "city", "share": True}, "no sum"),
        ({"metrics": "spend", "share": True}, "needs 'dimensions'"),
        ({"metrics": "spend", "skip": 1}, "needs a 'limit'"),
        (
            {"metrics": "spend", "grain": "month", "each": {"over": "customer_id", "statistic": "average"}},
            "leave out 'grain'",
        ),
    ],
)
def test_what_does_not_go_together_says_so(toolbox: Toolbox, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolRetry, match=message):
        toolbox.query_metrics(**asked)
