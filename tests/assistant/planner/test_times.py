"""Times relative to a data clock of 30 Jun 2026."""

from __future__ import annotations

import datetime as dt

import pytest
from planner_world import CLOCK

from assistant.planner.text import phrase
from assistant.planner.times import times_in

CASES: dict[str, tuple[str, str] | None] = {
    "today": ("2026-06-30", "2026-07-01"),
    "yesterday": ("2026-06-29", "2026-06-30"),
    "this week": ("2026-06-29", "2026-07-01"),
    "last week": ("2026-06-22", "2026-06-29"),
    "this month": ("2026-06-01", "2026-07-01"),
    "last month": ("2026-05-01", "2026-06-01"),
    "pichle mahine": ("2026-05-01", "2026-06-01"),
    "this quarter": ("2026-04-01", "2026-07-01"),
    "last quarter": ("2026-01-01", "2026-04-01"),
    "this year": ("2026-01-01", "2026-07-01"),
    "last year": ("2025-01-01", "2026-01-01"),
    "this financial year": ("2026-04-01", "2026-07-01"),
    "last fy": ("2025-04-01", "2026-04-01"),
    "last 6 months": ("2026-01-01", "2026-07-01"),
    "in the last 90 days": ("2026-04-02", "2026-07-01"),
    "over the past three months": ("2026-04-01", "2026-07-01"),
    "past year": ("2025-07-01", "2026-07-01"),
    "3 months ago": ("2026-03-01", "2026-04-01"),
    "in march": ("2026-03-01", "2026-04-01"),
    "in december": ("2025-12-01", "2026-01-01"),
    "in may": ("2026-05-01", "2026-06-01"),
    "march 2025": ("2025-03-01", "2025-04-01"),
    "2025": ("2025-01-01", "2026-01-01"),
    "since january 2026": ("2026-01-01", "2026-07-01"),
    "since 15 march": ("2026-03-15", "2026-07-01"),
    "until march 2026": ("1900-01-01", "2026-04-01"),
    "before march 2026": ("1900-01-01", "2026-03-01"),
    "after march 2026": ("2026-04-01", "2026-07-01"),
    "between january and march 2026": ("2026-01-01", "2026-04-01"),
    "from april to june": ("2026-04-01", "2026-07-01"),
    "from november to february": ("2025-11-01", "2026-03-01"),
    "between 2026-01-01 and 2026-03-15": ("2026-01-01", "2026-03-16"),
    "q1 2026": ("2026-01-01", "2026-04-01"),
    "second quarter of 2025": ("2025-04-01", "2025-07-01"),
    "q1 fy 2025-26": ("2025-04-01", "2025-07-01"),
    "h2 fy26": ("2025-10-01", "2026-04-01"),
    "fy 2025-26": ("2025-04-01", "2026-04-01"),
    "fy26": ("2025-04-01", "2026-04-01"),
    "ytd": ("2026-01-01", "2026-07-01"),
    "month to date": ("2026-06-01", "2026-07-01"),
    "as of 31 march 2026": ("2026-03-01", "2026-04-01"),
    "as of 15 march 2026": ("2026-02-16", "2026-03-16"),
    "at the end of march": ("2026-03-01", "2026-04-01"),
    "on 15/03/2026": ("2026-03-15", "2026-03-16"),
    "next month": None,
    "tomorrow": None,
    "march 2027": None,
}


@pytest.mark.parametrize(("said", "expected"), CASES.items(), ids=CASES)
def test_a_time_is_read_whole(said: str, expected: tuple[str, str] | None) -> None:
    words = phrase(said)
    found = [span.time for span in times_in(words, CLOCK) if (span.start, span.end) == (0, len(words))]
    assert found, said
    period = found[0].period
    assert (period and (period.start.isoformat(), period.end.isoformat())) == expected


@pytest.mark.parametrize(
    "said", ["may we keep this", "march on", "the second one", "top 10", "60 days past due", "30+ dpd"]
)
def test_other_words_are_no_time(said: str) -> None:
    words = phrase(said)
    assert not [span for span in times_in(words, CLOCK) if span.end - span.start == len(words)]


def test_a_day_that_does_not_exist_is_no_time() -> None:
    assert not [span for span in times_in(phrase("on 31/02/2026"), CLOCK) if span.end - span.start == 2]


def test_a_clock_within_the_month_ends_the_month() -> None:
    found = next(iter(times_in(phrase("this month"), dt.date(2026, 6, 17))))
    assert found.time.period is not None
    assert found.time.period.end == dt.date(2026, 6, 18)
