"""Against a background, around a customer, what if, compared with whom: sums hold and changes are proven."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_reasons import NAMES, model, people

from analytics.explain.background import background
from analytics.explain.comparison import compared, importance
from analytics.explain.interventional import interventional
from analytics.explain.surrogate import surrogate
from analytics.explain.what_if import counterfactual, what_if
from analytics.features.application import EVERY
from analytics.features.bounds import bounds, measure, movable
from analytics.models import scale
from analytics.models.credit import CreditModel
from governance.errors import ModelError, ToolRetry

__all__ = ["model"]
POPULATION = people(400, seed=11)


def one(place: int) -> pd.DataFrame:
    return POPULATION.iloc[[place]]


def riskiest(model: CreditModel, place: int = 0) -> pd.DataFrame:
    order = np.argsort(-model.score(POPULATION).probability.to_numpy(), kind="stable")
    return POPULATION.iloc[[order[place]]]


@pytest.mark.parametrize("against", ["cut-off", "population"])
def test_interventional_parts_sum_to_the_score_from_the_backgrounds_mean(model: CreditModel, against: str) -> None:
    chosen = background(model, POPULATION, against)
    frame = people(50, seed=12)
    parts = interventional(model, frame, chosen)
    assert list(parts) == [*NAMES, "base"]
    assert np.abs(parts.sum(axis=1) - model.score(frame).log_odds).max() < 1e-5
    assert parts.base.iloc[0] == pytest.approx(model.score(chosen.rows).log_odds.mean(), abs=1e-6)


def test_interventional_values_are_those_of_the_definition(model: CreditModel) -> None:
    """Shapley values by enumerating every coalition over every background row."""
    from itertools import combinations
    from math import factorial

    chosen = background(model, POPULATION, "population")
    few = type(chosen)(chosen.against, chosen.version, chosen.rows.iloc[:3])
    row = one(5)
    names, count = list(NAMES), len(NAMES)

    def value(coalition: tuple[str, ...]) -> float:
        mixed = few.rows.assign(**{name: row[name].iloc[0] for name in coalition})
        return float(model.score(mixed).log_odds.mean())

    told = interventional(model, row, few).iloc[0]
    for name in names[:3]:
        others = [each for each in names if each != name]
        total = 0.0
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            total += weight * sum(value((*c, name)) - value(c) for c in combinations(others, size))
        assert told[name] == pytest.approx(total, abs=2e-5)


def test_the_background_near_the_cut_off_is_near_it_and_has_a_version(model: CreditModel) -> None:
    near, same = (background(model, POPULATION.sample(frac=1, random_state=s), "cut-off", cut_off=0.1) for s in (1, 2))
    assert near.version == same.version != background(model, POPULATION, "population").version
    spread = np.abs(model.score(near.rows).log_odds - np.log(0.1 / 0.9)).max()
    assert spread < np.abs(model.score(POPULATION).log_odds - np.log(0.1 / 0.9)).median()
    with pytest.raises(ModelError, match="no borrowers"):
        background(model, POPULATION.iloc[:0], "cut-off")


def test_the_surrogate_says_how_far_it_can_be_trusted(model: CreditModel) -> None:
    told = surrogate(model, one(3), POPULATION)
    assert 0 <= told.stability <= 1
    assert told.fidelity <= 1
    assert surrogate(model, one(3), POPULATION) == told
    assert set(list(told.weights)[:2]) & {"days_past_due", "emi_bounces_3m", "closing_balance"}
    line = surrogate(_only_line(model), one(3), POPULATION)
    assert line.fidelity > told.fidelity - 0.05


def _only_line(model: CreditModel) -> CreditModel:
    return CreditModel(model.version, model.trained_as_of, model.learner.line, model.platt, model.facts)


def test_a_what_if_is_the_score_of_the_changed_row(model: CreditModel) -> None:
    row = riskiest(model)
    told = what_if(model, row, {"days_past_due": 0.0, "closing_balance": 80_000.0})
    expected = model.score(row.assign(days_past_due=0.0, closing_balance=80_000.0)).iloc[0]
    assert (told.after, told.score_after) == (pytest.approx(expected.probability, rel=1e-12), expected.score)
    assert told.before == pytest.approx(model.score(row).probability.iloc[0], rel=1e-12)
    assert told.before > told.after
    assert [(change.feature, change.after) for change in told.changes] == [
        ("days_past_due", 0.0), ("closing_balance", 80_000.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"days_past_du": 0.0}, "no feature 'days_past_du'.*Did you mean 'days_past_due'"),
        ({"postings_3m": 3.0}, "nothing a customer can change"),
        ({"days_past_due": -3.0}, "cannot be -3"),
    ],
)
def test_what_cannot_be_changed_is_refused(model: CreditModel, changes: dict[str, float], told: str) -> None:
    with pytest.raises(ToolRetry, match=told):
        what_if(model, one(0), changes)


@pytest.mark.parametrize("place", range(0, 40, 8))
def test_a_counterfactual_is_proven_minimal_and_within_reach(model: CreditModel, place: int) -> None:
    row = riskiest(model, place)
    target = float(model.score(POPULATION).probability.quantile(0.6))
    told = counterfactual(model, row, POPULATION, under=target)
    changed = {change.feature: change.after for change in told.changes}
    assert told.after == pytest.approx(model.score(row.assign(**changed)).probability.iloc[0], rel=1e-12)
    assert told.reached == (told.after < target)
    for change in told.changes:
        feature = EVERY[change.feature]
        low, high = bounds(change.feature)
        assert feature.mutable
        assert (change.after - change.before) * feature.direction < 0, "a change that a customer would not want"
        assert low <= change.after <= high
    if told.reached:
        for name in {measure(change.feature) for change in told.changes}:
            fewer = {feature: value for feature, value in changed.items() if measure(feature) != name}
            assert model.score(row.assign(**fewer)).probability.iloc[0] >= target, f"{name} was not needed"


def test_windows_of_one_thing_move_together() -> None:
    found = movable(["bounces_6m", "bounces_12m", "income_6m", "highest_rate", "active_days_3m"])
    assert {name: [each.name for each in features] for name, features in found.items()} == {
        "bounces": ["bounces_6m", "bounces_12m"], "income": ["income_6m"],
    }  # fmt: skip


def test_a_comparison_adds_up_to_the_difference_of_scores(model: CreditModel) -> None:
    ours, theirs = one(1), one(2)
    told = compared(model, ours, theirs)
    points = [float(scale.points(model.score(row).log_odds.to_numpy())[0]) for row in (ours, theirs)]
    assert told.points == pytest.approx(points[0] - points[1], abs=1e-4)
    assert sum(concept.points for concept in told.concepts) == pytest.approx(told.points, abs=1e-6)
    for concept in told.concepts:
        assert sum(figure.points for figure in concept.figures) == pytest.approx(concept.points, abs=1e-6)
    cohort = compared(model, ours, POPULATION)
    mean = scale.points(model.score(POPULATION).log_odds.to_numpy()).mean()
    assert cohort.points == pytest.approx(points[0] - mean, abs=1e-4)
    with pytest.raises(ToolRetry):
        compared(model, ours, POPULATION.iloc[:0])


def test_importance_has_an_interval_and_falls(model: CreditModel) -> None:
    weights = importance(model, POPULATION)
    assert [each.points for each in weights] == sorted((each.points for each in weights), reverse=True)
    assert all(each.low <= each.points <= each.high for each in weights)


def test_no_protected_or_backwards_reason_in_ten_thousand_customers(model: CreditModel) -> None:
    from analytics.explain.reasons import reasons

    protected = {
        "gender",
        "sex",
        "age",
        "religion",
        "caste",
        "surname",
        "pincode",
        "city",
        "state",
        "region",
        "married",
    }
    assert not [name for name in EVERY if protected & set(name.split("_"))]
    draw = np.random.default_rng(3)
    frame = people(10_000, seed=99)
    for name in NAMES:  # far beyond what is usual, and holes
        frame[name] = frame[name] * draw.choice([0.0, 0.5, 1.0, 3.0, 10.0], len(frame))
        frame.loc[draw.random(len(frame)) < 0.05, name] = np.nan
    medians = dict(model.card()["background"]["medians"])
    told = reasons(frame, model.contributions(frame), medians)
    rows = frame[list(NAMES)].to_dict("records")
    given = 0
    for row, row_reasons in zip(rows, told, strict=True):
        for reason in row_reasons:
            given += 1
            assert reason["points"] < 0
            spoken = [name for name in NAMES if EVERY[name].reason and row[name] == row[name]
                      and EVERY[name].text(row[name]) == reason["text"]]  # fmt: skip
            assert any((row[name] - medians[name]) * EVERY[name].direction > 0 for name in spoken), reason
    assert given > 5_000
