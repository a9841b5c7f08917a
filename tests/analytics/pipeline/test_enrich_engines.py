"""The expressions compile for DuckDB and for Spark."""

from __future__ import annotations

import ibis
import pytest

from analytics.pipeline.enrich import enriched
from analytics.pipeline.recurring import recurring
from analytics.schema import CORRECTIONS, RAW_POSTINGS, TRANSACTIONS, Table

TYPES = {"VARCHAR": "string", "BIGINT": "int64", "DATE": "date", "TIMESTAMP": "timestamp", "DOUBLE": "float64"}
PARTIES = ("counterparty", "vpa", *(f"party_{name}" for name in ("kind", "merchant", "mcc", "category", "subcategory")))


def unbound(table: Table) -> ibis.Table:
    types = {column.name: TYPES.get(column.type, column.type.lower()) for column in table.columns}
    return ibis.table(types, name=table.name)


@pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning")
@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_every_step_compiles(dialect: str) -> None:
    pytest.importorskip(dialect)
    getattr(ibis, dialect)  # an engine's options exist once it is named
    parties = ibis.table(dict.fromkeys(PARTIES, "string") | {"party_rule": "string", "party_confidence": "float64"})
    steps = [enriched(unbound(RAW_POSTINGS), unbound(CORRECTIONS), parties), *recurring(unbound(TRANSACTIONS))]
    assert all("SELECT" in ibis.to_sql(step, dialect=dialect) for step in steps)
