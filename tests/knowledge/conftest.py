"""Small books in memory, with the semantic views over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from analytics.schema import TABLES
from knowledge.compile import MetricQuery, compile_query, view_sql
from knowledge.vocabulary import Vocabulary, load_vocabulary, with_values

settings.register_profile("knowledge", deadline=None, max_examples=25, derandomize=True)
settings.load_profile("knowledge")

CLOCK = dt.date(2026, 6, 20)
CITIES = ("Bengaluru", "Pune", "O'Hara; DROP")


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("ATTACH ':memory:' AS books")
    for table in TABLES:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS books.{table.schema}")
        connection.execute(f"CREATE TABLE books.{table.qualified} ({table.ddl})")
    connection.execute(
        "CREATE SCHEMA IF NOT EXISTS books.meta; CREATE TABLE books.meta.workspace (key VARCHAR, value VARCHAR)"
    )
    connection.execute("INSERT INTO books.meta.workspace VALUES ('currency', 'INR')")
    connection.execute((Path(__file__).parent / "books.sql").read_text("utf-8"))


def create_views(connection: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, **options) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS semantic")
    for view in vocabulary.views.values():
        sql = view_sql(view, **{"show_personal": False, "partitions": {}, **options})
        connection.execute(f"CREATE OR REPLACE VIEW semantic.{view.name} AS {sql}")


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return with_values(load_vocabulary(), {"city": CITIES, "currency": ["INR"]})


@pytest.fixture(scope="session")
def books(vocabulary: Vocabulary) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as connection:
        fill(connection)
        create_views(connection, vocabulary)
        yield connection


@pytest.fixture(scope="session")
def open_books(vocabulary: Vocabulary) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Opens books of one's own, with views made under other options."""
    connections = []

    def opened(**options) -> duckdb.DuckDBPyConnection:
        connections.append(duckdb.connect(config={"threads": "1"}))
        fill(connections[-1])
        create_views(connections[-1], vocabulary, **options)
        return connections[-1]

    yield opened
    for connection in connections:
        connection.close()


@pytest.fixture(scope="session")
def clock() -> dt.date:
    return CLOCK


@pytest.fixture(scope="session")
def asked(books: duckdb.DuckDBPyConnection, vocabulary: Vocabulary):
    """Rows of a metric question."""

    def ask(*metrics: str, **question):
        compiled = compile_query(vocabulary, MetricQuery(metrics=metrics, **question), CLOCK)
        return books.execute(compiled.sql).fetchall()

    return ask
