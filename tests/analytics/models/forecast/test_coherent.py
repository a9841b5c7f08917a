"""Categories sum to the total, to the paisa, whatever the numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.models.forecast.coherent import reconciled, to_paisa
from analytics.models.forecast.rows import money

SHAPE = st.tuples(st.integers(1, 6), st.integers(1, 8))
MONEY = st.floats(0, 1e9, allow_nan=False, width=64)


@given(SHAPE.flatmap(lambda shape: arrays(np.float64, shape, elements=MONEY)))
def test_rounded_parts_sum_to_the_rounded_sum_and_move_by_less_than_a_paisa(parts: np.ndarray) -> None:
    paise = to_paisa(parts)
    assert (paise >= 0).all()
    assert (paise.sum(axis=1) == np.rint((parts * 100).sum(axis=1)).astype(np.int64)).all()
    assert (np.abs(paise - parts * 100) <= 1 + 1e-3).all()


@given(st.data())
def test_reconciled_parts_keep_to_what_is_known_and_to_the_total(data: st.DataObject) -> None:
    rows, columns = data.draw(SHAPE)
    small = st.floats(0, 1e6, allow_nan=False)
    least, own, variances = (data.draw(arrays(np.float64, (rows, columns), elements=small)) for _ in range(3))
    total = data.draw(arrays(np.float64, rows, elements=small))
    found = reconciled(total, least + own, np.zeros(rows), variances + 1.0, least)
    assert (found >= least - 1e-6).all()
    reachable = np.maximum(total, least.sum(axis=1))
    assert (found.sum(axis=1) <= np.maximum(reachable, (least + own).sum(axis=1)) + 1e-3).all()


def test_a_total_without_variance_stands_and_the_unsteady_part_gives_way() -> None:
    found = reconciled(
        np.array([80.0]), np.array([[60.0, 40.0]]), np.array([0.0]), np.array([[1.0, 3.0]]), np.zeros((1, 2))
    )
    assert found.tolist() == [[55.0, 25.0]]


def test_least_squares_by_matrices_agree() -> None:
    """The general formula S (SᵀW⁻¹S)⁻¹ SᵀW⁻¹ beside the closed one."""
    draw = np.random.default_rng(3)
    parts, variances, total, of_total = draw.uniform(50, 90, 4), draw.uniform(1, 5, 4), 300.0, 7.0
    summing = np.vstack([np.ones(4), np.eye(4)])
    weights = np.diag(1 / np.array([of_total, *variances]))
    base = np.array([total, *parts])
    general = np.linalg.solve(summing.T @ weights @ summing, summing.T @ weights @ base)
    ours = reconciled(np.array([total]), parts[None], np.array([of_total]), variances[None], np.zeros((1, 4)))[0]
    assert np.allclose(ours, general)


def test_paise_become_decimals_exactly() -> None:
    assert [str(each) for each in money(np.array([0, 1, 199, 123_456_789_012_345])).to_pylist()] == [
        "0.00", "0.01", "1.99", "1234567890123.45",
    ]  # fmt: skip
