"""The tables of the books: what came in, the canonical tables where every source ends, and what is derived of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.schema.anomalies import ANOMALIES, ANOMALY_PROFILES
from analytics.schema.core import (
    ACCOUNTS,
    CUSTOMERS,
    INSTALMENTS,
    LOAN_HISTORIES,
    LOAN_OUTCOMES,
    LOANS,
    SESSIONS,
    TRANSACTIONS,
)  # fmt: skip
from analytics.schema.derived import (
    APPLICATIONS,
    CUSTOMER_MONTHLY,
    LOAN_STATUS,
    OWN_DOCUMENTS,
    PASSAGES,
    RECURRING_PAYMENTS,
    SCORES_HAZARDS,
    SCORES_HISTORY,
    SCORES_LATEST,
)  # fmt: skip
from analytics.schema.forecasts import FORECASTS
from analytics.schema.goals import GOALS
from analytics.schema.intake import BUILDS, CHECKS, CORRECTIONS, FINDINGS, QUARANTINE, RAW_FILES, RAW_POSTINGS
from analytics.schema.life_cycle import MODELS_DECISIONS, MODELS_HEALTH, MODELS_REGISTRY
from analytics.schema.rules import RULES_DECISIONS, RULES_VERSIONS, SCORES_RULED
from analytics.schema.segments import SEGMENTS
from analytics.schema.table import MONEY, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "ACCOUNTS",
    "ANOMALIES",
    "ANOMALY_PROFILES",
    "APPLICATIONS",
    "BUILDS",
    "CHECKS",
    "CORE",
    "CORRECTIONS",
    "CUSTOMERS",
    "CUSTOMER_MONTHLY",
    "DERIVED",
    "FINDINGS",
    "FORECASTS",
    "GOALS",
    "INSTALMENTS",
    "LIFE_CYCLE",
    "LOANS",
    "LOAN_HISTORIES",
    "LOAN_OUTCOMES",
    "LOAN_STATUS",
    "MODELS_DECISIONS",
    "MODELS_HEALTH",
    "MODELS_REGISTRY",
    "MONEY",
    "OWN_DOCUMENTS",
    "PASSAGES",
    "QUALITY",
    "QUARANTINE",
    "RAW",
    "RAW_FILES",
    "RAW_POSTINGS",
    "RECURRING_PAYMENTS",
    "RULES",
    "RULES_DECISIONS",
    "RULES_VERSIONS",
    "SCHEMA_VERSION",
    "SCORES_HAZARDS",
    "SCORES_HISTORY",
    "SCORES_LATEST",
    "SCORES_RULED",
    "SEGMENTS",
    "SESSIONS",
    "TABLES",
    "TRANSACTIONS",
    "Column",
    "Table",
    "arrow_schema",
]  # fmt: skip

#: Raised by one with each change to the tables; `analytics.migrations` says how to get there.
SCHEMA_VERSION = 7

CORE: tuple[Table, ...] = (
    CUSTOMERS, ACCOUNTS, TRANSACTIONS, LOANS, INSTALMENTS, SESSIONS, LOAN_OUTCOMES, LOAN_HISTORIES,
)  # fmt: skip
DERIVED: tuple[Table, ...] = (
    LOAN_STATUS, RECURRING_PAYMENTS, SCORES_HISTORY, SCORES_LATEST, SCORES_HAZARDS, CUSTOMER_MONTHLY, APPLICATIONS,
    PASSAGES, OWN_DOCUMENTS, FORECASTS, ANOMALIES, ANOMALY_PROFILES, SEGMENTS, GOALS, SCORES_RULED,
)  # fmt: skip
#: Model versions and what became of them.
LIFE_CYCLE: tuple[Table, ...] = (MODELS_REGISTRY, MODELS_DECISIONS, MODELS_HEALTH)
#: The client's own rules.
RULES: tuple[Table, ...] = (RULES_VERSIONS, RULES_DECISIONS)
#: What came in, and what was made of its quality.
RAW: tuple[Table, ...] = (RAW_FILES, RAW_POSTINGS)
QUALITY: tuple[Table, ...] = (QUARANTINE, BUILDS, CHECKS, FINDINGS, CORRECTIONS)
TABLES: tuple[Table, ...] = CORE + DERIVED + LIFE_CYCLE + RULES + RAW + QUALITY


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a canonical table without nested columns other than text lists."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        MONEY: pa.decimal128(18, 2),
        "DOUBLE": pa.float64(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
        "VARCHAR[]": pa.list_(pa.string()),
        "BLOB": pa.binary(),
    }
    return pa.schema([(column.name, types[column.type]) for column in table.columns])
