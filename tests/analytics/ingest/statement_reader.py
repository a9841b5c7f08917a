"""A parsed file, its rows fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from analytics.ingest.parsed import Parsed


@dataclass(frozen=True)
class Read:
    """A parsed file and its rows, in the order of lines."""

    parsed: Parsed
    postings: list[Mapping[str, Any]]
    rejected: list[Mapping[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.postings]

    @property
    def continuous(self) -> bool:
        """Whether each balance follows from the one before, in order of time."""
        rows = sorted(self.postings, key=lambda row: row["ordinal"])
        return all(b["balance_after"] == a["balance_after"] + b["amount"] for a, b in pairwise(rows))


Reader = Callable[..., Read]
