"""What the bank itself does: interest, charges, money swept into investments, write-offs."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import paise
from analytics.sandbox.obligations import needs_of
from analytics.sandbox.plan import Phase
from analytics.sandbox.scene import Scene

QUARTERLY_INTEREST = 0.0066
SERVICE_CHARGES = np.array([1_770, 2_124, 2_950])
WRITE_OFF_ODDS = 0.5
WRITE_OFF_AFTER = 180


def bank_rows(scene: Scene) -> None:
    """Plan quarterly interest and charges, and money put aside above a comfortable balance."""
    people, state = scene.people, scene.state
    known = scene.active & (people.start < scene.month.index)
    if scene.month.month in (1, 4, 7, 10):
        who = np.flatnonzero(known & (state.balance > 20_000))
        interest = np.maximum((state.balance[who] * QUARTERLY_INTEREST).astype(np.int64), 100)
        scene.plan.intend("interest", Phase.DAWN, who, np.zeros(len(who), np.int64), interest, -1)
        who = np.flatnonzero(known & scene.chance(0.8))
        charge = SERVICE_CHARGES[people.bank[who] % 3]
        scene.plan.intend("bank_charge", Phase.PAYMENT, who, scene.days(len(who), 4, 28), -charge, -1)
    spare = state.low / 100 - 1.7 * people.buffer * needs_of(state, scene.book) - 5_000
    who = np.flatnonzero(known & scene.here & (spare > 10_000) & scene.chance(0.3))
    amount = paise(spare[who] * 0.6, 100_000)
    party = scene.own("brokerage", who, 8)
    scene.plan.intend("investment_out", Phase.PAYMENT, who, scene.days(len(who), 5, 26), -amount, party)


def write_off(scene: Scene) -> None:
    """Write off about half of the loans that pass 180 days past due, in the month they pass them."""
    book, month = scene.book, scene.month
    late = book.days_past_due(month.last_day)
    passes = (late > WRITE_OFF_AFTER) & (late - month.days <= WRITE_OFF_AFTER)
    chosen = passes & (scene.rng.random(late.shape) < WRITE_OFF_ODDS)
    if chosen.any():
        book.write_off(chosen, month.last_day)
