"""Periods in words: May 2026, Q1 2026, FY 2025-26, 1 Jan 2026 to 17 Feb 2026."""

from __future__ import annotations

import datetime as dt

from assistant.planner.calendar import DAY, EARLIEST, containing
from assistant.prose.numbers import day
from knowledge.query import Period


def period_words(period: Period) -> str:
    """Return ``period`` as people name it; its last day is shown, not the first day after it."""
    if period == containing("month", period.start):
        return f"{period.start:%b %Y}"
    if period == containing("quarter", period.start):
        return f"Q{(period.start.month + 2) // 3} {period.start.year}"
    if period == containing("year", period.start):
        return str(period.start.year)
    if period == containing("fiscal_year", period.start):
        return f"FY {period.start.year}-{period.end.year % 100:02d}"
    last = period.end - DAY
    if period.start == EARLIEST:
        return f"up to {day(last)}"
    return day(last) if last == period.start else f"{day(period.start)} to {day(last)}"


def bucket_words(value: dt.date, grain: str) -> str:
    """Return one bucket of time: Jun 2026, Q2 2026, 2026, or the day."""
    if grain in ("month", "quarter", "year"):
        return period_words(containing(grain, value))
    return f"week of {day(value)}" if grain == "week" else day(value)


def before_words(period: Period | None, grain: str | None, compare_to: str) -> str:
    """Return what a comparison is with: "the month before", "a year earlier"."""
    if compare_to == "previous_year":
        return "a year earlier"
    units = ("month", "quarter", "half", "year", "fiscal_year", "week", "day")
    unit = grain or next((unit for unit in units if period and period == containing(unit, period.start)), "period")
    return f"the {unit.replace('fiscal_year', 'financial year')} before"
