"""A household's own labels beside the categories made of its notes: agreement only, nothing is learned from them."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analytics.pipeline.enrich import enriched

#: The household's label → categories that say the same. Labels that are not here say nothing about what was bought.
CROSSWALK: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Food": ("food_and_dining", "groceries"),
        "Transportation": ("transport", "fuel", "travel"),
        "subscription": ("subscriptions", "utilities", "entertainment"),
        "Health": ("health", "insurance"),
        "Investment": ("investment",),
        "Recurring Deposit": ("investment",),
        "Public Provident Fund": ("investment",),
        "Equity Mutual Fund E": ("investment",),
        "Apparel": ("shopping",),
        "Beauty": ("shopping", "health"),
        "Salary": ("income",),
        "Money transfer": ("transfer",),
        "Education": ("education",),
        "Interest": ("interest",),
        "Life Insurance": ("insurance",),
        "Tourism": ("travel",),
        "Rent": ("rent",),
    }
)


def agreement(file: Path) -> tuple[int, float, float]:
    """Return how many rows have a label of the crosswalk, the share answered, and the share of those that agrees."""
    rows = [row for row in _entries(file) if row["Category"] in CROSSWALK and row["Note"].strip()]
    found = _categories(rows)
    answered = [(row["Category"], category) for row, category in zip(rows, found, strict=True) if category]
    agreed = sum(category in CROSSWALK[label] for label, category in answered)
    return len(rows), len(answered) / len(rows), agreed / max(1, len(answered))


def _entries(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _categories(rows: list[dict[str, str]]) -> list[str]:
    import ibis
    import pyarrow as pa

    signs = {"Income": 1, "Expense": -1, "Transfer-Out": -1}
    notes: list[dict[str, Any]] = [
        {"at": at, "narration": row["Note"], "amount": Decimal(signs[row["Income/Expense"]])}
        for at, row in enumerate(rows)
    ]
    schema = pa.schema([("at", pa.int64()), ("narration", pa.string()), ("amount", pa.decimal128(18, 2))])
    backend = ibis.duckdb.connect(threads=1)
    backend.con.register("notes", pa.Table.from_pylist(notes, schema))
    found = enriched(backend.table("notes")).order_by("at")
    return [str(category) for category in backend.to_pyarrow(found.select("category"))["category"].to_pylist()]
