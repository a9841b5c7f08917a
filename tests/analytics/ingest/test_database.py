"""A table of another database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest

from analytics.ingest.database import read_database_table
from analytics.ingest.mapping import ColumnMapping
from governance.errors import SourceError

#: Ibis 12 fetches batches through a DuckDB function that DuckDB 1.5 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
COLUMNS = {"date": "booked_on", "amount": "amount", "narration": "text", "customer": "client", "posting_id": "id"}
MAPPING = ColumnMapping(COLUMNS, ("YYYY-MM-DD",))


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = tmp_path / "core.duckdb"
    source = ibis.duckdb.connect(path)
    source.raw_sql("CREATE TABLE entries (id INTEGER, booked_on TEXT, amount DOUBLE, text TEXT, client TEXT)")
    source.raw_sql(
        "INSERT INTO entries VALUES (1, '2024-04-01', -10.5, 'TEA', 'K1'), (2, '2024-04-02', 20, NULL, 'K2'), "
        "(3, '2024-04-31', 1, 'BAD', 'K1')"
    )
    source.disconnect()
    return f"duckdb://{path}"


def test_a_table_is_read_by_a_mapping(url: str, backend: Any) -> None:
    parsed = read_database_table(url, "entries", MAPPING, backend)
    rows = parsed.postings.order_by("posting_id").to_pyarrow().to_pylist()
    assert [(row["customer_id"], row["amount"]) for row in rows] == [("K1", Decimal("-10.50")), ("K2", Decimal(20))]
    assert parsed.rejected.count().to_pyarrow().as_py() == 1
    assert read_database_table(url, "entries", MAPPING, backend).file_id == parsed.file_id


@pytest.mark.parametrize(
    ("table", "mapping", "words"),
    [
        ("entry", MAPPING, "no table 'entry'. There are: entries"),
        ("entries", ColumnMapping({"date": "day", "amount": "amount"}), "it has the columns id, booked_on"),
        ("entries", ColumnMapping({"date": "booked_on"}), "a date and an amount"),
    ],
)
def test_what_does_not_fit_is_said(url: str, backend: Any, table: str, mapping: ColumnMapping, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_database_table(url, table, mapping, backend)


def test_an_address_is_not_given_away(backend: Any) -> None:
    with pytest.raises(SourceError) as raised:
        address = "postgres://ashok:secret@127.0.0.1:1/none"  # not a secret: made up
        read_database_table(address, "entries", MAPPING, backend)
    assert "secret" not in str(raised.value)
