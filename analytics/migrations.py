"""How the books get from one schema version to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from analytics.schema import (
    ANOMALIES,
    ANOMALY_PROFILES,
    APPLICATIONS,
    FORECASTS,
    GOALS,
    LOAN_HISTORIES,
    LOAN_OUTCOMES,
    MODELS_DECISIONS,
    MODELS_HEALTH,
    OWN_DOCUMENTS,
    QUALITY,
    RAW,
    RECURRING_PAYMENTS,
    RULES,
    SCHEMA_VERSION,
    SCORES_HAZARDS,
    SCORES_RULED,
    SEGMENTS,
    TABLES,
    Table,
)  # fmt: skip

#: Schemas of the first version, and those that came with a later one.
SCHEMAS = ("core", "features", "scores", "models", "knowledge", "meta", "raw", "quality", "rules")

_META = 'CREATE TABLE books.meta.workspace ("key" VARCHAR, "value" VARCHAR)'


def _create(table: Table) -> str:
    return f"CREATE TABLE books.{table.qualified} ({table.ddl})"


def _with(qualified: str, column: str) -> str:
    """Add a column by writing the table anew: a lake cannot rewrite a table whose added column is NULL throughout."""
    return f"CREATE OR REPLACE TABLE books.{qualified} AS SELECT *, {column} FROM books.{qualified}"


#: Version → statements that lift the books from it to the next.
MIGRATIONS: Mapping[int, Sequence[str]] = MappingProxyType(
    {
        1: (_create(LOAN_OUTCOMES), _create(LOAN_HISTORIES), _create(APPLICATIONS)),
        2: (
            *(f"CREATE SCHEMA IF NOT EXISTS books.{schema}" for schema in ("raw", "quality")),
            *(_create(table) for table in (*RAW, *QUALITY)),
        ),
        3: (_create(RECURRING_PAYMENTS),),
        4: (
            *(_create(table) for table in (SCORES_HAZARDS, FORECASTS, ANOMALIES, ANOMALY_PROFILES, SEGMENTS, GOALS)),
            *(_with(table, "false AS thin_file") for table in ("scores.history", "scores.latest")),
            "CREATE OR REPLACE TABLE books.models.registry AS SELECT * EXCLUDE (champion), "
            "CASE WHEN champion THEN 'champion' ELSE 'vintage' END AS alias FROM books.models.registry",
            *(_create(table) for table in (MODELS_DECISIONS, MODELS_HEALTH)),
        ),
        5: (
            "CREATE SCHEMA IF NOT EXISTS books.rules",
            *(_create(table) for table in (*RULES, SCORES_RULED)),
        ),
        6: (_create(OWN_DOCUMENTS),),
    }
)


def creation() -> Sequence[str]:
    """The statements that make empty books of the current version."""
    return (
        *(f"CREATE SCHEMA IF NOT EXISTS books.{schema}" for schema in SCHEMAS),
        _META,
        f"INSERT INTO books.meta.workspace VALUES ('schema_version', '{SCHEMA_VERSION}')",
        *(_create(table) for table in TABLES),
    )


def steps(
    found: int, *, wanted: int = SCHEMA_VERSION, migrations: Mapping[int, Sequence[str]] = MIGRATIONS
) -> Sequence[str]:
    """The statements that lift books of version ``found`` to ``wanted``, the new version number among them."""
    lifts = [statement for version in range(found, wanted) for statement in migrations[version]]
    return (*lifts, f"UPDATE books.meta.workspace SET value = '{wanted}' WHERE key = 'schema_version'")
