"""The fifty mixed questions, warm, at ten million postings of a hundred thousand customers."""

from __future__ import annotations

import numpy as np

from benchmarks.asking import SLOWEST, ask_warm
from benchmarks.large_books import large_place, large_workspace
from benchmarks.report import Report, Target

P95_MS = 1_200.0


def run() -> Report:
    """Ask every question in rounds, after once to warm up."""
    place = large_place()
    asked = ask_warm(large_workspace(place), place)
    times = [each for question in asked for each in question.milliseconds]
    p50, p95 = (float(np.percentile(times, share)) for share in (50, 95))
    slowest = sorted(asked, key=lambda each: -each.typical)[:SLOWEST]
    return Report(
        "asking_large",
        "questions at ten million postings, milliseconds",
        ("questions", "p50", "p95", "longest"),
        [(len(asked), p50, p95, max(times))],
        targets=(Target("warm, 95th percentile", p95, P95_MS, "ms"),),
        notes=tuple(f"slow: {each.typical:,.0f} ms  {each.question}" for each in slowest),
    )
