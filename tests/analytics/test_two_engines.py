"""One definition, two engines: from the same raw postings the same books and features, from DuckDB and from Spark."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from memory_books import MemoryWriter
from raw_lender import corrections, statements
from same_rows import differences

from analytics.build import open_books
from analytics.features.build import features
from analytics.features.catalogue import FEATURES
from analytics.features.statement import STATEMENT
from analytics.features.tables import write_features
from analytics.intake.at_once import derive_at_once
from analytics.intake.steps import Steps
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.books import StepWriter
from analytics.pipeline.enrich import Enrichment
from analytics.pipeline.recurring import Recurrence
from analytics.pipeline.statement import with_statement
from analytics.pipeline.timeline import Anchored
from analytics.pipeline.totals import GRAINS, totals
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE, arrow_schema

pytest.importorskip("pyspark", reason="pyspark is not installed: the second engine is not tried")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine: Spark cannot run"),
    pytest.mark.filterwarnings("ignore"),  # pyspark 4.3 warns of pandas 3 at every call
]
CLOCK = dt.date(2026, 6, 30)
PAGE = Path(__file__).parents[2] / "docs" / "spark.md"
#: Every table the path makes → what names a row of it.
TABLES = {
    "core.transactions": ("account_id", "transaction_id"),
    "core.recurring_payments": ("customer_id", "party", "direction", "recurring_kind", "amount", "first_on"),
    "quality.findings": ("kind", "account_id", "transaction_id", "day", "file_id", "line", "found"),
    "core.loan_status": ("loan_id", "as_of"),
    "features.monthly": ("customer_id", "period"),
    "features.customer_monthly": ("customer_id", "as_of"),
}
#: What is made of the books when it is asked for.
ASKED = {f"totals_{grain}": ("account_id", "period_start") for grain in GRAINS} | {
    "statement": ("customer_id", "as_of")
}


@pytest.fixture(scope="module")
def lender() -> dict[str, pa.Table]:
    """What the lender's files say: raw postings, and the canonical tables that no statement tells."""
    (chunk,) = simulate(SandboxProfile(customers=220, seed=3))
    tables = {
        f"core.{table.name}": chunk.tables.get(table.name, arrow_schema(table).empty_table())
        for table in CORE
        if table.name != "transactions"
    }
    return tables | {
        "raw.postings": statements(chunk.tables["transactions"]),
        "quality.corrections": corrections(),
    }


@pytest.fixture(scope="module")
def on_duckdb(lender: dict[str, pa.Table]) -> MemoryWriter:
    writer = MemoryWriter()
    for name, rows in lender.items():
        writer.append(name, rows)
    derive_at_once(writer, Steps(Enrichment(), Recurrence()))
    write_features(writer, open_books(writer), CLOCK, progress=lambda *_: None)
    asked_of(writer)
    return writer


@pytest.fixture(scope="module")
def on_spark(lender: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of books that the page's lines make."""
    from analytics.spark_books import SparkBooks, spark_session

    place = tmp_path_factory.mktemp("spark")
    for name, rows in lender.items():
        folder = place / "books" / name.replace(".", "/")
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / "rows.parquet")
    (lines,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    with contextlib.chdir(place):
        exec(compile(lines, str(PAGE), "exec"), {})
    with spark_session() as session:
        asked_of(SparkBooks(session, place / "books"))
    return place / "books"


def asked_of(writer: StepWriter) -> None:
    """Keep totals, and the features statement analysts read, of each customer at the data clock."""
    books = open_books(writer)
    for grain in GRAINS:
        writer.keep(f"totals_{grain}", totals(books, grain))
    timeline = Anchored(writer.keep("anchors", books.customers.select("customer_id", as_of=ibis.literal(CLOCK))))
    months = writer.keep("months", monthly(books, timeline))
    months = writer.keep("statement_months", with_statement(months, books, timeline))
    writer.keep("statement", features(months, timeline, STATEMENT))


@pytest.fixture(params=[*TABLES, *ASKED])
def both(request: pytest.FixtureRequest, on_duckdb: MemoryWriter, on_spark: Path) -> Iterator[tuple[Any, ...]]:
    """A table of both engines, and its key."""
    name = request.param
    schema, _, table = name.rpartition(".")
    ours = on_duckdb.table(schema, table) if schema else on_duckdb.backend.table(name, database=("temp", "main"))
    theirs = pq.read_table(on_spark / (schema or "steps") / table)
    return on_duckdb.arrow(ours), theirs, (TABLES | ASKED)[name]


def test_every_value_is_the_same(both: tuple[pa.Table, pa.Table, tuple[str, ...]]) -> None:
    ours, theirs, key = both
    assert ours.num_rows > 150
    assert differences(ours, theirs, key) == {}


def test_the_lender_holds_what_it_is_meant_to(on_duckdb: MemoryWriter) -> None:
    (related,) = on_duckdb.rows(
        "SELECT count(*), count(reversal_of), count(*) FILTER (is_own_transfer), count(recurring_kind), "
        "count(*) FILTER (category_rule LIKE 'correction:%'), count(*) FILTER (category_rule = 'source'), "
        "count(*) FILTER (category_rule LIKE 'mcc:%'), count(DISTINCT mode) FROM books.core.transactions"
    )
    assert all(
        count >= least for count, least in zip(related, (200_000, 500, 500, 5_000, 500, 500, 50, 10), strict=True)
    )
    kinds = dict(on_duckdb.rows("SELECT kind, count(*) FROM books.quality.findings GROUP BY 1"))
    assert len(kinds) == 9
    assert kinds["duplicate"] > 5_000
    assert kinds["near_duplicate"] > 3_000
    columns = {name for (name,) in on_duckdb.rows("SELECT column_name FROM (DESCRIBE books.features.customer_monthly)")}
    assert set(FEATURES) <= columns


def test_a_paisa_a_text_and_a_missing_row_are_seen() -> None:
    one = pa.table({"id": ["a", "b"], "money": [Decimal("1.00"), None], "text": ["x", None], "share": [0.5, None]})
    assert differences(one, one.take([1, 0]), ["id"]) == {}
    for name, value in {"money": Decimal("1.01"), "text": None, "share": 0.50001}.items():
        other = pa.Table.from_pylist([{**one.to_pylist()[0], name: value}, one.to_pylist()[1]], schema=one.schema)
        assert differences(one, other, ["id"]) == {name: 1}
    assert differences(one, one.slice(1), ["id"]) == {"rows": 1}
