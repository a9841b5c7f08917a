from __future__ import annotations

import time
from collections import Counter

import pytest
from sqlglot import exp, parse_one

from analytics.features.catalogue import FEATURES
from knowledge.vocabulary import load_vocabulary, restricted, with_values

PLAIN = load_vocabulary()


def spoken(declared):
    return {
        name.casefold() for name in (declared.name, declared.name.replace("_", " "), declared.label, *declared.synonyms)
    }


def test_there_is_enough_to_ask_for():
    assert len(PLAIN.metrics) >= 30
    assert len(PLAIN.dimensions) >= 18


def test_loading_is_fast():
    load_vocabulary.cache_clear()
    spent = []
    for _ in range(5):
        load_vocabulary.cache_clear()
        started = time.process_time()
        load_vocabulary()
        spent.append(time.process_time() - started)
    assert min(spent) < 0.06


@pytest.mark.parametrize("declared", [PLAIN.metrics, PLAIN.dimensions], ids=["metrics", "dimensions"])
def test_no_two_share_a_name_people_type(declared):
    counted = Counter(name for entry in declared.values() for name in spoken(entry))
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("dimension", [d for d in PLAIN.dimensions.values() if d.values], ids=lambda d: d.name)
def test_no_two_values_share_a_spelling(dimension):
    counted = Counter(word.casefold() for value, others in dimension.values.items() for word in {value, *others})
    assert [word for word, times in counted.items() if times > 1] == []


def test_every_reference_is_to_something_declared():
    columns = {name: {column.name for column in view.columns} for name, view in PLAIN.views.items()}
    for metric in PLAIN.metrics.values():
        assert metric.time in columns[metric.view]
        assert (metric.time_kind == "spell") == bool(metric.until)
    for dimension in PLAIN.dimensions.values():
        assert bool(dimension.homes) != bool(dimension.grain)
        assert all(column in columns[view] for view, column in dimension.homes.items())
    assert {view for join in PLAIN.joins for view in (join.left, join.right)} <= set(PLAIN.views)


def test_metrics_over_features_name_declared_features():
    known = {column.name for column in PLAIN.views["customer_monthly"].columns} | set(FEATURES)
    over_features = [metric for metric in PLAIN.metrics.values() if metric.view == "customer_monthly"]
    assert over_features
    for metric in over_features:
        named = parse_one(f"SELECT {metric.expression} WHERE {metric.where or 'TRUE'}", read="duckdb")
        assert {column.name for column in named.find_all(exp.Column)} <= known


def test_money_never_leaves_its_currency():
    """Every view with a metric in money says in which currency."""
    for view in {metric.view for metric in PLAIN.metrics.values() if metric.unit == "currency"}:
        assert view in PLAIN.dimensions["currency"].homes


@pytest.mark.parametrize(
    ("dimension", "written", "canonical"),
    [
        ("city", "Bangalore", "Bengaluru"),
        ("city", " bombay ", "Mumbai"),
        ("city", "GURGAON", "Gurugram"),
        ("band", "Very High", "very high"),
        ("product", "bike loan", "two_wheeler"),
        ("mode", "NACH", "nach"),
        ("city", "Atlantis", None),
    ],
)
def test_spellings(dimension, written, canonical):
    assert PLAIN.dimensions[dimension].canonical(written) == canonical


def test_the_books_spelling_becomes_canonical():
    city = with_values(PLAIN, {"city": ["Bangalore", "Pune", "Sangli"]}).dimensions["city"]
    assert city.canonical("bengaluru") == "Bangalore"
    assert city.canonical("BLR") == "Bangalore"
    assert "Bengaluru" not in city.values
    assert {"Pune", "Sangli", "Mumbai"} <= set(city.values)
    assert city.complete


def test_a_restricted_vocabulary_names_only_its_views():
    some = restricted(PLAIN, {"transactions", "customers"})
    assert {metric.view for metric in some.metrics.values()} == {"transactions", "customers"}
    assert set(some.dimensions["customer_id"].homes) == {"transactions", "customers"}
    assert "band" not in some.dimensions
    assert "month" in some.dimensions
    assert {(join.left, join.right) for join in some.joins} == {("transactions", "customers")}
