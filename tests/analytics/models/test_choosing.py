"""A tie goes to the simpler model; a lead is more than a hair and more than chance."""

from __future__ import annotations

import pytest

from analytics.models.choosing import choose
from analytics.models.metrics import Estimate


@pytest.mark.parametrize(
    ("gap", "chosen", "words"),
    [
        (Estimate(0.02, 0.008, 0.03), "boosted", "more than chance"),
        (Estimate(0.02, -0.001, 0.04), "scorecard", "its interval includes 0"),
        (Estimate(0.004, 0.001, 0.007), "scorecard", "less than 0.005"),
        (Estimate(-0.03, -0.05, -0.01), "scorecard", "less than 0.005"),
        (None, "scorecard", "Nothing could be tested"),
    ],
)
def test_which_serves_and_why(gap: Estimate | None, chosen: str, words: str) -> None:
    found = choose("scorecard", "boosted", gap)
    assert (found.chosen, {found.chosen, found.other}) == (chosen, {"scorecard", "boosted"})
    assert words in found.reason
    if gap is not None:
        assert f"{gap.value:+.4f}" in found.reason
        assert found.as_dict()["auc_gap"]["low"] == gap.low
