"""The books: one writer, readers that never wait, keys that hold, and a last publish that survives anything."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from analytics import migrations, warehouse
from analytics.schema import (
    ANOMALIES,
    ANOMALY_PROFILES,
    CUSTOMERS,
    FORECASTS,
    GOALS,
    MODELS_DECISIONS,
    MODELS_HEALTH,
    OWN_DOCUMENTS,
    QUALITY,
    RAW,
    RULES,
    SCHEMA_VERSION,
    SCORES_HAZARDS,
    SCORES_RULED,
    SEGMENTS,
    TRANSACTIONS,
    arrow_schema,
)
from analytics.warehouse import Lake, Reader, ReaderSpec
from governance.errors import (
    BooksCorrupt,
    KeyUnusable,
    MunshiError,
    SchemaMismatch,
    ToolRetry,
    WorkspaceBusy,
    WorkspaceExists,
    WorkspaceNotFound,
)

KEY = "ab" * 32
ROOT = Path(__file__).parents[2]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    folder = tmp_path / "demo"
    folder.mkdir()
    made = Lake(folder, KEY, memory="1GB")
    made.create()
    return made


def customers(*names: str) -> pa.Table:
    return pa.table({"customer_id": [f"C_{n}" for n in range(len(names))], "full_name": list(names)})


def read(lake: Lake, sql: str = "SELECT count(*) FROM books.core.customers", **options: object) -> list[tuple]:
    reader = ReaderSpec(lake.folder, KEY, **options).open()
    try:
        return reader.query(sql).rows
    finally:
        reader.close()


def put(lake: Lake, *names: str) -> None:
    with lake.writer("a test") as writer:
        writer.append_new(CUSTOMERS, customers(*names))


def in_another_process(script: str, lake: Lake, **environment: str) -> subprocess.Popen[str]:
    opened = f"lake = Lake(Path({str(lake.folder)!r}), {KEY!r})"
    code = f"from pathlib import Path\nfrom analytics.warehouse import Lake\n{opened}\n"
    return subprocess.Popen(
        [sys.executable, "-c", code + textwrap.dedent(script)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )  # fmt: skip


def test_a_commit_is_published_whole(lake: Lake) -> None:
    put(lake, "Asha", "Ravi")
    assert read(lake) == [(2,)]


def test_a_failed_write_changes_nothing(lake: Lake) -> None:
    put(lake, "Asha")
    with pytest.raises(ZeroDivisionError), lake.writer("a test") as writer:
        writer.execute("DELETE FROM books.core.customers")
        raise ZeroDivisionError
    assert read(lake) == [(1,)]
    assert sorted(path.name for path in (lake.folder / "lake").iterdir()) == ["catalog.duckdb", "data"]


def test_the_same_rows_twice_come_in_once(lake: Lake) -> None:
    put(lake, "Asha", "Ravi")
    put(lake, "Asha", "Ravi", "Meera")
    assert read(lake) == [(3,)]


def test_every_commit_is_a_snapshot_to_go_back_to(lake: Lake) -> None:
    put(lake, "Asha")
    before = ReaderSpec(lake.folder, KEY).open().snapshot
    put(lake, "Asha", "Ravi")
    assert read(lake, snapshot=before) == [(1,)]
    assert read(lake) == [(2,)]


def test_making_books_twice_is_refused(lake: Lake) -> None:
    with pytest.raises(WorkspaceExists, match="has books already"):
        lake.create()


def test_a_second_writer_is_told_who_holds_the_books(lake: Lake) -> None:
    with lake.writer("the nightly build"):
        with pytest.raises(WorkspaceBusy, match=rf"process {os.getpid()} \(the nightly build\)"), lake.writer("x"):
            pass
        assert read(lake) == [(0,)], "a reader does not wait for the writer"
    put(lake, "Asha")
    assert read(lake) == [(1,)]


def test_a_second_process_is_told_too(lake: Lake) -> None:
    with lake.writer("the nightly build"):
        other = in_another_process("with lake.writer('other'): pass", lake)
        _, errors = other.communicate(timeout=60)
    assert other.returncode == 1
    assert f"process {os.getpid()} (the nightly build)" in errors


@pytest.mark.parametrize("after", ["begun", "written"])
def test_a_killed_writer_leaves_the_last_publish(lake: Lake, after: str) -> None:
    put(lake, "Asha")
    script = """
    import time
    with lake.writer("a build") as writer:
        print("begun", flush=True)
        writer.execute("INSERT INTO books.core.customers (customer_id) SELECT 'K' || i FROM range(200000) r(i)")
        print("written", flush=True)
        time.sleep(60)
    """
    process = in_another_process(script, lake)
    assert process.stdout
    while process.stdout.readline().strip() != after:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert read(lake) == [(1,)]
    put(lake, "Asha", "Ravi")
    assert read(lake) == [(2,)], "the lock fell with its process"
    listed = read(lake, "SELECT count(*) FROM ducklake_list_files('books', 'customers', schema => 'core')")
    on_disk = list((lake.data / "core" / "customers").glob("*.parquet"))
    assert len(on_disk) <= listed[0][0], "what the killed writer left behind is cleaned up"


def test_kills_at_random_moments_never_hurt(lake: Lake) -> None:
    put(lake, "Asha")
    script = """
    while True:
        with lake.writer("a build") as writer:
            writer.execute("INSERT INTO books.core.accounts (account_id) SELECT 'A' || i FROM range(3000) r(i)")
    """
    for moment in (0.9, 1.2, 1.35, 1.5):
        process = in_another_process(script, lake)
        time.sleep(moment)
        process.kill()
        process.communicate(timeout=30)
        rows = read(lake, "SELECT count(*) FROM books.core.accounts")[0][0]
        assert rows % 3000 == 0


def test_readers_are_held_to_reading_by_the_engine(lake: Lake, tmp_path: Path) -> None:
    put(lake, "Asha")
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    reader = ReaderSpec(lake.folder, KEY, {"customers": "SELECT * FROM books.core.customers"}).open()
    for statement in (
        "INSERT INTO books.core.customers (customer_id) VALUES ('x')", "DELETE FROM books.core.customers",
        "DROP TABLE books.core.customers", f"SELECT * FROM read_csv('{secret}')", f"SELECT * FROM '{secret}'",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", f"ATTACH '{tmp_path}/x.duckdb' AS x", "INSTALL spatial",
        "LOAD spatial",
        "SET enable_external_access=true", "SET memory_limit='64GB'", "SET lock_configuration=false", "RESET threads",
    ):  # fmt: skip
        with pytest.raises(duckdb.Error):
            reader.query(statement)
    assert reader.query("SELECT customer_id FROM semantic.customers").rows == [("C_0",)]
    reader.close()


def test_a_reader_that_takes_too_long_is_interrupted(lake: Lake) -> None:
    reader = ReaderSpec(lake.folder, KEY).open()
    started = time.monotonic()
    with pytest.raises(ToolRetry, match=r"longer than 0\.5 s"):
        reader.query(
            "SELECT count(*) FROM range(10000000000) a, range(100000) b WHERE a.range % 7 = b.range", seconds=0.5
        )
    assert time.monotonic() - started < 10
    assert reader.query("SELECT 1").rows == [(1,)], "the next statement runs"
    reader.close()


def test_memory_is_limited(lake: Lake) -> None:
    reader = ReaderSpec(lake.folder, KEY, memory="64MB").open()
    with pytest.raises(duckdb.OutOfMemoryException):
        reader.query("SELECT list(i) FROM range(100000000) t(i)")
    reader.close()


def test_another_key_opens_nothing(lake: Lake) -> None:
    with pytest.raises(KeyUnusable, match="not the key they were made with"):
        ReaderSpec(lake.folder, "cd" * 32).open()
    with pytest.raises(KeyUnusable), Lake(lake.folder, "cd" * 32).writer("x"):
        pass
    assert read(lake) == [(0,)]


def test_no_books_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceNotFound, match="build the workspace first"):
        ReaderSpec(tmp_path, KEY).open()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database"),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 3]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x00" * 8192 + path.read_bytes()[8192:]),
    ],
    ids=["overwritten", "truncated", "empty", "header"],
)
def test_a_damaged_catalog_is_named_and_left_alone(lake: Lake, damage) -> None:
    put(lake, "Asha")
    damage(lake.catalog)
    left = lake.catalog.read_bytes()
    for attempt in (ReaderSpec(lake.folder, KEY).open, lambda: lake.writer("x").__enter__()):
        with pytest.raises((BooksCorrupt, KeyUnusable)) as caught:
            attempt()
        assert "munshi restore" in str(caught.value) or "key" in str(caught.value)
    assert lake.catalog.read_bytes() == left


def test_a_lost_data_file_is_said(lake: Lake) -> None:
    with lake.writer("x") as writer:
        writer.execute("INSERT INTO books.core.customers (customer_id) SELECT 'K' || i FROM range(5000) r(i)")
    for path in lake.data.rglob("*.parquet"):
        path.unlink()
    reader = ReaderSpec(lake.folder, KEY).open()
    with pytest.raises(BooksCorrupt, match="munshi restore"):
        reader.query("SELECT min(customer_id) FROM books.core.customers WHERE customer_id > 'K3'")


def test_older_books_are_refused_to_readers_and_migrated_by_the_writer(lake: Lake) -> None:
    put(lake, "Asha")
    with lake.writer("age them") as writer:
        later = ("core.loan_outcomes", "core.loan_histories", "features.applications", "core.recurring_payments")
        for name in ("history", "latest"):
            writer.execute(
                f"CREATE OR REPLACE TABLE books.scores.{name} AS SELECT * EXCLUDE (thin_file) FROM books.scores.{name}"
            )
        added = (
            *RAW, *QUALITY, MODELS_DECISIONS, MODELS_HEALTH, SCORES_HAZARDS, FORECASTS, ANOMALIES, ANOMALY_PROFILES,
            SEGMENTS, GOALS, OWN_DOCUMENTS, *RULES, SCORES_RULED,
        )  # fmt: skip
        for table in (*later, *(each.qualified for each in added)):
            writer.execute(f"DROP TABLE books.{table}")
        writer.execute("INSERT INTO books.models.registry (model, version) VALUES ('credit', 'v1'), ('credit', 'v0')")
        writer.execute("ALTER TABLE books.models.registry ADD COLUMN champion BOOLEAN")
        writer.execute("UPDATE books.models.registry SET champion = (version = 'v1')")
        writer.execute("ALTER TABLE books.models.registry DROP COLUMN alias")
        writer.set_meta("schema_version", "1")
    with pytest.raises(SchemaMismatch, match=r"version 1.*needs \d+.*munshi build"):
        ReaderSpec(lake.folder, KEY).open()
    with lake.writer("migrate"):
        pass
    assert read(lake, "SELECT count(*) FROM books.core.loan_outcomes") == [(0,)]
    assert read(lake, "SELECT count(*) FROM books.raw.postings") == [(0,)]
    registry = read(lake, "SELECT version, alias FROM books.models.registry ORDER BY version")
    assert registry == [("v0", "vintage"), ("v1", "champion")]
    assert read(lake, "SELECT count(thin_file) FROM books.scores.history") == [(0,)]
    assert read(lake) == [(1,)]


def test_newer_books_are_left_alone(lake: Lake) -> None:
    with lake.writer("age them") as writer:
        writer.set_meta("schema_version", str(SCHEMA_VERSION + 1))
    for attempt in (ReaderSpec(lake.folder, KEY).open, lambda: lake.writer("x").__enter__()):
        with pytest.raises(SchemaMismatch, match="newer"):
            attempt()


def test_every_version_below_the_current_has_a_way_up() -> None:
    assert sorted(migrations.MIGRATIONS) == list(range(1, SCHEMA_VERSION))


def test_a_full_disk_is_said_and_harms_nothing(lake: Lake) -> None:
    put(lake, "Asha")
    script = """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    from governance.errors import StorageFull
    size = lake.catalog.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 400_000, size + 400_000))
    try:
        with lake.writer("a build") as writer:
            writer.execute("INSERT INTO books.core.customers (customer_id, full_name) "
                           "SELECT 'K' || i, md5(i::VARCHAR) FROM range(2000000) r(i)")
    except StorageFull as error:
        print(error)
    """
    process = in_another_process(script, lake)
    said, errors = process.communicate(timeout=120)
    assert "the disk is full" in said, errors
    assert read(lake) == [(1,)]
    put(lake, "Asha", "Ravi")
    assert read(lake) == [(2,)]


def test_no_byte_under_the_folder_tells_who_or_what(lake: Lake) -> None:
    narration = "UPI-SWIGGY LIMITED-swiggy@axis-UTIB0000248-1041234567-Payment"
    row = {
        "account_id": "A1", "customer_id": "C_1", "posted_at": dt.datetime(2026, 1, 1), "narration": narration,
        "counterparty": "Vimalkumar Tiwarekar",
    }  # fmt: skip
    rows = pa.Table.from_pylist(
        [row | {"transaction_id": f"T{n}"} for n in range(5000)], schema=arrow_schema(TRANSACTIONS)
    )
    with lake.writer("x") as writer:
        writer.append(TRANSACTIONS.qualified, rows)
        writer.append_new(CUSTOMERS, customers("Vimalkumar Tiwarekar"))
    assert read(lake, "SELECT count(*) FROM books.core.transactions") == [(5000,)]
    for path in lake.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for known in (b"Vimalkumar", b"Tiwarekar", b"SWIGGY", b"1041234567", KEY.encode(), bytes.fromhex(KEY)):
                assert known not in content, path


def test_a_spill_is_encrypted(lake: Lake) -> None:
    reader = ReaderSpec(lake.folder, KEY).open()
    assert reader.query("SELECT current_setting('temp_file_encryption')").rows == [(True,)]
    assert isinstance(reader, Reader)


def test_the_lock_names_nothing_once_it_is_free(lake: Lake) -> None:
    put(lake, "Asha")
    assert (lake.folder / "writer.lock").read_text() == ""
    with lake.writer("x"):
        assert json.loads((lake.folder / "writer.lock").read_text())["doing"] == "x"


def test_moved_books_open(lake: Lake, tmp_path: Path) -> None:
    with lake.writer("x") as writer:
        writer.execute("INSERT INTO books.core.customers (customer_id) SELECT 'K' || i FROM range(5000) r(i)")
    moved = lake.folder.rename(tmp_path / "elsewhere")
    assert read(Lake(moved, KEY), "SELECT max(customer_id) FROM books.core.customers") == [("K999",)]


def test_errors_of_the_house_pass_the_writer_unchanged(lake: Lake) -> None:
    with pytest.raises(MunshiError, match="mine"), lake.writer("x"):
        raise MunshiError("mine")
    with pytest.raises(duckdb.BinderException), lake.writer("x") as writer:
        writer.execute("SELECT nothing FROM books.core.customers")


def test_a_warm_reader_says_the_same(lake: Lake) -> None:
    put(lake, "Asha", "Ravi")
    reader = ReaderSpec(
        lake.folder, KEY, {"customers": "SELECT left(full_name, 1) AS n FROM books.core.customers"}
    ).open()
    cold = reader.query("SELECT * FROM semantic.customers ORDER BY n").rows
    reader.warm()
    reader.warm()
    assert reader.query("SELECT * FROM semantic.customers ORDER BY n").rows == cold == [("A",), ("R",)]
    assert reader.query('SELECT count(*) FROM hot."core.customers"').rows == [(2,)]
    reader.close()


def test_an_extension_that_was_altered_is_loaded_by_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "extensions" / f"v{duckdb.__version__}"
    folder.mkdir(parents=True)
    body = bytearray(warehouse._signed("httpfs").read_bytes())
    body[len(body) // 2] ^= 1
    for name in ("httpfs", "other"):
        (folder / f"{name}.duckdb_extension").write_bytes(body)
    monkeypatch.setattr(warehouse, "files", lambda _package: tmp_path)
    with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
        warehouse._signed.__wrapped__("httpfs")
    monkeypatch.undo()
    with warehouse.passing_connection(threads=1, memory="1GB") as opened:
        with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
            opened.execute(f"LOAD '{folder}/other.duckdb_extension'")
        with pytest.raises(duckdb.InvalidInputException, match="while database is running"):
            opened.execute("SET allow_unsigned_extensions=true")
