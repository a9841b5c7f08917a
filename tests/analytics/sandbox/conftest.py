"""A small simulated lender, made once per run, and SQL over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from analytics.sandbox import SandboxProfile, simulate

PROFILE = SandboxProfile(customers=600, months=30, seed=5, chunk_customers=400)


@dataclass(frozen=True)
class SmallLender:
    """The tables of all chunks together."""

    profile: SandboxProfile
    tables: Mapping[str, pa.Table]
    truth: pa.Table
    anomalies: pa.Table
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def count(self, rest: str) -> int:
        """Rows of ``SELECT … FROM rest``."""
        return int(self.value(f"SELECT count(*) FROM {rest}"))

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]


@pytest.fixture(scope="session")
def lender() -> SmallLender:
    chunks = list(simulate(PROFILE))
    tables = {name: pa.concat_tables([chunk.tables[name] for chunk in chunks]) for name in chunks[0].tables}
    truth = pa.concat_tables([chunk.truth for chunk in chunks])
    anomalies = pa.concat_tables([chunk.anomalies for chunk in chunks])
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for name, table in {**tables, "truth": truth, "anomalies": anomalies}.items():
        connection.register(name, table)
    return SmallLender(PROFILE, tables, truth, anomalies, connection)
