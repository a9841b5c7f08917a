"""The figures of held-out merchants against an independent reckoning."""

from __future__ import annotations

import pytest
from sklearn.metrics import f1_score

from benchmarks.narration_merchants import Judgement, interval, macro_f1

PAIRS: list[Judgement] = [
    ("a", "fuel", "fuel"), ("a", "fuel", ""), ("b", "health", "fuel"), ("c", "health", "health"),
    ("d", "taxes", "transfer"),
]  # fmt: skip


def test_macro_f1_is_that_of_the_library() -> None:
    truth, said = [pair[1] for pair in PAIRS], [pair[2] for pair in PAIRS]
    expected = f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)
    assert macro_f1(PAIRS) == pytest.approx(expected)


def test_an_interval_is_the_same_each_time_and_narrow_where_all_is_right() -> None:
    assert interval(PAIRS, macro_f1) == interval(PAIRS, macro_f1)
    assert interval([("a", "fuel", "fuel"), ("b", "taxes", "taxes")], macro_f1) == "1.00 to 1.00"
