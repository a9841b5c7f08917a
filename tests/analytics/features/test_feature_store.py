"""The store gives what the build wrote, the same online and from history, and any other date when asked."""

from __future__ import annotations

import datetime as dt

import pytest
from feature_books import CLOCK, filled
from memory_books import MemoryWriter

from analytics.features.build import features_at, statement_features
from analytics.features.catalogue import FEATURES
from analytics.features.store import FeatureStore, feature_sets
from analytics.features.tables import write_features
from analytics.pipeline.periods import as_of_table
from governance.errors import ToolRetry

FEBRUARY, MID_MARCH = dt.date(2026, 2, 28), dt.date(2026, 3, 15)


@pytest.fixture(scope="module")
def writer() -> MemoryWriter:
    writer = filled(customers=4, postings=90)
    write_features(writer, writer.books, CLOCK, progress=lambda *_: None)
    return writer


@pytest.fixture(scope="module")
def store(writer: MemoryWriter) -> FeatureStore:
    return FeatureStore(lambda sql: writer.connection.execute(sql).to_arrow_table(), currency="INR")


def computed(writer: MemoryWriter, customer: str, as_of: dt.date, how=features_at) -> dict:
    customers = writer.books.customers.filter(writer.books.customers.customer_id == customer)
    spine = customers.select("customer_id").cross_join(as_of_table([as_of]))
    (row,) = writer.frame(how(writer.books, spine)).to_dict("records")
    return row


def test_online_and_history_are_the_same(store: FeatureStore) -> None:
    assert store.as_of == CLOCK
    (history,) = store.get_historical(["C1"], [CLOCK]).to_pylist()
    online = store.get_online("C1")
    assert list(online) == list(FEATURES)
    assert online == {name: history[name] for name in FEATURES}


def test_history_at_any_date_is_computed_from_what_was_known(writer: MemoryWriter, store: FeatureStore) -> None:
    rows = store.get_historical(["C1", "C2", "nobody"], [FEBRUARY, MID_MARCH]).to_pylist()
    assert [(row["customer_id"], row["as_of"]) for row in rows] == [
        (customer, day) for customer in ("C1", "C2") for day in (FEBRUARY, MID_MARCH)
    ]
    for row in rows:
        wanted = computed(writer, row["customer_id"], row["as_of"])
        for name in FEATURES:
            assert row[name] == pytest.approx(wanted[name], rel=1e-9, nan_ok=True) or wanted[name] != wanted[name]


def test_a_set_that_is_not_stored_is_computed(writer: MemoryWriter, store: FeatureStore) -> None:
    (row,) = store.get_historical(["C1"], [MID_MARCH], "statement").to_pylist()
    wanted = computed(writer, "C1", MID_MARCH, statement_features)
    assert row["fixed_day_balance_3m"] == pytest.approx(wanted["fixed_day_balance_3m"])


def test_nothing_asked_is_nothing(store: FeatureStore) -> None:
    assert store.get_historical([], [CLOCK]).num_rows == 0
    assert store.get_historical(["C1"], []).num_rows == 0
    assert store.get_online("nobody") == {}


def test_an_unknown_set_is_told_with_what_there_is(store: FeatureStore) -> None:
    with pytest.raises(ToolRetry, match="behaviour"):
        store.get_historical(["C1"], [CLOCK], "behavior")


def test_a_set_has_a_version_an_owner_and_a_description() -> None:
    sets = feature_sets()
    assert len({each.version for each in sets.values()}) == len(sets)
    assert all(each.owner and each.description and each.features for each in sets.values())
