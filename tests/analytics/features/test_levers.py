"""Levers: what they name exists and can be moved; what follows a move keeps its proportion and its bounds."""

from __future__ import annotations

import math

import pytest

from analytics.features.application import EVERY
from analytics.features.bounds import bounds
from analytics.features.levers import LEVERS, Lever, Move, levers_of, pulled
from governance.errors import ToolRetry

OWN = {
    "income_6m": 50_000.0, "inflow_3m": 80_000.0, "inflow_12m": 80_000.0, "obligations_to_income_6m": 0.4,
    "contracted_emi_to_inflow_3m": 0.3, "bounces_12m": 4.0, "bounces_6m": 3.0, "emi_bounces_3m": 1.0,
    "emi_bounces_1m": 0.0, "months_since_bounce": 1.0, "days_past_due": 20.0, "worst_days_past_due_6m": 40.0,
    "worst_days_past_due_12m": 40.0, "card_utilisation": 0.8, "lowest_balance_3m": math.nan,
}  # fmt: skip


@pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
def test_a_lever_names_features_that_a_customer_can_move(lever: Lever) -> None:
    assert all(EVERY[name].mutable for name in lever.features)
    assert len({EVERY[name].unit for name in lever.moves}) == 1
    assert not lever.adds_to or lever.adds_to in LEVERS
    assert all(bounds(name)[0] <= value <= bounds(name)[1] for name, value in lever.at_zero.items())


def test_income_is_added_to_inflow_and_divides_what_is_measured_against_it() -> None:
    assert pulled("income", Move("times", 1.2), OWN) == pytest.approx(
        {
            "income_6m": 60_000, "obligations_to_income_6m": 0.4 / 1.2, "inflow_3m": 90_000, "inflow_12m": 90_000,
            "contracted_emi_to_inflow_3m": 0.3 * 8 / 9,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lever", "move", "after"),
    [
        ("bounces", Move("to", 0), {"bounces_12m": 0, "bounces_6m": 0, "emi_bounces_3m": 0, "emi_bounces_1m": 0,
                                    "months_since_bounce": 12}),
        ("bounces", Move("to", 2), {"bounces_12m": 2, "bounces_6m": 2, "emi_bounces_3m": 1, "emi_bounces_1m": 0}),
        ("bounces", Move("times", 0.5), {"bounces_12m": 2, "bounces_6m": 2, "emi_bounces_3m": 0, "emi_bounces_1m": 0}),
        ("overdue", Move("to", 0), {"days_past_due": 0}),
        ("overdue", Move("by", 40), {"days_past_due": 60, "worst_days_past_due_6m": 60, "worst_days_past_due_12m": 60}),
        ("card_utilisation", Move("times", 9), {"card_utilisation": 2.0}),
        ("lowest_balance", Move("to", 500), {"lowest_balance_3m": 500}),
    ],
)  # fmt: skip
def test_what_follows_a_move(lever: str, move: Move, after: dict[str, float]) -> None:
    assert pulled(lever, move, OWN) == after


def test_what_is_not_known_can_be_given_but_not_multiplied() -> None:
    with pytest.raises(ToolRetry, match="Nothing is known of this customer's lowest balance"):
        pulled("lowest_balance", Move("times", 2), OWN)


def test_levers_are_those_of_the_features_at_hand() -> None:
    assert list(levers_of(["bounces_6m", "income_6m"])) == ["income", "bounces"]
