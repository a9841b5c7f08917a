"""Answers made by hand: as of another month, and from a statement that a person wrote, under the same guards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from assistant.moving import month_of, months_before, moved
from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.errors import ToolRefused, ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools.toolbox import Toolbox

MARCH, JUNE = dt.date(2026, 3, 31), dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def munshi(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=demo_settings) as opened:
        kept = f"sqlite:///{tmp_path_factory.mktemp('kept')}/control.sqlite"
        opened.workspace.control = ControlStore(kept, "demo", opened.workspace.keys)
        yield opened


def figure(munshi: Munshi, metric: str, start: str, end: str) -> object:
    """The figure of a period, by the tool alone."""
    toolbox = Toolbox(munshi.workspace, munshi.principal)
    return toolbox.query_metrics(metrics=[metric], period={"start": start, "end": end}).table.rows[0][0]


@pytest.mark.parametrize(
    ("question", "metric", "then", "now"),
    [
        ("What is the expected loss?", "expected_loss", ("2026-03-01", "2026-04-01"), ("2026-06-01", "2026-07-01")),
        ("How many customers do we have?", "customers", ("2026-03-01", "2026-04-01"), ("2026-06-01", "2026-07-01")),
        ("Inflow in May 2026", "inflow", ("2026-03-01", "2026-04-01"), ("2026-05-01", "2026-06-01")),
        ("Total inflow", "inflow", ("1900-01-01", "2026-04-01"), ("1900-01-01", "2026-07-01")),
    ],
)
def test_one_figure_is_told_beside_what_it_was(munshi: Munshi, question, metric, then, now):
    before = munshi.ask(question)
    answer = munshi.as_of(before.receipt_id, MARCH)
    assert (answer.status, answer.grounded) == ("answered", True)
    assert answer.table.rows[0][:2] == (figure(munshi, metric, *then), figure(munshi, metric, *now))
    assert answer.question.startswith(f"{question} – as of 31 Mar 2026 instead of ")
    assert "31 Mar 2026 instead of" in answer.text
    assert ", against " in answer.text
    assert answer.conversation_id == before.conversation_id
    assert munshi.replay(answer.receipt_id).same


def test_a_split_and_a_course_move_whole(munshi: Munshi):
    split = munshi.as_of(munshi.ask("Expected loss by city").receipt_id, MARCH)
    assert split.as_of == MARCH
    assert [column.name for column in split.table.columns] == ["city", "expected_loss"]
    course = munshi.as_of(munshi.ask("Monthly inflow over the last 12 months").receipt_id, MARCH)
    assert [row[0].isoformat()[:7] for row in course.table.rows][::11] == ["2025-04", "2026-03"]


def test_a_ranking_is_made_of_the_scores_kept_for_that_month(munshi: Munshi):
    answer = munshi.as_of(munshi.ask("Who are my top 5 risky borrowers?").receipt_id, MARCH)
    listed = [row[0] for row in answer.table.rows]
    sql = (
        "SELECT customer_id FROM semantic.scores_history WHERE model = 'credit' AND as_of = DATE '2026-03-31' "
        "GROUP BY 1 ORDER BY avg(probability) DESC, 1 LIMIT 5"
    )
    assert listed == [row[0] for row in Toolbox(munshi.workspace, munshi.principal).run_sql(sql=sql).table.rows]


def test_an_answer_run_again_is_run_again_from_there(munshi: Munshi):
    march = munshi.as_of(munshi.ask("What is the expected loss?").receipt_id, MARCH)
    may = munshi.as_of(march.receipt_id, dt.date(2026, 5, 31))
    assert may.question == "What is the expected loss? – as of 31 May 2026 instead of 31 Mar 2026"
    assert may.table.rows[0][1] == march.table.rows[0][0]


@pytest.mark.parametrize(
    ("question", "month", "why"),
    [
        ("Forecast spend for the next 3 months", MARCH, "looks ahead from the newest posting"),
        ("Top 5 borrowers by days past due", MARCH, "kept for the newest month alone"),
        ("What is the expected loss?", JUNE, "as of 30 Jun 2026 already"),
        ("What is the expected loss?", dt.date(2027, 1, 31), "The books end on"),
    ],
)
def test_what_has_no_other_month_says_why(munshi: Munshi, question, month, why):
    answer = munshi.as_of(munshi.ask(question).receipt_id, month)
    assert answer.status == "abstained"
    assert why in answer.text
    assert answer.table is None


def test_an_answer_of_another_is_not_run_again(munshi: Munshi):
    mine = munshi.ask("What is the expected loss?")
    other = Munshi(munshi.workspace, Principal("else", "demo", "analyst"))
    with pytest.raises(ToolRefused, match="another caller"):
        other.as_of(mine.receipt_id, MARCH)


def test_a_statement_runs_within_the_guard_and_leaves_a_receipt(munshi: Munshi):
    answer = munshi.run_sql("SELECT city, count(*) AS n FROM semantic.customers GROUP BY 1 ORDER BY 2 DESC LIMIT 3;")
    assert (answer.status, len(answer.table.rows)) == ("answered", 3)
    assert munshi.replay(answer.receipt_id).same


@pytest.mark.parametrize(
    ("statement", "status", "why"),
    [
        ("SELECT * FROM core.customers", "refused", "core.customers is outside the semantic views"),
        ("DELETE FROM semantic.customers", "refused", "is not a query"),
        ("SELECT nope FROM semantic.customers", "abstained", 'column "nope" not found'),
    ],
)
def test_what_the_guard_has_against_a_statement_is_told(munshi: Munshi, statement, status, why):
    answer = munshi.run_sql(statement)
    assert answer.status == status
    assert why in answer.text
    assert answer.table is None
    assert answer.receipt_id == ""
    newest = munshi.workspace.control.audit_entries()[-1:]
    assert [(each["action"], each["outcome"]) for each in newest if status == "refused"] == [
        ("tool:run_sql", "refused")
    ] * (status == "refused")


def test_who_may_not_run_statements_runs_none(munshi: Munshi):
    viewer = Munshi(munshi.workspace, Principal("viewer", "demo", "viewer"))
    answer = viewer.run_sql("SELECT 1")
    assert (answer.status, "sql:run" in answer.text) == ("refused", True)


def test_months_are_whole_and_no_older_than_the_books(munshi: Munshi):
    assert months_before(dt.date(2026, 6, 12), dt.date(2026, 4, 20)) == (
        JUNE,
        dt.date(2026, 5, 31),
        dt.date(2026, 4, 30),
    )
    plan = [
        {
            "tool": "query_metrics",
            "args": {"metrics": ["inflow"], "period": {"start": "2026-01-01", "end": "2026-04-01"}},
        }
    ]
    assert month_of(plan, JUNE) == MARCH
    assert month_of([], JUNE) == JUNE
    with pytest.raises(ToolRetry, match="called no tool"):
        moved([], MARCH, JUNE, munshi.workspace.vocabulary)
