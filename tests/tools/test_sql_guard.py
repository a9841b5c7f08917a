"""What the guard lets pass, what it refuses, and that nothing passes which reads anything but the semantic views."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import MunshiError, ToolRefused, ToolRetry
from tools.sql_dialect import tokens
from tools.sql_engine_tree import check_engine_tree
from tools.sql_guard import CLOCK_WARNING, GuardedSql, check
from tools.sql_rules import load_rules

HERE = Path(__file__).parent
HOSTILE: list[dict[str, str]] = yaml.safe_load((HERE / "hostile.sql.yaml").read_text("utf-8"))
ORDINARY: list[str] = yaml.safe_load((HERE / "ordinary.sql.yaml").read_text("utf-8"))
REFUSED = [entry for entry in HOSTILE if entry.get("by") != "worker"]
VIEWS = ("customers", "accounts", "transactions", "loans", "scores")

BOOKS = """
CREATE SCHEMA semantic; CREATE SCHEMA core;
CREATE TABLE core.customers AS SELECT 'c' || i AS customer_id, 'Name ' || i AS full_name,
    ['Pune', 'Delhi', 'Goa', NULL][i % 4 + 1] AS city, ['MH', 'DL', 'GA'][i % 3 + 1] AS state,
    [['legal'], ['dispute', 'legal'], []][i % 3 + 1] AS contact_flags FROM range(7) r(i);
CREATE TABLE core.accounts AS SELECT 'a' || i AS account_id, 'c' || i % 7 AS customer_id, 'savings' AS kind,
    'Pune' AS branch FROM range(9) r(i);
CREATE TABLE core.transactions AS SELECT 't' || i AS transaction_id, 'a' || i % 9 AS account_id,
    'c' || i % 7 AS customer_id, TIMESTAMP '2024-01-01' + to_days((i * 3)::INT) AS posted_at,
    DATE '2024-01-01' + i::INT AS value_date, ((i * 37) % 211 - 120)::DECIMAL(18,2) AS amount,
    (i * 11 % 97)::DECIMAL(18,2) AS balance_after, ['upi', 'card', 'cash'][i % 3 + 1] AS mode,
    ['rent', 'fees', 'food'][i * i % 3 + 1] AS category, CASE WHEN i % 2 = 0 THEN 'M' || i END AS merchant
    FROM range(40) r(i);
CREATE TABLE core.loans AS SELECT 'l' || i AS loan_id, 'c' || i AS customer_id, (i * 1000)::DECIMAL(18,2) AS principal,
    (i * 100)::DECIMAL(18,2) AS emi_amount, DATE '2024-02-01' AS disbursed_on FROM range(1, 4) r(i);
CREATE TABLE core.scores AS SELECT 'c1' AS customer_id, [{'concept': 'income', 'points': 1.5}] AS reasons;
CREATE VIEW semantic.customers AS SELECT * REPLACE (left(full_name, 1) || '•••' AS full_name) FROM core.customers;
""" + "".join(f"CREATE VIEW semantic.{name} AS SELECT * FROM core.{name};" for name in VIEWS[1:])


@pytest.fixture(scope="module")
def books() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(BOOKS)
        connection.execute("SET search_path = 'semantic'; SET enable_external_access = false")
        yield connection


def engine_tree(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    literal = "'" + sql.replace("'", "''") + "'"
    found = connection.execute(f"SELECT json_serialize_sql({literal})").fetchone()
    assert found is not None
    return json.loads(found[0])


def returned(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[str]]:
    """Columns' types and rows in no particular order."""
    cursor = connection.execute(sql)
    return [str(column[1]) for column in cursor.description or ()], sorted(map(repr, cursor.fetchall()))


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry["why"])
def test_hostile_statements_are_refused(entry: dict[str, str]) -> None:
    expected = (ToolRefused, ToolRetry) if entry.get("as") == "retry" else ToolRefused
    with pytest.raises(expected):
        check(entry["sql"], VIEWS)


@pytest.mark.parametrize("sql", ORDINARY)
def test_ordinary_statements_return_what_they_said(sql: str, books: duckdb.DuckDBPyConnection) -> None:
    guarded = check(sql, VIEWS)
    assert returned(books, guarded.sql) == returned(books, sql)
    check_engine_tree(engine_tree(books, guarded.sql))


def test_there_are_enough_of_both() -> None:
    assert len(REFUSED) >= 70
    assert len(ORDINARY) >= 40
    assert len({entry["sql"] for entry in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize(
    ("sql", "written", "read"),
    [
        ("select City from CUSTOMERS -- all", 'SELECT "City" FROM "semantic"."customers"', ("customers",)),
        ("SELECT 1", "SELECT 1", ()),
        (
            "FROM loans l JOIN customers USING (customer_id)",
            'SELECT * FROM "semantic"."loans" AS "l" JOIN "semantic"."customers" USING ("customer_id")',
            ("customers", "loans"),
        ),
        ("WITH loans AS (FROM customers) FROM loans", None, ("customers",)),
        ("SELECT * FROM (WITH loans AS (FROM customers) FROM loans), loans", None, ("customers", "loans")),
    ],
)
def test_what_runs_is_written_anew(sql: str, written: str | None, read: tuple[str, ...]) -> None:
    guarded = check(sql, dict.fromkeys(VIEWS, ()))
    assert guarded.tables == read
    assert written in (None, guarded.sql)
    assert check(guarded.sql, VIEWS) == guarded


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM customer", "Did you mean 'customers'?"),
        ("SELECT * FROM", "not valid SQL"),
        ("SELECT 'open", "not valid SQL"),
        ("SELCT city FROM customers", "not valid SQL"),
        ("", "no statement"),
        ("-- nothing", "no statement"),
        ("SELECT 1, " * 5000, "characters"),
        ("SELECT " + "(" * 400 + "1" + ")" * 400, "nested too deeply"),
        ("SELECT 0x1F", "0x1F"),
        ("SELECT amount::money FROM loans", "no type money"),
    ],
)
def test_slips_can_be_mended(sql: str, said: str) -> None:
    with pytest.raises(ToolRetry, match=re.escape(said)):
        check(sql, VIEWS)


def test_an_unknown_function_is_refused_with_the_nearest() -> None:
    with pytest.raises(ToolRefused, match=r"summ\(\).*nearest are sum,"):
        check("SELECT summ(amount) FROM transactions", VIEWS)


def test_the_machines_clock_is_told() -> None:
    for sql in ("SELECT current_date", "SELECT now()", "SELECT count(*) FROM loans WHERE disbursed_on < today()"):
        assert check(sql, VIEWS).warnings == (CLOCK_WARNING,)
    assert check("SELECT max(posted_at) FROM transactions", VIEWS).warnings == ()


@pytest.mark.parametrize(
    ("sql", "passes"),
    [
        ("SELECT * FROM range(1000000)", True),
        ("SELECT * FROM range(1000001)", False),
        ("SELECT * FROM range(-5, 10, 2)", True),
        ("SELECT * FROM range(0, 10000000, 100)", True),
        ("SELECT * FROM range(1, 10, 0)", False),
        ("SELECT * FROM generate_series(DATE '2020-01-01', DATE '2024-12-31', INTERVAL '1 day')", True),
        ("SELECT * FROM generate_series(DATE '2020-01-01', DATE '2024-12-31')", False),
        ("SELECT * FROM generate_series(DATE '2020-01-01', 5, INTERVAL '1 day')", False),
        ("SELECT * FROM generate_series(DATE 'epoch', DATE '2024-12-31', INTERVAL '1 day')", False),
        ("SELECT repeat('ab', 1000)", True),
        ("SELECT repeat('ab', 1001)", False),
        ("SELECT repeat('ab')", False),
        ("SELECT lpad(city, 12, ' ') FROM customers", True),
        ("SELECT format(city) FROM customers", False),
        ("SELECT * FROM sum(1)", False),
    ],
)
def test_what_could_be_endless_is_bounded(sql: str, passes: bool) -> None:
    if passes:
        check(sql, VIEWS)
    else:
        with pytest.raises(MunshiError):
            check(sql, VIEWS)


#: Names that reach outside the statement: files, settings, the catalog, the session, time, chance, other statements.
REACHING = re.compile(
    r"(read_|parquet_|duckdb_|pragma_|pg_|has_\w+_privilege|json_(de)?serialize|json_execute|inet_|icu_|current_(?!date|timestamp)"
    r"|getenv|getvariable|glob|sniff|query|sleep|nextval|currval|random|setseed|.*uuid|write_log|error|version|txid|which_"
    r"|in_search_path|seq_scan|arrow_scan|pandas_scan|python_|.*_path|parse_|enable_|disable_|force_|checkpoint|col_desc|obj_desc"
    r"|shobj|format_type|test_|show|table_info|storage_info|metadata|database|functions|collations|stats|vector_type|user).*"
)


def test_the_list_holds_only_functions_that_exist_and_reach_nowhere(books: duckdb.DuckDBPyConnection) -> None:
    exist = {name.lower() for (name,) in books.execute("SELECT function_name FROM duckdb_functions()").fetchall()}
    grammar = {
        "coalesce",
        "if",
        "ifnull",
        "grouping",
        "grouping_id",
        "percentile_cont",
        "percentile_disc",
        "current_timestamp",
    }
    allowed = load_rules().callable
    assert allowed - exist - set(grammar) == set()
    assert [name for name in sorted(allowed) if REACHING.fullmatch(name)] == []


ENGINE_REFUSES = [
    "SELECT * FROM core.customers",
    "SELECT * FROM customers",
    "SELECT * FROM 'x.csv'",
    "SELECT * FROM read_csv('x')",
    "SELECT getvariable('x')",
    "SELECT 1; SELECT 2",
    "CREATE TABLE x (a INT)",
    "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2) FROM r",
    "SELECT * FROM (SHOW TABLES)",
    "SUMMARIZE semantic.customers",
    "SELECT $1",
    "SELECT * FROM semantic.customers AT (VERSION => 1)",
    "SELECT * FROM semantic.customers USING SAMPLE 10%",
    "not sql",
]


@pytest.mark.parametrize("sql", ENGINE_REFUSES)
def test_the_engines_own_parse_is_held_to_the_same(sql: str, books: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ToolRetry if sql == "not sql" else ToolRefused):
        check_engine_tree(engine_tree(books, sql))


SEEDS = [entry["sql"] for entry in HOSTILE] + ORDINARY
#: Pieces that mutations splice in, besides the tokens of `SEEDS`.
SPLICES = [
    "books.core.customers", "core.customers", "duckdb_settings()", "'x.csv'", '"x.csv"', "read_csv('x')", ";", "--",
    "/*", "*/", "$$", "''", '"', "\\", "\u00a0", "\u200b", "\u3000", "AT (VERSION => 1)", "WITH RECURSIVE", "semantic.",
    "main.", "customers", "(FROM core.loans)", ".getenv()", "::", "=>", ":=", "->", "USING SAMPLE 1", "INTO x",
]  # fmt: skip


def pieces(sql: str) -> list[str]:
    try:
        return [sql[token.start : token.end + 1] for token in tokens(sql)]
    except Exception:  # noqa: BLE001 - a seed that has no tokens is mutated as text
        return sql.split()


ALL_PIECES = sorted({piece for seed in SEEDS for piece in pieces(seed)}) + SPLICES


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A known statement with some of its tokens dropped, doubled, swapped or spliced."""
    words = pieces(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(words) - 1, 0)))
        words[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(ALL_PIECES), max_size=2))
    return draw(st.sampled_from([" ", " ", "\n", "\u00a0"])).join(words)


def passed(sql: str) -> GuardedSql | None:
    try:
        return check(sql, VIEWS)
    except (ToolRefused, ToolRetry):
        return None


def tables_in(tree: Any) -> set[tuple[str, str, str]]:
    """Catalog, schema and name of every table in the engine's parse: the oracle, apart from the code under test."""
    if isinstance(tree, list):
        return {table for part in tree for table in tables_in(part)}
    if not isinstance(tree, dict):
        return set()
    inner = {table for part in tree.values() for table in tables_in(part)}
    place = (tree.get("catalog_name", ""), tree.get("schema_name", ""), tree.get("table_name", ""))
    return inner | {place} if "table_name" in tree else inner


@settings(max_examples=150, deadline=None, derandomize=True)
@given(sql=mutated())
def test_whatever_passes_reads_only_semantic_views(sql: str, books: duckdb.DuckDBPyConnection) -> None:
    guarded = passed(sql)
    if guarded is None:
        return
    assert check(guarded.sql, VIEWS) == guarded
    tree = engine_tree(books, guarded.sql)
    if tree["error"]:
        return
    check_engine_tree(tree)
    shared = {("", "", definition["key"]) for definition in definitions(tree)}
    assert tables_in(tree) - shared <= {("", "semantic", view) for view in guarded.tables}


def definitions(tree: Any) -> Iterator[dict[str, Any]]:
    """Every common table expression in the engine's parse."""
    if isinstance(tree, dict):
        yield from tree.get("cte_map", {}).get("map", ())
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from definitions(part)
