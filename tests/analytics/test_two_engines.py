"""One definition, two engines: the same features of the same 200,000 postings from DuckDB and from Spark."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest
from memory_books import MemoryWriter

from analytics.build import open_books
from analytics.features.catalogue import FEATURES
from analytics.features.tables import write_features
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE, arrow_schema

pytest.importorskip("pyspark", reason="pyspark is not installed: the second engine is not tried")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine: Spark cannot run"),
    pytest.mark.filterwarnings("ignore"),  # pyspark 4.3 warns of pandas 3 at every call
]
CLOCK = dt.date(2026, 6, 30)
TABLES = ("core.loan_status", "features.monthly", "features.customer_monthly")


@pytest.fixture(scope="module")
def lender() -> dict:
    (chunk,) = simulate(SandboxProfile(customers=220, seed=3))
    assert chunk.tables["transactions"].num_rows > 200_000
    return {table.name: chunk.tables.get(table.name, arrow_schema(table).empty_table()) for table in CORE}


@pytest.fixture(scope="module")
def on_duckdb(lender: dict) -> MemoryWriter:
    writer = MemoryWriter()
    for name, rows in lender.items():
        writer.append(f"core.{name}", rows)
    write_features(writer, open_books(writer), CLOCK, progress=lambda *_: None)
    return writer


@pytest.fixture(scope="module")
def on_spark(lender: dict, tmp_path_factory: pytest.TempPathFactory):
    from analytics.spark_books import SparkBooks, spark_session

    folder: Path = tmp_path_factory.mktemp("spark")
    with spark_session() as session:
        books = SparkBooks(session, folder)
        for name, rows in lender.items():
            books.append(f"core.{name}", rows)
        write_features(books, open_books(books), CLOCK, progress=lambda *_: None)
        yield books


def test_every_value_is_the_same(on_duckdb: MemoryWriter, on_spark) -> None:
    for table in TABLES:
        schema, name = table.split(".")
        keys = ["loan_id" if name == "loan_status" else "customer_id", "period" if name == "monthly" else "as_of"]
        one, other = (
            each.frame(each.table(schema, name)).sort_values(keys, ignore_index=True) for each in (on_duckdb, on_spark)
        )
        assert list(one.columns) == list(other.columns)
        assert one[keys].astype(str).equals(other[keys].astype(str))
        for column in one.columns.drop(keys):
            if one[column].dtype.kind in "fiu":
                ours, theirs = (each[column].to_numpy(float) for each in (one, other))
                same = np.isclose(ours, theirs, rtol=1e-9, atol=0.005, equal_nan=True)
                assert same.all(), f"{table}.{column}: {(~same).sum()} of {len(same)} differ"
    assert len(one) > 7_000
    assert set(FEATURES) <= set(one.columns)
