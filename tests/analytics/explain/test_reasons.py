"""Reasons: exact sums, an independent oracle, adverse only, never backwards, stable."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

from analytics.explain.customer import explain
from analytics.explain.reasons import MOST, by_concept, reasons
from analytics.features.catalogue import FEATURES
from analytics.features.feature import CONCEPTS
from analytics.models import scale
from analytics.models.credit import CreditModel, fit
from analytics.models.design import matrix
from analytics.models.learners import Blended

NAMES = ("days_past_due", "emi_bounces_3m", "obligations_to_income_6m", "income_6m", "closing_balance", "postings_3m")


def people(count: int = 700, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    strain = draw.normal(size=count)
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number:04d}" for number in range(count)],
            "as_of": pd.Timestamp("2025-06-30"),
            "days_past_due": np.maximum(0, np.round(25 * strain - 10)),
            "emi_bounces_3m": draw.poisson(np.exp(strain - 1.5)).astype(float),
            "obligations_to_income_6m": np.clip(0.45 + 0.15 * strain + 0.1 * draw.normal(size=count), 0.05, 3),
            "income_6m": np.exp(10.6 + 0.4 * draw.normal(size=count)),
            "closing_balance": np.exp(9 - 0.5 * strain + draw.normal(size=count)),
            "postings_3m": draw.integers(5, 60, count).astype(float),
        }
    )
    frame["bad"] = draw.random(count) < 1 / (1 + np.exp(-(1.5 * strain - 2.2)))
    frame["indeterminate"] = False
    return frame


@pytest.fixture(scope="module")
def model() -> CreditModel:
    fitted = fit(
        people(),
        trained_as_of=dt.date(2026, 6, 30),
        features={name: FEATURES[name].direction for name in NAMES},
        how="blend",
    )
    return fitted.with_facts(background={"medians": people()[list(NAMES)].median().to_dict()})


def medians(model: CreditModel) -> dict[str, float]:
    return dict(model.card()["background"]["medians"])


def test_trees_contributions_against_shap(model: CreditModel) -> None:
    import xgboost

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

        assert isinstance(model.learner, Blended)
        booster = xgboost.Booster()
        booster.load_model(bytearray(model.learner.trees.document))
        frame = people(40, seed=5)
        values = matrix(frame, NAMES)
        theirs = shap.TreeExplainer(booster).shap_values(values)
    ours = model.learner.trees.contributions(frame)
    assert np.abs(ours[:, :-1] - theirs).max() < 1e-4
    margin = booster.predict(xgboost.DMatrix(values), output_margin=True)
    assert np.abs(ours.sum(axis=1) - margin).max() < 1e-5


def test_base_and_concepts_are_the_score_exactly(model: CreditModel) -> None:
    frame = people(60, seed=6)
    scored = model.score(frame)
    for row, log_odds in zip(frame.to_dict("records"), scored.log_odds, strict=True):
        told = explain(model, row)
        total = told.base_points + sum(concept.points for concept in told.concepts)
        assert total == pytest.approx(told.points, abs=1e-9)
        assert told.points == pytest.approx(float(scale.points(np.array([log_odds]))[0]), abs=1e-6)


def test_concepts_sum_their_features(model: CreditModel) -> None:
    parts = model.contributions(people(20, seed=7))
    concepts = by_concept(parts)
    assert list(concepts) == list(CONCEPTS)
    obligations = parts[[name for name in NAMES if FEATURES[name].concept == "obligations"]].sum(axis=1)
    assert np.allclose(concepts.obligations, obligations)
    assert np.allclose(concepts.sum(axis=1) + parts.base, parts.sum(axis=1))


def given(model: CreditModel, frame: pd.DataFrame) -> list[list[dict]]:
    return reasons(frame, model.contributions(frame), medians(model))


def test_reasons_are_adverse_few_and_never_run_backwards(model: CreditModel) -> None:
    frame = people(300, seed=8)
    spoken = {FEATURES[name].reason.split("{value}")[0]: name for name in NAMES if FEATURES[name].reason}
    for row, told in zip(frame.to_dict("records"), given(model, frame), strict=True):
        assert len(told) <= MOST
        assert [reason["points"] for reason in told] == sorted(reason["points"] for reason in told)
        for reason in told:
            assert reason["points"] < 0
            assert reason["direction"] == "adverse"
            assert reason["concept"] != CONCEPTS["engagement"].label, "nobody can act on it"
            names = [
                name for name in NAMES
                if FEATURES[name].reason and FEATURES[name].text(row[name]) == reason["text"]
            ]  # fmt: skip
            assert names, reason
            feature = FEATURES[names[0]]
            assert (row[names[0]] - medians(model)[names[0]]) * feature.direction > 0, reason
    assert spoken


def test_the_riskiest_have_reasons_and_the_safest_have_none(model: CreditModel) -> None:
    frame = people(300, seed=9)
    order = model.score(frame).probability.argsort()
    told = given(model, frame)
    assert all(told[position] for position in order.iloc[-30:])
    assert sum(len(told[position]) for position in order.iloc[:30]) < 15


def test_reasons_differ_between_customers(model: CreditModel) -> None:
    frame = people(300, seed=10)
    first = {told[0]["concept"] for told in given(model, frame) if told}
    assert len(first) >= 3


def test_reasons_survive_a_percent_of_noise_and_a_reseed(model: CreditModel) -> None:
    frame = people(200, seed=11)
    risky = frame[model.score(frame).probability > 0.2]
    draw = np.random.default_rng(0)
    noisy = risky.assign(**{name: risky[name] * (1 + 0.01 * draw.uniform(-1, 1, len(risky))) for name in NAMES})
    directions = {name: FEATURES[name].direction for name in NAMES}
    reseeded = fit(people(), trained_as_of=dt.date(2026, 6, 30), features=directions, seed=1, how="blend")
    same_noise = _agreement(given(model, risky), given(model, noisy))
    same_seed = _agreement(given(model, risky), reasons(risky, reseeded.contributions(risky), medians(model)))
    assert same_noise > 0.9
    assert same_seed > 0.75


def _agreement(one: list[list[dict]], other: list[list[dict]]) -> float:
    """Mean Jaccard overlap of the concepts given."""
    sets = [({r["concept"] for r in a}, {r["concept"] for r in b}) for a, b in zip(one, other, strict=True)]
    return float(np.mean([len(a & b) / len(a | b) if a | b else 1.0 for a, b in sets]))


def test_the_reasons_are_those_of_a_plain_loop(model: CreditModel) -> None:
    """An oracle that takes one customer at a time, in the words of the definition."""
    frame, usual = people(400, seed=31), medians(model)
    parts = model.contributions(frame)
    concepts = by_concept(parts)
    for place, told in enumerate(given(model, frame)):
        expected = []
        for concept, moved in sorted(concepts.iloc[place].items(), key=lambda each: -each[1]):
            points = -scale.POINTS_PER_LOG_ODDS * moved
            speaking = [
                (parts[name].iloc[place], name) for name in NAMES
                if FEATURES[name].concept == concept and FEATURES[name].reason and CONCEPTS[concept].actionable
                and parts[name].iloc[place] > 0
                and (frame[name].iloc[place] - usual[name]) * FEATURES[name].direction > 0
            ]  # fmt: skip
            if points <= -1 and speaking:
                name = max(speaking)[1]
                expected.append((CONCEPTS[concept].label, FEATURES[name].text(frame[name].iloc[place])))
        assert [(reason["concept"], reason["text"]) for reason in told] == expected[:MOST]
