"""How customers leave: attachment fades, the salary moves to another bank, activity stops or the account closes."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools
from analytics.sandbox.plan import Phase
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import CLOSED, FADING, MOVED, STAYS, State

MONTHLY_ODDS = 0.0125
CLOSING_ODDS = 0.22


def drift_away(scene: Scene) -> None:
    """Advance everyone's way out by a month; changes ``stage`` and ``fade``."""
    people, state, rng = scene.people, scene.state, scene.rng
    state.stage_months += 1
    settled_in = scene.month.index - people.start >= 4
    unhappy = np.exp(2.6 * (0.5 - people.engagement)) * (1 + 0.5 * np.minimum(state.bounces, 3) / 3)
    begins = (state.stage == STAYS) & scene.active & settled_in & ~state.shocked & scene.chance(MONTHLY_ODDS * unhappy)
    moves = (state.stage == FADING) & (state.stage_months >= 2) & scene.chance(0.45)
    _enter(state, begins, FADING)
    _enter(state, moves, MOVED)
    faded = np.maximum(state.fade * rng.uniform(0.68, 0.92, scene.count), 0.2)
    state.fade = np.where(state.stage == FADING, faded, state.fade)
    state.fade = np.where(state.stage == MOVED, np.maximum(state.fade * 0.7, 0.12), state.fade)


def close_accounts(scene: Scene) -> None:
    """Close the accounts of some who moved and owe nothing; what is left goes to their other bank."""
    state = scene.state
    free = (scene.book.loan < 0).all(axis=1) & (state.card_owed <= 0) & (state.app_debt == 0) & (state.balance >= 0)
    leaves = (state.stage == MOVED) & (state.stage_months >= 1) & free & scene.chance(CLOSING_ODDS)
    who = np.flatnonzero(leaves)
    day = scene.days(len(who))
    holds = state.balance[who] > 0
    mine = who[holds]
    scene.plan.intend("own_out", Phase.PAYMENT, mine, day[holds], -state.balance[mine], scene.self_party(mine))
    state.closed_day[who] = scene.month.first_day + day
    _enter(state, leaves, CLOSED)


def _enter(state: State, chosen: Bools, stage: int) -> None:
    state.stage[chosen] = stage
    state.stage_months[chosen] = 0
