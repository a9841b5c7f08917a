"""Nothing that is computed at an as-of reads the future, and what does is caught."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import ibis
import pytest
from feature_books import CLOCK, filled
from memory_books import MemoryWriter

from analytics.features.build import features
from analytics.features.catalogue import FEATURES
from analytics.features.leaks import as_known, leaks
from analytics.models.churn_labels import attached
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.books import Books
from analytics.pipeline.timeline import Calendar

JANUARY = dt.date(2026, 1, 31)
#: What the next month brings: a label, not a feature.
NEXT_MONTH = dataclasses.replace(
    FEATURES["inflow_3m"],
    name="inflow_next_month",
    expression=lambda _: ibis._.inflow.lead().over(group_by="customer_id", order_by="period"),
)


@pytest.fixture(scope="module")
def writer() -> MemoryWriter:
    return filled(customers=5, postings=200)


def computed(books: Books) -> Any:
    """Every feature, and the planted one, from January to March: January's rows stand beside their future."""
    timeline = Calendar(JANUARY, CLOCK)
    return features(monthly(books, timeline), timeline, {**FEATURES, NEXT_MONTH.name: NEXT_MONTH})


def test_only_the_planted_feature_reads_the_future(writer: MemoryWriter) -> None:
    assert set(leaks(writer.books, computed, JANUARY, writer.frame)) == {"inflow_next_month"}


def test_whom_the_churn_model_is_about_is_known_by_then(writer: MemoryWriter) -> None:
    assert leaks(writer.books, lambda books: attached(books, [JANUARY]), JANUARY, writer.frame) == {}
    assert len(writer.frame(attached(writer.books, [JANUARY])))


def test_the_future_is_gone(writer: MemoryWriter) -> None:
    books = as_known(writer.books, JANUARY)
    rows = writer.frame(books.transactions.aggregate(last=books.transactions.posted_at.max()))
    paid = writer.frame(books.instalments.aggregate(last=books.instalments.paid_on.max()))
    assert rows["last"].iloc[0].date() <= JANUARY
    assert paid["last"].iloc[0].date() <= JANUARY
