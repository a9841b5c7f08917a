"""Two ways, one value; nothing after the cut-off is read; the declarations keep their promises."""

from __future__ import annotations

import dataclasses
import datetime as dt

import ibis
import pandas as pd
import pytest
from feature_books import CLOCK, filled
from memory_books import MemoryWriter

from analytics.features.application import APPLICATION, EVERY, TERMS
from analytics.features.build import application_features, customer_monthly, features_at
from analytics.features.catalogue import FEATURES
from analytics.features.feature import CONCEPTS
from analytics.pipeline.aggregate import monthly
from analytics.pipeline.loan_status import loan_status
from analytics.pipeline.periods import as_of_table, month_ends
from analytics.pipeline.timeline import Calendar

JANUARY = dt.date(2026, 1, 31)


@pytest.fixture(scope="module")
def books() -> MemoryWriter:
    return filled()


@pytest.fixture(scope="module")
def cut() -> MemoryWriter:
    """The same books as they stood at the end of January."""
    writer = filled()
    writer.connection.execute(
        "DELETE FROM books.core.transactions WHERE greatest(posted_at, known_at) >= TIMESTAMP '2026-02-01'; "
        "DELETE FROM books.core.sessions WHERE started_at >= TIMESTAMP '2026-02-01'; "
        "UPDATE books.core.instalments SET paid_on = NULL, amount_paid = 0 WHERE paid_on > DATE '2026-01-31'"
    )
    return writer


def at(writer: MemoryWriter, *as_ofs: dt.date) -> pd.DataFrame:
    """Every customer's features at each as-of, each pair by itself."""
    spine = writer.books.customers.select("customer_id").cross_join(as_of_table(as_ofs))
    return _sorted(writer.frame(features_at(writer.books, spine)))


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["as_of", "customer_id"], ignore_index=True)


@pytest.fixture(scope="module")
def by_month(books: MemoryWriter) -> pd.DataFrame:
    """Every month end from January to March in one go, on a loan status made before."""
    ends = as_of_table(month_ends(dt.date(2025, 2, 1), CLOCK))
    status = loan_status(books.books.loans, books.books.instalments, ends)
    return _sorted(books.frame(customer_monthly(books.books, JANUARY, CLOCK, status=status)))


def test_both_ways_give_the_same_values(books: MemoryWriter, by_month: pd.DataFrame) -> None:
    ends = month_ends(JANUARY, CLOCK)
    pd.testing.assert_frame_equal(by_month, at(books, *ends), check_dtype=False, rtol=1e-9)


def test_every_feature_has_a_value_somewhere(by_month: pd.DataFrame) -> None:
    known = by_month.notna().any()
    assert sorted(known.index[~known]) == []


def test_nothing_after_the_cut_off_is_read(cut: MemoryWriter, by_month: pd.DataFrame) -> None:
    january = by_month[by_month.as_of == pd.Timestamp(JANUARY)].reset_index(drop=True)
    pd.testing.assert_frame_equal(january, at(cut, JANUARY), check_dtype=False, rtol=1e-9)
    alone = _sorted(cut.frame(customer_monthly(cut.books, JANUARY, JANUARY)))
    pd.testing.assert_frame_equal(january, alone, check_dtype=False, rtol=1e-9)


def test_a_planted_leak_is_caught(books: MemoryWriter, cut: MemoryWriter) -> None:
    """Were rows placed by posting alone, the back-dated ones would change January."""
    leaks = []
    for writer in (books, cut):
        rows = writer.books.transactions.mutate(known_at=ibis._.posted_at)
        leaking = dataclasses.replace(writer.books, transactions=rows)
        months = writer.frame(monthly(leaking, Calendar(JANUARY, JANUARY)))
        leaks.append(months.sort_values(["customer_id", "period"], ignore_index=True))
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(*leaks, check_dtype=False, rtol=1e-9)


def test_a_loan_is_seen_on_its_eve(books: MemoryWriter) -> None:
    rows = books.books.loans
    eve = (rows.disbursed_on - ibis.interval(days=1)).cast("date")
    found = books.frame(
        application_features(
            books.books, rows.select("customer_id", "emi_amount", "principal", "tenor_months", as_of=eve)
        )
    )
    assert set(found.columns) == {"customer_id", "as_of", *APPLICATION}
    assert (found.as_of == pd.Timestamp(2025, 5, 6)).all()
    ratio = found.emi_asked / found.inflow_12m
    pd.testing.assert_series_equal(found.emi_asked_to_inflow_12m, ratio.clip(upper=5), check_names=False)


def test_the_catalogue() -> None:
    assert len(FEATURES) >= 45
    assert {feature.concept for feature in FEATURES.values()} == set(CONCEPTS)
    assert not {"gender", "age", "religion", "surname", "pincode", "city", "birth"} & {
        word for name in EVERY for word in name.split("_")
    }
    assert not set(FEATURES) & set(TERMS)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_declaration(name: str) -> None:
    feature = EVERY[name]
    assert feature.name == name
    assert 1 <= feature.window <= 12
    assert feature.description
    if feature.reason:
        assert feature.direction, "a text that goes with no direction could run backwards"
        assert "{value}" in feature.reason


def test_figures_as_a_letter_writes_them() -> None:
    assert FEATURES["emi_bounces_3m"].text(3.0) == "3 EMI bounces in the last 3 months"
    assert FEATURES["emi_bounces_3m"].text(1.0) == "1 EMI bounce in the last 3 months"
    assert FEATURES["obligations_to_income_6m"].text(0.6249) == "obligations take 62% of income"
    assert FEATURES["closing_balance"].text(1234567.4) == "balances of 12,34,567"
    assert FEATURES["closing_balance"].text(-999.6) == "balances of −1,000"
