"""One run of one side, as a process: ``python -m benchmarks.feature_runs munshi``; prints its seconds as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from benchmarks import place
from benchmarks.feature_books import FeatureBooks
from governance.settings import load_settings

if TYPE_CHECKING:
    from analytics.warehouse import Writer

BY_HAND = place.ROOT / "benchmarks" / "features_by_hand.sql"
PART = "-- Part: "
#: The columns of a posting that features are made of.
READ = (
    "account_id", "customer_id", "posted_at", "known_at", "amount", "currency", "balance_after", "category",
    "subcategory", "recurring_kind", "is_own_transfer", "reversal_of",
)  # fmt: skip
Mark = Callable[[str], None]


def munshi(writer: Writer, mark: Mark) -> None:
    """Make the tables as a build does, the imports and the compiling with it."""
    from analytics.build import open_books
    from analytics.features.tables import write_features
    from analytics.pipeline.periods import add_months, month_end

    clock = writer.execute("SELECT max(posted_at)::DATE FROM books.core.transactions").rows[0][0]
    last = clock if clock == month_end(clock) else add_months(clock, -1)
    mark("where each loan stands")
    write_features(writer, open_books(writer), last, progress=lambda what, _share: mark(what.lower()))


def by_hand(writer: Writer, mark: Mark) -> None:
    """Run the script, part by part."""
    opening, *parts = BY_HAND.read_text("utf-8").split(PART)
    writer.execute(opening)
    for part in parts:
        name, statements = part.split("\n", 1)
        mark(name)
        writer.execute(statements)


def scan(writer: Writer, mark: Mark) -> None:
    """Read the columns that features are made of, and nothing more."""
    mark("scan")
    read = ", ".join(f"count({column}), bit_xor(hash({column}))" for column in READ)
    writer.execute(f"SELECT {read} FROM books.core.transactions")


SIDES: Mapping[str, Callable[[Writer, Mark], None]] = MappingProxyType(
    {"munshi": munshi, "by hand": by_hand, "scan": scan}
)


def main(side: str) -> None:
    """Open the books, run, publish; say how long it took, all in all and part by part."""
    books = FeatureBooks(load_settings())
    started = time.perf_counter()
    marks: list[tuple[str, float]] = []
    with books.lake.writer(f"benchmark: {side}") as writer:
        SIDES[side](writer, lambda what: marks.append((what, time.perf_counter())))
        marks.append(("publish", time.perf_counter()))
    ended = time.perf_counter()
    ends = [moment for _, moment in marks[1:]] + [ended]
    parts = {name: end - start for (name, start), end in zip(marks, ends, strict=True)}
    print(json.dumps({"seconds": ended - started, "parts": parts}))


if __name__ == "__main__":
    main(sys.argv[1])
