"""The profile: what is refused, and that the same profile gives the same books."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.sandbox import SandboxProfile, simulate
from governance.errors import ConfigurationError

SMALL = SandboxProfile(customers=90, months=2, seed=3, chunk_customers=50)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customers": 0}, "customers is 0"),
        ({"months": -1}, "months"),
        ({"last_month": date(2026, 6, 29)}, "last day"),
        ({"spending": 0}, "spending is 0"),
    ],
)
def test_profiles_that_make_no_sense_are_refused(change, said):
    with pytest.raises(ConfigurationError, match=said):
        SandboxProfile(**change)


def test_the_same_profile_gives_the_same_tables():
    for first, second in zip(simulate(SMALL), simulate(SMALL), strict=True):
        assert first.truth.equals(second.truth)
        assert first.anomalies.equals(second.anomalies)
        for name, table in first.tables.items():
            assert table.equals(second.tables[name]), name


def test_another_seed_gives_other_tables():
    first, second = (next(simulate(SandboxProfile(customers=30, months=1, seed=seed))) for seed in (3, 4))
    assert not first.tables["transactions"].equals(second.tables["transactions"])


def test_chunks_do_not_depend_on_one_another():
    alone = next(simulate(SandboxProfile(customers=50, months=2, seed=3, chunk_customers=50)))
    first, second = simulate(SMALL)
    assert alone.tables["transactions"].equals(first.tables["transactions"])
    assert alone.truth.equals(first.truth)
    assert first.tables["customers"].num_rows == 50
    assert second.tables["customers"].num_rows == 40
    both = {
        *first.tables["customers"]["customer_id"].to_pylist(),
        *second.tables["customers"]["customer_id"].to_pylist(),
    }
    assert len(both) == 90


def test_the_window_ends_with_the_data_clock():
    chunk = next(simulate(SandboxProfile(customers=40, months=2, seed=1, last_month=date(2024, 2, 29))))
    posted = chunk.tables["transactions"]["posted_at"].to_pylist()
    assert min(posted).date() >= date(2024, 1, 1)
    assert max(posted).date() == date(2024, 2, 29)


def test_who_spends_less_often_spends_about_as_much():
    usual, seldom = (
        next(simulate(SandboxProfile(customers=150, months=2, seed=3, spending=often))).tables["transactions"]
        for often in (1.0, 0.2)
    )
    assert seldom.num_rows < 0.6 * usual.num_rows
    spent = [-sum(each for each in rows["amount"].to_pylist() if each < 0) for rows in (usual, seldom)]
    assert 0.5 < float(spent[1] / spent[0]) < 1.5
