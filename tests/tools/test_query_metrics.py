"""Governed metrics on the sandbox's books against SQL over the canonical tables, written by hand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from governance.control import ControlStore
from governance.errors import ToolRefused, ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox

POSTED = "FROM books.core.transactions WHERE posted_at >= '{start}' AND posted_at < '{end}'"
STATUS = "FROM books.core.loan_status AS s JOIN books.core.loans AS l USING (loan_id) WHERE s.as_of = DATE '{end}' - 1"
LENT = "FROM books.core.loans WHERE disbursed_on >= '{start}' AND disbursed_on < '{end}'"
DUE = "FROM books.core.instalments WHERE due_on >= '{start}' AND due_on < '{end}'"
SCORED = (
    "FROM books.scores.history AS s JOIN books.core.customers AS c USING (customer_id) "
    "WHERE s.model = 'credit' AND s.as_of = DATE '{end}' - 1"
)
NOT_SPENT = "('loan_payment', 'investment', 'transfer')"

#: Metrics, the rest of the question, and SQL that gives the same rows. ``{start}`` to ``{end}`` is the last three whole
#: months, which is the question's period unless it says otherwise.
BY_HAND: tuple[tuple[tuple[str, ...], dict[str, Any], str], ...] = (
    (
        ("customers",), {"period": None},
        "SELECT count(*) FROM books.core.customers WHERE joined_on <= '{clock}' "
        "AND coalesce(closed_on > '{clock}', TRUE)",
    ),
    (
        ("new_customers", "closed_customers", "active_customers"), {},
        f"SELECT (SELECT count(*) FROM books.core.customers WHERE joined_on >= '{{start}}' AND joined_on < '{{end}}'), "
        f"(SELECT count(*) FROM books.core.customers WHERE closed_on >= '{{start}}' AND closed_on < '{{end}}'), "
        f"(SELECT count(DISTINCT customer_id) {POSTED})",
    ),
    (
        ("accounts",), {"dimensions": ["account_kind"]},
        "SELECT kind, count(*) FROM books.core.accounts WHERE opened_on < '{end}' "
        "AND coalesce(closed_on >= '{end}', TRUE) GROUP BY kind",
    ),
    (("transactions",), {"dimensions": ["mode"]}, f"SELECT mode, count(*) {POSTED} GROUP BY mode"),
    (
        ("transactions",), {"grain": "month", "period": None},
        "SELECT date_trunc('month', posted_at)::DATE, count(*) FROM books.core.transactions GROUP BY 1",
    ),
    (
        ("spend",), {"dimensions": ["category"]},
        f"SELECT category, sum(-amount) {POSTED} AND amount < 0 AND NOT is_own_transfer "
        f"AND category NOT IN {NOT_SPENT} GROUP BY category",
    ),
    (
        ("outflow",), {},
        f"SELECT sum(CASE WHEN amount < 0 OR reversal_of <> '' THEN -amount END) {POSTED} AND NOT is_own_transfer",
    ),
    (
        ("inflow", "income", "interest_received"), {},
        "SELECT sum(amount) FILTER (WHERE category IN ('income', 'interest', 'transfer', 'cash', 'investment')), "
        "sum(amount) FILTER (WHERE category = 'income'), sum(amount) FILTER (WHERE category = 'interest') "
        f"{POSTED} AND amount > 0 AND NOT is_own_transfer AND reversal_of IS NULL",
    ),
    (
        ("median_ticket", "average_ticket", "largest_transaction"), {},
        f"SELECT quantile_cont(-amount::DOUBLE, 0.5), round(sum(-amount) / count(*), 2), -min(amount) {POSTED} "
        "AND amount < 0 AND NOT is_own_transfer",
    ),
    (
        ("emi_bounces", "bounce_rate"), {"grain": "month"},
        "SELECT date_trunc('month', posted_at)::DATE, sum((amount > 0 AND reversal_of IS NOT NULL)::INTEGER), "
        "sum((amount > 0 AND reversal_of IS NOT NULL AND mode IN ('nach', 'cheque'))::INTEGER) "
        "/ sum((amount < 0 AND mode IN ('nach', 'cheque'))::INTEGER) "
        f"{POSTED} AND category = 'loan_payment' GROUP BY 1",
    ),
    (
        ("cash_withdrawals", "fees", "gambling_spend"), {},
        "SELECT sum(if(amount < 0 AND NOT is_own_transfer AND (mode = 'atm' OR category = 'cash'), -amount, 0)), "
        "sum(CASE WHEN amount < 0 AND category = 'fees' THEN -amount END), "
        f"sum(CASE WHEN category = 'gambling' THEN -amount END) {POSTED}",
    ),
    (
        ("upi_share",), {"dimensions": ["region"]},
        "SELECT c.region, avg((t.mode = 'upi')::INTEGER) FROM books.core.transactions AS t "
        "JOIN books.core.customers AS c USING (customer_id) "
        "WHERE t.posted_at >= '{start}' AND t.posted_at < '{end}' GROUP BY c.region",
    ),
    (
        ("disbursed_amount", "loans_disbursed", "average_rate"), {"dimensions": ["product"]},
        "SELECT product, sum(principal), count(*), sum(principal::DOUBLE * annual_rate) / sum(principal)::DOUBLE "
        f"{LENT} GROUP BY product",
    ),
    (
        ("outstanding", "open_loans", "borrowers"), {"dimensions": ["product"]},
        "SELECT l.product, sum(s.outstanding), count(*) FILTER (WHERE s.outstanding > 0), "
        f"count(DISTINCT s.customer_id) FILTER (WHERE s.outstanding > 0) {STATUS} AND s.sma_class <> 'written_off' "
        "GROUP BY l.product",
    ),
    (
        ("npa_ratio", "delinquency_rate", "overdue_loans"), {},
        "SELECT sum(CASE WHEN s.days_past_due > 90 THEN s.outstanding ELSE 0 END) / sum(s.outstanding)::DOUBLE, "
        "sum(CASE WHEN s.days_past_due > 30 THEN s.outstanding ELSE 0 END) / sum(s.outstanding)::DOUBLE, "
        f"count(nullif(s.days_past_due, 0)) {STATUS} AND s.sma_class <> 'written_off'",
    ),
    (
        ("outstanding",), {"grain": "month"},
        "SELECT date_trunc('month', as_of)::DATE, sum(outstanding) FROM books.core.loan_status "
        "WHERE as_of >= '{start}' AND as_of < '{end}' AND sma_class <> 'written_off' GROUP BY 1",
    ),
    (
        ("amount_due", "amount_collected", "collection_rate", "on_time_rate"), {},
        "SELECT sum(amount_due), sum(amount_paid), sum(amount_paid)::DOUBLE / sum(amount_due)::DOUBLE, "
        f"avg(coalesce(paid_on <= due_on, FALSE)::INTEGER) {DUE}",
    ),
    (
        ("average_pd", "expected_loss", "high_risk_borrowers"), {"dimensions": ["region"]},
        "SELECT c.region, avg(s.probability), sum(s.expected_loss), count(*) FILTER (WHERE s.probability >= 0.08) "
        f"{SCORED} GROUP BY c.region",
    ),
    (
        ("exposure_weighted_pd", "average_score"), {},
        f"SELECT sum(s.probability * s.exposure::DOUBLE) / sum(s.exposure::DOUBLE), avg(s.score) {SCORED}",
    ),
    (
        ("sessions", "app_customers"), {"dimensions": ["channel"]},
        "SELECT channel, count(*), count(DISTINCT customer_id) FROM books.core.sessions WHERE started_at >= '{start}' "
        "AND started_at < '{end}' GROUP BY channel",
    ),
    (
        ("customers",), {"period": None, "dimensions": ["band"]},
        "SELECT s.band, count(*) FROM books.core.customers AS c LEFT JOIN books.scores.latest AS s ON "
        "s.customer_id = c.customer_id AND s.model = 'credit' WHERE coalesce(c.closed_on > '{clock}', TRUE) "
        "GROUP BY s.band",
    ),
    (
        ("spend",), {"filters": [{"field": "city", "value": "poona"}, {"field": "amount", "op": ">", "value": 5000}]},
        f"SELECT sum(-amount) {POSTED} AND amount < -5000 AND NOT is_own_transfer AND category NOT IN {NOT_SPENT} "
        "AND customer_id IN (SELECT customer_id FROM books.core.customers WHERE city = 'Pune')",
    ),
    (
        ("transactions",),
        {"filters": [
            {"field": "category", "op": "in", "value": ["kirana", "fuel"]},
            {"field": "mode", "op": "!=", "value": "upi"},
        ]},
        f"SELECT count(*) {POSTED} AND category IN ('groceries', 'fuel') AND mode <> 'upi'",
    ),
    (
        ("emi_paid",),
        {"dimensions": ["customer_id"], "filters": [{"field": "emi_paid", "op": ">=", "value": "90000"}]},
        f"SELECT customer_id, sum(-amount) {POSTED} AND category = 'loan_payment' AND subcategory <> 'foreclosure' "
        "GROUP BY customer_id HAVING sum(-amount) >= 90000",
    ),
    (
        ("loans_disbursed",),
        {"period": None, "filters": [{"field": "loan_amount", "op": "between", "value": [100000, 200000]}]},
        "SELECT count(*) FROM books.core.loans WHERE principal >= 100000 AND principal <= 200000",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"  # refusals leave the shared books alone
    opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def dates(toolbox: Toolbox) -> dict[str, dt.date]:
    clock = toolbox.workspace.data_clock(toolbox.principal)
    end = (clock + dt.timedelta(days=1)).replace(day=1)
    return {"clock": clock, "end": end, "start": months_before(end, 3)}


def months_before(first: dt.date, months: int) -> dt.date:
    count = first.year * 12 + first.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1)


def rows_of(toolbox: Toolbox, sql: str) -> list[tuple[Any, ...]]:
    return toolbox.workspace.query(toolbox.principal, sql).rows


def plain(rows: Any) -> list[list[Any]]:
    """Rows in one order, numbers as floats."""
    whole = [[float(cell) if isinstance(cell, Decimal | int) else cell for cell in row] for row in rows]
    return sorted(whole, key=lambda row: [str(cell) for cell in row])


def same(cell: Any, oracle: Any) -> bool:
    return math.isclose(cell, oracle, rel_tol=1e-9) if isinstance(oracle, float) else cell == oracle


@pytest.mark.parametrize(("metrics", "rest", "sql"), BY_HAND, ids=lambda value: str(value)[:60])
def test_a_metric_equals_sql_written_by_hand(
    toolbox: Toolbox, dates: dict[str, dt.date], metrics: tuple[str, ...], rest: dict[str, Any], sql: str
) -> None:
    period = {"period": {"start": dates["start"], "end": dates["end"]}}
    table = toolbox.query_metrics(metrics=list(metrics), **{**period, **rest}).table
    expected = plain(rows_of(toolbox, sql.format(**dates)))
    assert expected, "the oracle finds nothing: the comparison would be empty"
    assert any(cell for row in expected for cell in row[-len(metrics) :])
    assert len(table.rows) == len(expected)
    for row, oracle in zip(plain(table.rows), expected, strict=True):
        assert all(map(same, row, oracle)), f"{row} is not {oracle}"


def spent(toolbox: Toolbox, start: dt.date, end: dt.date) -> Decimal:
    sql = f"SELECT sum(-amount) {POSTED} AND amount < 0 AND NOT is_own_transfer AND category NOT IN {NOT_SPENT}"
    return rows_of(toolbox, sql.format(start=start, end=end))[0][0]


@pytest.mark.parametrize(("compare_to", "months_back"), [("previous_period", 3), ("previous_year", 12)])
def test_a_comparison_is_of_the_same_months_earlier(
    toolbox: Toolbox, dates: dict[str, dt.date], compare_to: str, months_back: int
) -> None:
    start, end = dates["start"], dates["end"]
    now, before = (spent(toolbox, months_before(start, back), months_before(end, back)) for back in (0, months_back))
    result = toolbox.query_metrics(metrics="spend", period={"start": start, "end": end}, compare_to=compare_to)
    assert [column.name for column in result.table.columns] == [
        "spend", "spend_previous", "spend_change", "spend_growth",
    ]  # fmt: skip
    assert result.table.rows[0][:3] == (now, before, now - before)
    assert result.table.rows[0][3] == pytest.approx(float((now - before) / before), rel=1e-9)
    assert {name: fact.value for name, fact in result.facts.items() if name.startswith("spend")} == dict(
        zip(("spend", "spend_previous", "spend_change", "spend_growth"), result.table.rows[0], strict=True)
    )


def test_a_share_changes_in_points_and_does_not_grow(toolbox: Toolbox) -> None:
    table = toolbox.query_metrics(metrics="npa_ratio", compare_to="previous_period").table
    assert [column.name for column in table.columns] == ["npa_ratio", "npa_ratio_previous", "npa_ratio_change"]


def test_a_limit_keeps_the_largest_and_tells_how_many_there_are(toolbox: Toolbox) -> None:
    everyone = toolbox.query_metrics(metrics="outstanding", dimensions=["customer_id"]).table.rows
    first = toolbox.query_metrics(metrics="outstanding", dimensions=["customer_id"], limit=5)
    assert first.table.rows == everyone[:5]
    assert [row[1] for row in everyone] == sorted((row[1] for row in everyone), reverse=True)
    assert (first.facts["rows"].value, first.facts["total_rows"].value) == (5, len(everyone))


def test_rows_come_in_the_order_asked_for(toolbox: Toolbox) -> None:
    asked = {"metrics": ["spend", "transactions"], "dimensions": ["region"]}
    rows = toolbox.query_metrics(**asked, order=[{"field": "transactions", "direction": "asc"}]).table.rows
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)


def test_each_figure_comes_with_its_definition_and_unit(toolbox: Toolbox) -> None:
    result = toolbox.query_metrics(metrics=["npa_amount", "npa_ratio"])
    assert result.facts["definition_npa_amount"].value.startswith(
        "Principal outstanding of loans over 90 days past due"
    )
    assert [(column.unit, column.type) for column in result.table.columns] == [
        ("currency", "decimal"), ("percent", "float"),
    ]  # fmt: skip
    assert result.facts["currency"].value == "INR"


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ({"metrics": "average_pd"}, True),
        ({"metrics": "customers", "dimensions": ["band"]}, True),
        ({"metrics": "spend", "filters": [{"field": "band", "value": "high"}]}, True),
        ({"metrics": "spend"}, False),
    ],
    ids=str,
)
def test_what_leans_on_a_model_names_its_version(toolbox: Toolbox, question: dict[str, Any], leans: bool) -> None:
    result = toolbox.query_metrics(**question)
    assert bool(result.model_versions) == leans == ("credit_trained_as_of" in result.facts)


def test_a_time_without_rows_says_so_instead_of_zero(toolbox: Toolbox) -> None:
    empty = toolbox.query_metrics(metrics="outstanding", period={"start": "1990-01-01", "end": "1990-02-01"})
    assert empty.table.rows == ((None,),)
    assert empty.warnings == ("No row of the books matches: the figure is not available for this selection.",)


def test_the_statement_shown_gives_the_rows_when_run_as_free_sql(toolbox: Toolbox) -> None:
    asked = toolbox.query_metrics(metrics=["spend", "outstanding"], dimensions=["region"])
    assert toolbox.run_sql(sql=asked.sql[0]).table.rows == asked.table.rows


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"metrics": "spnd"}, "There is no metric 'spnd'. Did you mean 'spend'?"),
    ({"metrics": "kharcha"}, "There is no metric 'kharcha'. Did you mean 'spend'?"),
    ({"metrics": "spend", "dimensions": ["citty"]}, "There is no dimension 'citty'. Did you mean 'city'?"),
    ({"metrics": "sessions", "dimensions": ["merchant"]}, "'merchant' does not apply to 'sessions'."),
    ({"metrics": "spend", "filters": [{"field": "mode", "value": "telepathy"}]}, "'mode' has no value 'telepathy'."),
    ({"metrics": "spend", "filters": [{"field": "city", "op": ">", "value": "A"}]}, "'>' does not apply to 'city'"),
    ({"metrics": "spend", "filters": [{"field": "inflow", "op": ">", "value": 1}]}, "add it to 'metrics'"),
    ({"metrics": "spend", "order": [{"field": "size"}]}, "The result has no column 'size' to sort by."),
    ({"metrics": "spend", "period": {"start": "2026-06-01", "end": "2026-05-01"}}, "the period ends before it starts"),
    ({"metrics": "spend", "period": {"start": "yesterday", "end": "today"}}, "period.start: "),
    ({"metrics": "spend", "limit": 0}, "limit: Input should be greater than or equal to 1"),
    ({"metrics": "spend", "grain": "fortnight"}, "grain: Input should be 'day', 'week', 'month', 'quarter' or 'year'"),
    ({"metrics": []}, "metrics: "),
    ({"metrics": "spend", "filters": [{"field": "city", "values": ["Pune"]}]}, "filters.0.values: Extra inputs"),
    ({}, "metrics: Field required"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "told"), FAULTS, ids=str)
def test_a_question_that_cannot_be_is_told_with_what_can(toolbox: Toolbox, question: dict[str, Any], told: str) -> None:
    with pytest.raises(ToolRetry) as raised:
        toolbox.query_metrics(**question)
    assert told in str(raised.value)


def test_what_is_told_of_groups_only_is_not_told_customer_by_customer(toolbox: Toolbox) -> None:
    assert len(toolbox.query_metrics(metrics="customers", dimensions=["gender"]).table.rows) >= 2
    with pytest.raises(ToolRefused, match="reported over groups"):
        toolbox.query_metrics(metrics="spend", dimensions=["gender", "customer_id"])


@pytest.mark.parametrize(
    "question",
    [
        {"metrics": "average_pd"},
        {"metrics": "excluded_borrowers"},
        {"metrics": "customers", "dimensions": ["band"]},
        {"metrics": "spend", "filters": [{"field": "band", "value": "high"}]},
        {"metrics": "customers", "filters": [{"field": "probability_of_default", "op": ">", "value": 0.1}]},
    ],
    ids=str,
)
def test_risk_is_refused_to_who_may_not_see_scores(toolbox: Toolbox, question: dict[str, Any]) -> None:
    viewer = Toolbox(toolbox.workspace, Principal("vic", "demo", "viewer"))
    with pytest.raises(ToolRefused, match="takes the permission scores:read, which the role viewer does not hold"):
        viewer.query_metrics(**question)


def test_a_viewer_sees_the_same_figures_of_the_books(toolbox: Toolbox) -> None:
    def asked(of: Toolbox) -> ToolResult:
        return of.query_metrics(metrics=["spend", "outstanding"], dimensions=["city"])

    assert asked(Toolbox(toolbox.workspace, Principal("vic", "demo", "viewer"))).table == asked(toolbox).table
