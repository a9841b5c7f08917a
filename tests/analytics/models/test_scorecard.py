"""The scorecard: bins that keep to their direction, weights of evidence, points that add up to the score."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest
from borrower_frames import DIRECTIONS, borrowers

from analytics.models import metrics, scale
from analytics.models.binning import LEAST_SHARE, Binning, binned
from analytics.models.credit import fit
from analytics.models.scorecard import Scorecard
from analytics.models.supervised import SupervisedModel

DAY = dt.date(2025, 6, 30)
#: Sides of the weights of evidence, by SQL beside ours.
EVIDENCE = """
    SELECT bin, ln(((sum(bad) + 0.5) / (any_value(bads) + 0.5 * any_value(bins)))
                   / ((sum(1 - bad) + 0.5) / (any_value(goods) + 0.5 * any_value(bins)))) AS weight
    FROM (SELECT *, sum(bad) OVER () AS bads, sum(1 - bad) OVER () AS goods,
                 (SELECT count(DISTINCT bin) FROM placed) AS bins FROM placed)
    GROUP BY bin ORDER BY bin
"""


@pytest.fixture(scope="module")
def model() -> SupervisedModel:
    return fit(borrowers(1500), trained_as_of=DAY, features=DIRECTIONS, how="scorecard")


def noisy(rows: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=rows)
    bad = (draw.random(rows) < 1 / (1 + np.exp(2 - values - 0.8 * np.sin(4 * values)))).astype(float)
    values[draw.random(rows) < 0.1] = np.nan
    return values, bad


@pytest.mark.parametrize("direction", [1, -1])
def test_evidence_never_runs_against_the_direction(direction: int) -> None:
    values, bad = noisy()
    made = binned(direction * values, bad, direction)
    assert len(made.weights) >= 3
    assert (np.diff(made.weights) * direction > 0).all()


def test_a_direction_the_data_deny_leaves_nothing_to_tell() -> None:
    values, bad = noisy()
    made = binned(values, bad, -1)
    assert made.value < 0.2 * binned(values, bad, 1).value


def test_a_free_feature_may_bend() -> None:
    draw = np.random.default_rng(3)
    values = draw.normal(size=5000)
    bad = (draw.random(5000) < 1 / (1 + np.exp(3 - values**2))).astype(float)
    steps = np.sign(np.diff(binned(values, bad, 0).weights))
    assert {-1.0, 1.0} <= set(steps)
    assert binned(values, bad, 0).value > 2 * binned(values, bad, 1).value


def test_bins_hold_enough_and_missing_is_one_of_them() -> None:
    values, bad = noisy()
    made = binned(values, bad, 1)
    counts = np.bincount(made.place(values), minlength=len(made.weights) + 1)
    assert (counts[:-1] >= LEAST_SHARE * (~np.isnan(values)).sum()).all()
    assert counts[-1] == np.isnan(values).sum()
    assert made.apply(np.array([np.nan]))[0] == made.missing != 0
    few = binned(np.where(np.arange(len(values)) < 5, np.nan, np.nan_to_num(values)), bad, 1)
    assert few.missing == 0


def test_the_weights_against_sql() -> None:
    values, bad = noisy()
    made = binned(values, bad, 1)
    placed = pd.DataFrame({"bin": made.place(values), "bad": bad})  # noqa: F841  (DuckDB reads it by name)
    theirs = duckdb.sql(EVIDENCE).df()
    assert np.append(made.weights, made.missing) == pytest.approx(theirs["weight"].to_numpy(), abs=1e-9)


def test_a_binning_there_and_back() -> None:
    made = binned(*noisy(), 1)
    again = Binning.from_dict(made.as_dict())
    values = np.array([-5.0, 0.0, 5.0, np.nan])
    assert (again.apply(values) == made.apply(values)).all()


def test_no_evidence_weighs_backwards(model: SupervisedModel) -> None:
    assert isinstance(model.learner, Scorecard)
    assert (model.learner.weights >= 0).all()
    assert (model.learner.weights > 0).sum() >= 3


def test_the_card_adds_up_to_the_score(model: SupervisedModel) -> None:
    assert isinstance(model.learner, Scorecard)
    card = model.learner.table(slope=model.platt.slope, intercept=model.platt.intercept)
    frame = borrowers(200, months=1, seed=8)
    points = np.full(len(frame), card["base"])
    for at, name in enumerate(model.features):
        rows = [row["points"] for row in card["rows"] if row["feature"] == name]
        if rows:
            points += np.array(rows)[model.learner.bins[at].place(frame[name].to_numpy(dtype=float))]
    assert points == pytest.approx(scale.points(model.score(frame).log_odds.to_numpy()), abs=0.1)


def test_a_bin_reads_as_a_span(model: SupervisedModel) -> None:
    assert isinstance(model.learner, Scorecard)
    spans = [row["bin"] for row in model.learner.table()["rows"] if row["feature"] == "days_past_due"]
    assert spans[0].startswith("under ")
    assert spans[-2].endswith(" and over")
    assert spans[-1] == "missing"


def test_it_ranks_nearly_like_the_trees(model: SupervisedModel) -> None:
    trees = fit(borrowers(1500), trained_as_of=DAY, features=DIRECTIONS, how="blend")
    frame = borrowers(4000, months=1, seed=10)
    bad, ones = frame.bad.to_numpy(dtype=float), np.ones((1, len(frame)))
    ours, theirs = (
        float(metrics.auc(bad, each.score(frame).probability.to_numpy(), ones)[0]) for each in (model, trees)
    )
    assert ours > theirs - 0.02


def test_without_anything_to_tell_it_gives_the_base_rate() -> None:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"a": np.ones(1000), "b": np.full(1000, np.nan)})
    bad = (draw.random(1000) < 0.1).astype(float)
    card = Scorecard.fit(frame, bad, ("a", "b"), (1, -1))
    assert scale.expit(card.contributions(frame).sum(axis=1)) == pytest.approx(bad.mean(), abs=0.01)
