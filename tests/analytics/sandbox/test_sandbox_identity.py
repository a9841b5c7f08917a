"""Identifiers: one to one, valid in form, unsorted."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from analytics.sandbox.columns import digits, money
from analytics.sandbox.identity import customer_ids, luhn_digit, shuffled


@given(st.integers(2, 5000), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_shuffling_is_one_to_one(modulus, salt):
    values = shuffled(np.arange(modulus), modulus, salt)
    assert sorted(values.tolist()) == list(range(modulus))


def test_ids_grow_with_the_number_of_customers_and_look_unsorted():
    few, many = customer_ids(np.arange(100), 100), customer_ids(np.arange(100_000), 100_000)
    assert {len(one) for one in few} == {6}
    assert {len(one) for one in many} == {7}
    assert len(set(many)) == 100_000
    assert few != sorted(few)


@given(st.text("0123456789", min_size=15, max_size=15))
def test_check_digits_complete_a_valid_number(body):
    assert luhn.is_valid(body + luhn_digit(body))


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20))
def test_money_keeps_every_paisa(paise):
    assert [int(value * 100) for value in money(np.array(paise, np.int64)).to_pylist()] == paise


@given(st.lists(st.integers(0, 10**12 - 1), min_size=1, max_size=20))
def test_digits_are_zero_padded(values):
    assert digits(np.array(values, np.int64), 12).to_pylist() == [f"{value:012d}" for value in values]
