"""The pages at ten million postings of a hundred thousand customers; an empty page of gradio in the same run."""

from __future__ import annotations

from statistics import median

from benchmarks.large_books import large_place, large_workspace
from benchmarks.pages import COLUMNS, board_pack, measured, rows
from benchmarks.report import Report, Target

SWITCH_MS = 2_000


def run() -> Report:
    """Measure switches between pages: visits again and first visits, whole and narrowed."""
    from numpy import percentile

    place = large_place()
    large_workspace(place)
    visits, ours, bare = measured(place)
    first, again = board_pack(place)
    switches = [each.first for each in visits] + [took for each in visits for took in each.again]
    narrowed = [took for each in visits for took in each.narrowed]
    return Report(
        name="pages_large",
        title="pages of 10 million postings of 100,000 customers in a browser, milliseconds",
        columns=COLUMNS,
        rows=rows(visits, ours, bare, (first, again)),
        targets=(
            Target(f"switch, 95th percentile of {len(switches)}", float(percentile(switches, 95)), SWITCH_MS, "ms"),
            Target("switch, the slowest first visit", max(each.first for each in visits), SWITCH_MS, "ms"),
            Target(f"narrowed, 95th percentile of {len(narrowed)}", float(percentile(narrowed, 95)), SWITCH_MS, "ms"),
            Target("switch again, median", median(took for each in visits for took in each.again), SWITCH_MS, "ms"),
        ),
        notes=("What a page fetches later by itself (below the first figures) is not waited for.",),
    )
