"""Each check of the gate passes what is good, stops what is bad, and says when it cannot tell."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from analytics.monitor import gate


def metric(value: float, half: float = 0.02) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def card(**changes: Any) -> dict[str, Any]:
    """A card that passes, with a thousand borrowers; ``changes`` go into its validation."""
    rates = (0.30, 0.20, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0)
    rows = [{"n": 100, "bads": round(100 * rate), "bad_rate": rate, "predicted": rate} for rate in rates]
    validation = {
        "n": 1000, "bads": 85, "bad_customers": 80, "folds": [{}, {}, {}],
        "metrics": {"auc": metric(0.80), "gini": metric(0.60, 0.04), "calibration_slope": metric(1.0, 0.08)},
        "deciles": {"rows": rows},
    }  # fmt: skip
    return {"validation": validation | changes, "additivity": 1e-9,
            "fairness": {"gender": {"rows": [{"group": "F", "approval_ratio": metric(0.93)}]}}}  # fmt: skip


def with_metric(name: str, value: float, half: float = 0.02) -> dict[str, Any]:
    changed = card()
    changed["validation"]["metrics"] |= {name: metric(value, half)}
    return changed


def inverted() -> dict[str, Any]:
    changed = copy.deepcopy(card())
    changed["validation"]["deciles"]["rows"][5]["bads"] = 20
    return changed


def test_a_good_challenger_passes_every_check() -> None:
    found = gate.judged(card(), card())
    assert {each.status for each in found} == {"passed"}
    assert [each.code for each in found] == [check.code for check in gate.CHECKS]
    assert gate.passed(found)


@pytest.mark.parametrize(
    ("code", "challenger"),
    [
        ("validated", {"validation": {"refused": "Too little history."}}),
        ("enough", card(bad_customers=gate.FEWEST_BADS - 1)),
        ("discrimination", with_metric("auc", 0.75)),
        ("gini", with_metric("gini", 0.42, 0.04)),
        ("calibration", with_metric("calibration_slope", 0.7, 0.08)),
        ("calibration", with_metric("calibration_slope", 1.4, 0.08)),
        ("deciles", inverted()),
        ("fairness", card() | {"fairness": [{"groups": {"female": {"adverse_impact_ratio": 0.6}}}]}),
        ("additivity", card() | {"additivity": 1e-3}),
    ],
)
def test_what_is_bad_is_stopped_by_the_check_for_it(code: str, challenger: dict[str, Any]) -> None:
    failed = gate.failures(gate.judged(challenger, card()))
    assert [each.code for each in failed] == [code]


@pytest.mark.parametrize("challenger", [with_metric("auc", 0.78), with_metric("calibration_slope", 0.8, 0.15)])
def test_what_the_intervals_allow_passes(challenger: dict[str, Any]) -> None:
    assert gate.passed(gate.judged(challenger, card()))


def test_a_fair_enough_champion_is_no_excuse_for_less() -> None:
    worse = card() | {"fairness": {"adverse_impact_ratio": 0.7}}
    assert gate.passed(gate.judged(worse, card() | {"fairness": {"adverse_impact_ratio": 0.7}}))
    assert not gate.passed(gate.judged(worse, card() | {"fairness": {"adverse_impact_ratio": 0.75}}))


def test_what_is_not_on_the_card_is_not_made_up() -> None:
    bare = card()
    for name in ("additivity", "fairness"):
        del bare[name]
    silent = {each.code for each in gate.judged(bare, None) if each.status == "cannot say"}
    assert silent == {"additivity", "fairness", "gini"}


def test_the_first_model_has_only_chance_to_beat() -> None:
    assert gate.passed(gate.judged(card(), None))
    assert [each.code for each in gate.failures(gate.judged(with_metric("auc", 0.49), None))] == ["discrimination"]
