"""How customers leave: attachment fades, the salary moves to another bank, activity stops or the account closes."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import People
from analytics.sandbox.plan import Phase, Plan
from analytics.sandbox.state import CLOSED, FADING, MOVED, STAYS, State

MONTHLY_ODDS = 0.0125
CLOSING_ODDS = 0.22


def drift_away(people: People, state: State, book: LoanBook, month: Month, rng: np.random.Generator) -> None:
    """Advance everyone's way out by a month; changes ``stage`` and ``fade``."""
    count = len(people)
    draw = rng.random((2, count))
    state.stage_months += 1
    settled_in = month.index - people.start >= 4
    unhappy = np.exp(2.6 * (0.5 - people.engagement)) * (1 + 0.5 * np.minimum(state.bounces, 3) / 3)
    begins = (state.stage == STAYS) & state.active(people, month.index) & settled_in & ~state.shocked
    begins &= draw[0] < MONTHLY_ODDS * unhappy
    moves = (state.stage == FADING) & (state.stage_months >= 2) & (draw[1] < 0.45)
    _enter(state, begins, FADING)
    _enter(state, moves, MOVED)
    fading = state.stage == FADING
    state.fade = np.where(fading, np.maximum(state.fade * rng.uniform(0.68, 0.92, count), 0.2), state.fade)
    state.fade = np.where(state.stage == MOVED, np.maximum(state.fade * 0.7, 0.12), state.fade)


def close_accounts(
    people: People, state: State, book: LoanBook, month: Month, plan: Plan, own_party: int, rng: np.random.Generator
) -> None:
    """Close the accounts of some who moved and owe nothing; what is left goes to their other bank."""
    free = (book.loan < 0).all(axis=1) & (state.card_owed <= 0) & (state.app_debt == 0) & (state.balance >= 0)
    leaves = (state.stage == MOVED) & (state.stage_months >= 1) & free & (rng.random(len(people)) < CLOSING_ODDS)
    who = np.flatnonzero(leaves)
    day = rng.integers(0, month.days, len(who))
    holds = state.balance[who] > 0
    mine = who[holds]
    plan.intend("own_out", Phase.PAYMENT, mine, day[holds], -state.balance[mine], own_party + mine)
    state.closed_day[who] = month.first_day + day
    _enter(state, leaves, CLOSED)


def _enter(state: State, chosen: Ints | np.ndarray, stage: int) -> None:
    state.stage[chosen] = stage
    state.stage_months[chosen] = 0
