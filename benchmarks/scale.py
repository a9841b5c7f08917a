"""The intake at one, five, ten and fifty million postings: what a row costs as the books grow. It takes an hour."""

from __future__ import annotations

from benchmarks import intake
from benchmarks.report import Report

SIZES = (*intake.SIZES, 50_000_000)


def run() -> Report:
    """Measure the intake up to fifty million postings."""
    return intake.measured(SIZES)
