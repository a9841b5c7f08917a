"""The feature build over ten million postings of an encrypted lake, beside the same tables in hand-written SQL."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import place
from benchmarks.feature_books import FeatureBooks
from benchmarks.feature_values import Difference, differences
from benchmarks.processes import Run, interleaved
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

POSTINGS = 10_000_000
TIMES = 3
RATIO = 2.0
#: What is run, in turn, each a process of its own; see `benchmarks.feature_runs`.
SIDES = ("munshi", "by hand", "scan")


@dataclass(frozen=True)
class Side:
    """The best run of one side.

    Attributes
    ----------
    seconds
        From opening the books to the publish, the tables' making by name in ``parts``.
    """

    seconds: float
    parts: dict[str, float]
    process: Run


def run() -> Report:
    """Make the books once, run the sides in turn, compare what they wrote."""
    books = FeatureBooks(place.settings())
    postings = books.make(POSTINGS)
    with _put_back(books):
        best = measure(books)
        found = differences(books)
    return _report(postings, best, found)


def measure(books: FeatureBooks) -> dict[str, Side]:
    """Return the best of `TIMES` runs of each side, taken in turn."""
    runs = interleaved({side: lambda side=side: _run(books, side) for side in SIDES}, TIMES)  # type: ignore[misc]
    return {side: min(each, key=lambda one: one.seconds) for side, each in runs.items()}


def _run(books: FeatureBooks, side: str) -> Side:
    process = run_process(
        [sys.executable, "-m", "benchmarks.feature_runs", side],
        environment=place.environment(books.settings), folder=place.ROOT,
    )  # fmt: skip
    told = json.loads(process.output.splitlines()[-1])
    return Side(told["seconds"], told["parts"], process)


@contextmanager
def _put_back(books: FeatureBooks) -> Iterator[None]:
    """Give the lake its catalog back afterwards; the next writer removes the files the runs left."""
    catalog = books.lake.catalog
    before = catalog.with_name("catalog.before")
    shutil.copyfile(catalog, before)
    try:
        yield
    finally:
        before.replace(catalog)


def _report(postings: int, best: dict[str, Side], found: list[Difference]) -> Report:
    munshi, by_hand, scan = (best[side] for side in SIDES)
    rows: list[tuple[Cell, ...]] = [
        (side, each.seconds, each.seconds / scan.seconds, each.process.cpu_seconds, each.process.peak_mb)
        for side, each in best.items()
    ]
    wrong = [each for each in found if not each.same]
    return Report(
        "features", f"{postings:,} postings, best of {TIMES}, from opening the books to the publish",
        ("side", "seconds", "× scan", "processor s", "peak MB"), rows,
        targets=(
            Target("Munshi ÷ by hand", munshi.seconds / by_hand.seconds, RATIO, "×"),
            Target("tables and columns that differ", float(len(wrong)), 0.0, ""),
        ),
        notes=(
            f"processor time, Munshi ÷ by hand: {munshi.process.cpu_seconds / by_hand.process.cpu_seconds:.2f} ×",
            *(f"{side}: {_parts(each)}" for side, each in best.items() if len(each.parts) > 1),
            f"{sum(each.values for each in found):,} values compared in {len(found)} columns, within 1e-6",
            *(f"differs: {each}" for each in wrong),
        ),
    )  # fmt: skip


def _parts(side: Side) -> str:
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in side.parts.items())
