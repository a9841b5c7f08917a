"""A caller bound to one city sees that city only, in every tool, and cannot tell that there is more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from governance.control import ControlStore
from governance.errors import ConfigurationError, ToolRefused, ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools.toolbox import Toolbox

PUNE = Principal("pia", "demo", "risk_manager", {"city": ("Pune",)})
IN_PUNE = "(SELECT customer_id FROM books.core.customers WHERE city = 'Pune')"


@pytest.fixture(scope="module")
def everything(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    """The tools of the risk manager, who sees every row."""
    opened = Toolbox.open("demo", settings=demo_settings)
    audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"  # refusals leave the shared books alone
    opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def pune(everything: Toolbox) -> Toolbox:
    return Toolbox(everything.workspace, PUNE)


def rows_of(everything: Toolbox, sql: str) -> list[tuple[Any, ...]]:
    return everything.workspace.query(everything.principal, sql).rows


@pytest.fixture(scope="module")
def insiders(everything: Toolbox) -> set[str]:
    found = {row[0] for row in rows_of(everything, IN_PUNE)}
    assert 20 <= len(found) < 200
    return found


@pytest.fixture(scope="module")
def outsider(everything: Toolbox) -> str:
    """The riskiest borrower who lives elsewhere."""
    return rows_of(
        everything,
        f"SELECT customer_id FROM books.scores.latest WHERE model = 'credit' AND customer_id NOT IN {IN_PUNE} "
        "ORDER BY rank LIMIT 1",
    )[0][0]


#: Views the sandbox has no rows for.
EMPTY = ("applications",)


def test_every_view_shows_exactly_the_rows_of_the_city(everything: Toolbox, pune: Toolbox) -> None:
    views = everything.workspace.vocabulary.views.values()
    assert len(views) >= 10
    for view in views:
        seen = pune.run_sql(sql=f"SELECT count(*), count(DISTINCT customer_id) FROM {view.name}").table.rows
        there = rows_of(
            everything,
            f'SELECT count(*), count(DISTINCT customer_id) FROM semantic."{view.name}" WHERE customer_id IN {IN_PUNE}',
        )
        alien = rows_of(everything, f'SELECT count(*) FROM semantic."{view.name}" WHERE customer_id NOT IN {IN_PUNE}')
        assert list(seen) == there, view.name
        assert alien[0][0] > 0 or view.name in EMPTY, (
            f"{view.name} has no row outside the city: the comparison shows nothing"
        )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT customer_id FROM customers WHERE city <> 'Pune' OR TRUE",
        "SELECT t.customer_id FROM transactions AS t LEFT JOIN customers AS c ON FALSE GROUP BY ALL",
        "SELECT customer_id FROM loans UNION SELECT customer_id FROM borrowers",
        "WITH customers AS (SELECT * FROM customers) SELECT customer_id FROM customers",
    ],
)
def test_no_statement_reaches_beyond_the_city(pune: Toolbox, insiders: set[str], sql: str) -> None:
    found = {row[0] for row in pune.run_sql(sql=sql).table.rows}
    assert found
    assert found <= insiders


@pytest.mark.parametrize("table", ["books.core.customers", "core.customers", "books.meta.workspace"])
def test_the_tables_below_the_views_are_out_of_reach(pune: Toolbox, table: str) -> None:
    with pytest.raises((ToolRefused, ToolRetry)):
        pune.run_sql(sql=f"SELECT * FROM {table}")


def test_rankings_list_and_count_the_city_only(everything: Toolbox, pune: Toolbox, insiders: set[str]) -> None:
    ranked = pune.top_risky_borrowers(limit=100_000)
    same = everything.top_risky_borrowers(limit=100_000, city="Pune")
    assert {row[1] for row in ranked.table.rows} <= insiders
    assert ranked.table == same.table
    counted = ("eligible", "returned", "excluded_npa", "excluded_written_off", "total_exposure", "cutoff")
    assert {name: ranked.facts[name] for name in counted} == {name: same.facts[name] for name in counted}


def test_metrics_count_the_city_only(everything: Toolbox, pune: Toolbox, insiders: set[str]) -> None:
    asked = {"metrics": ["customers", "transactions", "outstanding", "scored_borrowers"]}
    in_city = {"filters": [{"field": "city", "value": "Pune"}]}
    assert pune.query_metrics(**asked).table.rows == everything.query_metrics(**asked, **in_city).table.rows
    by_customer = pune.query_metrics(metrics="transactions", dimensions=["customer_id"]).table.rows
    assert {row[0] for row in by_customer} <= insiders
    assert [row[0] for row in pune.query_metrics(metrics="customers", dimensions=["city"]).table.rows] == ["Pune"]


def test_the_status_counts_the_city_only(everything: Toolbox, pune: Toolbox) -> None:
    counts = dict(pune.workspace_status().table.rows)
    for part in ("customers", "accounts", "transactions", "loans", "sessions"):
        sql = f"SELECT count(*) FROM books.core.{part} WHERE customer_id IN {IN_PUNE}"
        assert counts[part] == rows_of(everything, sql)[0][0]


def test_one_of_the_city_is_shown_as_to_anybody(everything: Toolbox, pune: Toolbox) -> None:
    customer = pune.top_risky_borrowers(limit=1).table.rows[0][1]
    assert pune.customer_profile(customer_id=customer) == everything.customer_profile(customer_id=customer)
    explained, whole = (of.explain_prediction(customer_id=customer) for of in (pune, everything))
    assert (explained.table, explained.tables) == (whole.table, whole.tables)


def test_cohorts_and_reachable_figures_are_of_the_city(everything: Toolbox, pune: Toolbox) -> None:
    customer = pune.top_risky_borrowers(limit=1).table.rows[0][1]
    theirs, same = pune.compare_customers(customer_id=customer), everything.compare_customers(customer_id=customer,
                                                                                              city="Pune")  # fmt: skip
    assert theirs.table == same.table
    assert theirs.facts["beside_customers"] == same.facts["beside_customers"]
    assert theirs.facts["beside_customers"].value < (
        everything.compare_customers(customer_id=customer).facts["beside_customers"].value
    )


@pytest.mark.parametrize("name", ["customer_profile", "explain_prediction", "what_if", "compare_customers"])
def test_an_outsider_is_not_found_and_not_hinted_at(
    pune: Toolbox, insiders: set[str], outsider: str, name: str
) -> None:
    with pytest.raises(ToolRetry) as raised:
        pune.call(name, {"customer_id": outsider})
    told = str(raised.value)
    assert told.startswith(f"There is no customer '{outsider}' among the {len(insiders)} you may see.")
    assert set(told.partition("Nearest: ")[2].rstrip(".").split(", ")) <= insiders | {""}


def test_other_cities_are_not_named(pune: Toolbox) -> None:
    with pytest.raises(ToolRetry) as raised:
        pune.top_risky_borrowers(city="Delhi")
    assert str(raised.value) == "No borrower has city 'Delhi'. There are: Pune."


def test_partitions_bind_together_and_an_empty_one_shows_nothing(everything: Toolbox) -> None:
    for bound, sql in (
        ({"city": ("Pune", "Delhi"), "occupation": ("gig",)}, "city IN ('Pune', 'Delhi') AND occupation = 'gig'"),
        ({"city": ()}, "FALSE"),
        ({"city": ("Pune' OR '1'='1",)}, "FALSE"),
    ):  # fmt: skip
        caller = Toolbox(everything.workspace, Principal("pia", "demo", "risk_manager", bound))
        expected = rows_of(everything, f"SELECT count(*) FROM books.core.customers WHERE {sql}")
        assert list(caller.run_sql(sql="SELECT count(*) FROM customers").table.rows) == expected


def test_a_partition_that_cannot_bind_lets_nothing_through(everything: Toolbox) -> None:
    caller = Toolbox(everything.workspace, Principal("pia", "demo", "risk_manager", {"town": ("Pune",)}))
    with pytest.raises(ConfigurationError, match="Rows cannot be partitioned by 'town'"):
        caller.workspace_status()
