"""A folder of canonical tables: what may be left out, and what is said of what is wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.ingest import SOURCES
from analytics.schema import TRANSACTIONS, arrow_schema
from governance.errors import SourceError
from tools.operations.fill import FOLDER_SOURCES

HEADER = "account_id,customer_id,posted_at,amount,currency\n"


def read(folder: Path):
    return SOURCES["canonical"].read(folder)


def test_what_follows_is_filled(tmp_path: Path) -> None:
    rows = "A1,C1,2026-01-02 10:00:00,-12.50,INR\n"
    (tmp_path / "transactions.csv").write_text(HEADER + rows + rows + "A1,C1,2026-01-03 10:00:00,7,INR\n")
    found = read(tmp_path)["transactions"]
    assert found.schema == arrow_schema(TRANSACTIONS)
    assert found["direction"].to_pylist() == ["debit", "debit", "credit"]
    assert found["amount"].to_pylist() == [Decimal("-12.50"), Decimal("-12.50"), Decimal("7.00")]
    assert found["known_at"].to_pylist()[0] == dt.datetime(2026, 1, 2, 10)
    assert len(set(found["transaction_id"].to_pylist())) == 3
    assert read(tmp_path)["transactions"]["transaction_id"] == found["transaction_id"], "the same ids the next time"


def test_parquet_reads_alike(tmp_path: Path) -> None:
    pq.write_table(pa.table({"customer_id": ["C1"], "city": ["Pune"]}), tmp_path / "customers.parquet")
    assert read(tmp_path)["customers"]["city"].to_pylist() == ["Pune"]


def test_flags_are_split_in_text(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,contact_flags\nC1,dispute;legal\n")
    assert read(tmp_path)["customers"]["contact_flags"].to_pylist() == [["dispute", "legal"]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("transactions.csv", "account_id,customer_id,posted_at,currency\n", "lacks amount"),
        ("transactions.csv", HEADER.replace("amount", "ammount"), "Did you mean 'amount'"),
        ("transactions.csv", HEADER + "A1,C1,yesterday,1,INR\n", "cannot be read"),
        ("transactions.csv", HEADER + "A1,C1,2026-01-02 10:00:00,1.234,INR\n", "cannot be read|does not fit"),
        ("transactions.csv", HEADER + ",C1,2026-01-02 10:00:00,1,INR\n", "row 1: account_id is empty"),
        ("transactions.parquet", "not parquet", "cannot be read"),
        ("readme.txt", "hello", "holds no canonical table"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(SourceError, match=said):
        read(tmp_path)


def test_the_command_knows_which_sources_are_folders() -> None:
    assert set(FOLDER_SOURCES) == set(SOURCES)
