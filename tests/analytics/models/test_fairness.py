"""The fairness table against counting by hand, and a bias that was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.models import fairness

ROWS = 4000


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    probability = draw.beta(1, 9, ROWS)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number}" for number in range(ROWS)],
            "gender": draw.choice(["F", "M", "other", ""], ROWS, p=[0.45, 0.5, 0.01, 0.04]),
            "bad": (draw.random(ROWS) < probability).astype(float),
            "probability": probability,
        }
    )


def found(sample: pd.DataFrame, probability: pd.Series) -> dict:
    groups = {"gender": sample.gender.to_numpy(dtype=object)}
    return fairness.table(
        groups, sample.customer_id.to_numpy(dtype=object), sample.bad.to_numpy(), probability.to_numpy(), cut_off=0.1
    )["attributes"]["gender"]


def test_by_hand(sample: pd.DataFrame) -> None:
    told = found(sample, sample.probability)
    rows = {row["group"]: row for row in told["rows"]}
    assert set(rows) == {"F", "M"}
    assert told["too_few_to_tell"] == ["other"]
    for name, row in rows.items():
        part = sample[sample.gender == name]
        good = part[part.bad == 0]
        assert row["n"] == len(part)
        assert row["approval"] == pytest.approx((part.probability < 0.1).mean(), abs=1e-6)
        assert row["good_approved"] == pytest.approx((good.probability < 0.1).mean(), abs=1e-6)
        assert row["observed"] == pytest.approx(part.bad.mean(), abs=1e-6)
        ratio = row["observed_to_predicted"]
        assert ratio["low"] < part.bad.mean() / part.probability.mean() < ratio["high"]
    assert max(row["approval_ratio"]["value"] for row in rows.values()) == 1
    assert told["adverse"] == []


def test_a_planted_bias_is_adverse(sample: pd.DataFrame) -> None:
    harsher = sample.probability.where(sample.gender != "F", sample.probability * 2.5)
    told = found(sample, harsher)
    assert told["adverse"] == ["F"]
    row = next(row for row in told["rows"] if row["group"] == "F")
    assert row["approval_ratio"]["high"] < 0.8
    assert row["good_approved_gap"]["high"] < 0
    assert row["observed_to_predicted"]["high"] < 1


def test_one_group_alone_tells_nothing(sample: pd.DataFrame) -> None:
    alone = {"region": np.full(ROWS, "North", dtype=object)}
    table = fairness.table(
        alone, sample.customer_id.to_numpy(dtype=object), sample.bad.to_numpy(), sample.probability.to_numpy(),
        cut_off=0.1,
    )  # fmt: skip
    assert table["attributes"] == {}


def test_age_bands_at_their_edges() -> None:
    birth = pd.Series(pd.to_datetime(["2000-06-30", "2000-07-01", "1990-01-01", "1960-01-01", None]))
    as_of = pd.Series(pd.to_datetime(["2025-06-30"] * 5))
    assert fairness.age_band(birth, as_of).tolist() == ["25 to 34", "under 25", "35 to 44", "60 and over", ""]
