"""The process that runs free SQL: what it returns, what it ends, and what it never tells."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from governance.errors import KeyUnusable, ToolRefused, ToolRetry
from tools.sql_frames import read_frame, write_frame
from tools.sql_guard import check
from tools.sql_process import MEANINGS, failure
from tools.sql_worker import GIGABYTE, Rows, SqlWorker

HOSTILE: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "hostile.sql.yaml").read_text("utf-8"))
HEAVY = [entry for entry in HOSTILE if entry.get("by") == "worker"]
ROOT = Path(__file__).parents[2]
#: Long enough to be running, short enough for a test.
ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 1"


@dataclass(frozen=True)
class Held:
    """An open engine."""

    connection: duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class MemoryBooks:
    """Books in memory, locked down as the real ones are."""

    memory: str = "300MB"

    def open(self) -> Held:
        connection = duckdb.connect(config={"memory_limit": self.memory, "threads": "2", "temp_directory": ""})
        connection.execute("CREATE SCHEMA semantic")
        connection.execute("CREATE VIEW semantic.customers AS SELECT i n, 'Asha ' || i AS name FROM range(1000) r(i)")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        return Held(connection)


@dataclass(frozen=True)
class LostKey:
    """Books that do not open."""

    def open(self) -> Held:
        raise KeyUnusable("The key does not open the books.")


@dataclass(frozen=True)
class Crash:
    """A process that dies while it opens."""

    def open(self) -> Held:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@pytest.fixture(scope="module")
def worker() -> Iterator[SqlWorker]:
    held = SqlWorker(MemoryBooks(), address_space=3 * GIGABYTE, result_bytes=20_000_000)
    held.run("SELECT 1", timeout_seconds=30, row_limit=1)
    yield held
    held.close()


@pytest.fixture
def run(worker: SqlWorker) -> Callable[..., Rows]:
    def run(sql: str, seconds: float = 20, row_limit: int = 100) -> Rows:
        return worker.run(check(sql, ["customers"]).sql, timeout_seconds=seconds, row_limit=row_limit)

    return run


def test_rows_and_types(run: Callable[..., Rows]) -> None:
    found = run(
        "SELECT 1::BIGINT AS n, 1.50::DECIMAL(18,2) AS d, DATE '2024-02-29' AS day, [1, NULL] AS l, {'a': 'x'} AS s"
    )
    assert found.columns == (
        ("n", "BIGINT"), ("d", "DECIMAL(18,2)"), ("day", "DATE"), ("l", "INTEGER[]"), ("s", "STRUCT(a VARCHAR)"),
    )  # fmt: skip
    assert found.rows == [(1, Decimal("1.50"), dt.date(2024, 2, 29), [1, None], {"a": "x"})]


def test_the_row_limit_is_told(run: Callable[..., Rows]) -> None:
    assert run("SELECT * FROM customers", row_limit=1000).truncated is False
    cut = run("SELECT n FROM customers ORDER BY n", row_limit=999)
    assert (len(cut.rows), cut.truncated) == (999, True)
    assert run("SELECT * FROM range(1000000)", row_limit=3).rows == [(0,), (1,), (2,)]


def test_the_process_stays_warm(run: Callable[..., Rows]) -> None:
    run("SELECT 1")
    started = time.perf_counter()
    for _ in range(20):
        run("SELECT count(*) FROM customers")
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("entry", HEAVY, ids=lambda entry: entry["why"])
def test_heavy_statements_are_ended_in_time(entry: dict[str, str], run: Callable[..., Rows]) -> None:
    run("SELECT 1")
    started = time.perf_counter()
    with pytest.raises(ToolRetry, match=r"ran longer than 0.5 s|more memory|larger than 20 MB"):
        run(entry["sql"], 0.5, 10_000_000)
    assert time.perf_counter() - started < 10
    assert run("SELECT 1").rows == [(1,)]


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT * FROM range(10), core.customers", ToolRefused),
        ("SELECT * FROM duckdb_settings()", ToolRefused),
        ("SELECT getvariable('x')", ToolRefused),
        ("CREATE TEMP TABLE t AS SELECT 1", ToolRefused),
        ("ATTACH ':memory:' AS x", ToolRefused),
        ("SELECT 1; SELECT 2", ToolRefused),
        ("SELECT FROM", ToolRetry),
    ],
)
def test_what_the_guard_never_saw_is_refused_here(sql: str, error: type[Exception], worker: SqlWorker) -> None:
    with pytest.raises(error):
        worker.run(sql, timeout_seconds=20, row_limit=10)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nam FROM customers", 'Referenced column "nam" not found'),
        ("SELECT sum(name) FROM customers", "No function matches"),
        ("SELECT name::INTEGER FROM customers", "TRY_CAST"),
        ("SELECT strptime(name, '%Y') FROM customers", "argument it cannot take"),
        ("SELECT n::TINYINT FROM customers", "TRY_CAST"),
        ("SELECT n, count(*) FROM customers", "GROUP BY"),
    ],
)
def test_errors_help_and_quote_no_row(sql: str, said: str, run: Callable[..., Rows]) -> None:
    with pytest.raises(ToolRetry, match=said) as caught:
        run(sql)
    assert "Asha" not in str(caught.value)
    assert "LINE 1" not in str(caught.value)


def test_every_engine_error_has_a_meaning_of_ours() -> None:
    kinds = {name for name, kind in vars(duckdb).items() if isinstance(kind, type) and issubclass(kind, duckdb.Error)}
    assert MEANINGS.keys() - kinds == {"MemoryError"}
    for name in kinds:
        kind, message = failure(getattr(duckdb, name)("Some Error: /secret/path 'Asha 1'\n\nLINE 1: SELECT"))[1:]
        assert kind == "ToolRetry"
        assert "/secret" not in message or MEANINGS[name] is None


def test_a_statement_waits_its_turn(worker: SqlWorker) -> None:
    worker.run("SELECT 1", timeout_seconds=20, row_limit=1)
    said: list[str] = []

    def long() -> None:
        with pytest.raises(ToolRetry) as caught:
            worker.run(ENDLESS, timeout_seconds=1, row_limit=1)
        said.append(str(caught.value))

    running = threading.Thread(target=long)
    running.start()
    time.sleep(0.3)
    with pytest.raises(ToolRetry, match="still running"):
        worker.run("SELECT 1", timeout_seconds=0.2, row_limit=1)
    running.join()
    assert "ran longer" in said[0]


def test_closing_ends_what_runs() -> None:
    closed = SqlWorker(MemoryBooks())
    closed.run("SELECT 1", timeout_seconds=30, row_limit=1)
    timer = threading.Timer(0.3, closed.close)
    timer.start()
    with pytest.raises(ToolRetry, match="closed or published anew"):
        closed.run(ENDLESS, timeout_seconds=20, row_limit=1)
    timer.join()


def test_books_that_do_not_open_say_why() -> None:
    with pytest.raises(KeyUnusable, match="does not open"):
        SqlWorker(LostKey()).run("SELECT 1", timeout_seconds=5, row_limit=1)
    with pytest.raises(ToolRetry):
        SqlWorker(Crash()).run("SELECT 1", timeout_seconds=5, row_limit=1)


PARENT = """
import sys
from test_sql_worker import MemoryBooks, ENDLESS
from tools.sql_worker import SqlWorker
worker = SqlWorker(MemoryBooks())
worker.run("SELECT 1", timeout_seconds=30, row_limit=1)
print(worker._process.pid, flush=True)
worker.run(ENDLESS, timeout_seconds=60, row_limit=1)
"""


def test_the_process_dies_with_its_parent() -> None:
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_the_process_has_no_environment_and_its_memory_is_bound(worker: SqlWorker) -> None:
    worker.run("SELECT 1", timeout_seconds=20, row_limit=1)
    assert worker._process is not None
    place = Path(f"/proc/{worker._process.pid}")
    if not place.exists():
        pytest.skip("needs /proc")
    assert place.joinpath("environ").read_bytes().replace(b"LC_CTYPE=C.UTF-8\0", b"") == b""
    limits = place.joinpath("limits").read_text()
    assert f"Max address space         {3 * GIGABYTE}" in limits


class _Call:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


def test_only_values_come_back() -> None:
    stream = BytesIO()
    write_frame(stream, ("rows", [(1, "x", Decimal("1.5"), dt.datetime(2024, 1, 1), None, {"a": [1.5]})]))
    stream.seek(0)
    assert read_frame(stream)[1][0][2] == Decimal("1.5")
    hostile = BytesIO()
    write_frame(hostile, ("rows", _Call()))
    hostile.seek(0)
    with pytest.raises(pickle.UnpicklingError, match="is not a value"):
        read_frame(hostile)
    with pytest.raises(EOFError):
        read_frame(BytesIO(stream.getvalue()[:-1]))
