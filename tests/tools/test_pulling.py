"""Declared sources: a feed on a real server, tables of real databases; secrets from the environment alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from feed_server import FeedServer, feed_server, record
from postgres_server import PostgresServer

from governance.errors import ConfigurationError, SourceError
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.declared import load_declared
from tools.operations.pulling import preview_source, pull_source
from tools.workspace import Workspace

#: Ibis 12 fetches batches through a DuckDB function that DuckDB 1.5 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
TABLE = """
kind: database
address: core
table: entries
mapping:
  columns: {date: booked_on, amount: amount, narration: text, customer: client, posting_id: id}
  dates: [YYYY-MM-DD]
"""
ROWS = [(1, "2024-04-01", -10.5, "TEA", "K1"), (2, "2024-04-02", 20.0, "PAY", "K2"), (3, "2024-04-31", 1.0, "", "K1")]
CREATE = "CREATE TABLE entries (id INTEGER, booked_on TEXT, amount DOUBLE PRECISION, text TEXT, client TEXT)"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server([record(number) for number in range(1, 6)]) as made:
        yield made


@pytest.fixture
def declared(tmp_path: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUNSHI_SECRET_OUR_BANK", "s3cret")
    path = tmp_path / "bank.yaml"
    path.write_text(f"kind: feed\nurl: {server.url}\ntoken: our-bank\n")
    return path


def ids(settings: Settings) -> list[str]:
    with Workspace.open("mine", settings) as workspace:
        sql = "SELECT transaction_id FROM books.core.transactions ORDER BY posted_at"
        return [row[0] for row in workspace.query(local_principal("mine"), sql).rows]


def test_a_feed_goes_on_where_the_last_pull_ended(declared: Path, server: FeedServer, settings: Settings) -> None:
    server.failures = [503]
    pull_source(declared, "mine", settings=settings, wait=lambda _: None)
    assert ids(settings) == ["T1", "T2", "T3", "T4", "T5"]
    assert {token for _, token in server.asked} == {"Bearer s3cret"}
    server.records += [record(6), record(7)]
    server.asked.clear()
    server.failures = [200, 401]
    with pytest.raises(SourceError, match="refuses: it answered 401"):
        pull_source(declared, "mine", settings=settings)
    assert [cursor for cursor, _ in server.asked] == ["3", "6"], "the last page again, as it may have grown"
    assert ids(settings) == ["T1", "T2", "T3", "T4", "T5", "T6"], "what came before the failure is kept"
    server.asked.clear()
    assert pull_source(declared, "mine", settings=settings).derived.added == 1
    assert [cursor for cursor, _ in server.asked] == ["6"]


def test_a_feed_is_previewed_without_being_kept(declared: Path, settings: Settings) -> None:
    found = preview_source(declared)
    assert found.told["rows_kept"] == 3
    assert "MEERA" not in repr(found)
    assert not settings.workspaces.exists()


def test_a_secret_that_is_not_set_is_named(declared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUNSHI_SECRET_OUR_BANK")
    with pytest.raises(ConfigurationError, match="MUNSHI_SECRET_OUR_BANK is not set"):
        preview_source(declared)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind: fead\n", "Did you mean 'feed'"),
        ("kind: feed\nurls: x\n", "`url` is missing; `urls` is not known Did you mean 'url'"),
        ("kind: database\ntable: t\n", "`address` is missing; `mapping` is missing"),
        ("kind: feed\nurl: x\nname: 1st\n", "`name` is '1st'"),
        ("- a\n", "no names and values"),
        ("a: [\n", "not readable YAML, line 2"),
    ],
)
def test_a_wrong_declaration_says_everything_that_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "source.yaml"
    path.write_text(text)
    with pytest.raises(SourceError) as raised:
        load_declared(path)
    assert words in str(raised.value)


def declared_table(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> Path:
    monkeypatch.setenv("MUNSHI_SECRET_CORE", address)
    (folder / "core.yaml").write_text(TABLE)
    return folder / "core.yaml"


def test_a_table_of_sqlite(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "core.db") as database:
        database.execute(CREATE)
        database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", ROWS)
    database.close()
    path = declared_table(tmp_path, monkeypatch, f"sqlite://{tmp_path / 'core.db'}")
    assert preview_source(path).told["rows_rejected"] == 1
    report = pull_source(path, "mine", settings=settings)
    assert (report.derived.added, report.files[0].rows_rejected) == (2, 1)


def test_a_table_of_postgresql(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    address = postgres.made("core_banking")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(CREATE)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO entries VALUES (%s, %s, %s, %s, %s)", ROWS)
    found = preview_source(declared_table(tmp_path, monkeypatch, address))
    assert (found.told["rows_kept"], found.told["rows_rejected"], found.source) == (2, 1, "mapped")
