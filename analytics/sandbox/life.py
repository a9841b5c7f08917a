"""What befalls customers: lost and new work, illness, weddings, children, raises, swings of trade, strain."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import GIG, RETIRED, SALARIED, STUDENT, People, draw_employers
from analytics.sandbox.state import NEVER, State

#: Monthly odds of losing one's work at average stability, by occupation.
LOSS_ODDS = np.array([0.0055, 0.0075, 0.0085, 0.0110, 0.0008, 0.0030])
LOSS_SLOPE = 3.6
RECOVERY_ODDS = 0.150
IRREGULAR_SWING = 0.34


def live_through(people: People, state: State, month: Month, rng: np.random.Generator, cat: Catalogue) -> None:
    """Let one month's events happen; changes ``state``."""
    active = state.active(people, month.index)
    for counter in state.since.values():
        counter[:] = np.minimum(counter + 1, NEVER)
    _work(people, state, month, active, rng, cat)
    _family(people, state, month, active, rng)
    _illness(people, state, active, rng)
    _swings(people, state, month, rng)
    _perceive(people, state)


def economy(month: Month) -> float:
    """How hard the times are: 1 on average, between 0.75 and 1.3, over a cycle of some four years."""
    return float(1.0 + 0.22 * np.sin((month.year * 12 + month.month) * 2 * np.pi / 47))


def _work(people: People, state: State, month: Month, active: Bools, rng: np.random.Generator, cat: Catalogue) -> None:
    count = len(people)
    odds = LOSS_ODDS[people.occupation] * np.exp(LOSS_SLOPE * (0.5 - people.stability)) * economy(month)
    lost = active & ~state.shocked & (rng.random(count) < odds)
    back = state.shocked & (rng.random(count) < RECOVERY_ODDS * (0.6 + 0.8 * people.stability))
    salaried = people.occupation == SALARIED
    remains = np.where(salaried, 0.0, rng.uniform(0.08, 0.5, count))
    state.income_share = np.where(lost, remains, np.where(back, 1.0, state.income_share))
    state.shocked = (state.shocked | lost) & ~back
    state.since["job_loss"][lost] = 0
    moves = active & salaried & ~state.shocked & ~back & (rng.random(count) < 0.010)
    step = np.where(
        moves, rng.uniform(1.04, 1.32, count), np.where(back & salaried, rng.uniform(0.78, 1.12, count), 1.0)
    )
    raised = (month.month == 4) & (rng.random(count) < 0.85)
    state.income *= step * np.where(raised, 1 + rng.gamma(3.0, 0.025, count), 1.0)
    changed = np.flatnonzero(moves | (back & salaried))
    state.employer[changed] = draw_employers(people.stability[changed], rng, cat)
    state.since["job_change"][changed] = 0


def _family(people: People, state: State, month: Month, active: Bools, rng: np.random.Generator) -> None:
    count, age = len(people), people.age
    draw = rng.random((2, count))
    weds = active & (age > 22) & (age < 33) & (draw[0] < 0.006) & (state.since["marriage"] == NEVER)
    child = active & (age > 24) & (age < 40) & (draw[1] < 0.005) & (state.children < 3)
    state.since["marriage"][weds] = 0
    state.since["child"][child] = 0
    state.children[child] += 1
    cost = state.income * 100 * (weds * rng.uniform(0.8, 3.0, count) + child * rng.uniform(0.3, 0.9, count))
    state.burden += cost.astype(np.int64)
    if month.month in (4, 10):
        school = active & (state.children > 0) & (age > 31)
        state.burden += (school * state.income * 100 * rng.uniform(0.08, 0.3, count)).astype(np.int64)


def _illness(people: People, state: State, active: Bools, rng: np.random.Generator) -> None:
    """Hospital bills weigh for months: they are paid off piece by piece from what is there."""
    count = len(people)
    ill = active & (rng.random(count) < 0.0045 * (0.6 + people.age / 60))
    cost = state.income * 100 * np.minimum(rng.lognormal(0.1, 0.8, count), 6.0)
    state.burden += (ill * cost).astype(np.int64)
    state.since["medical"][ill] = 0


def _swings(people: People, state: State, month: Month, rng: np.random.Generator) -> None:
    """Irregular incomes swing, the less stable the wider; a first-order autoregression in logs."""
    irregular = ~np.isin(people.occupation, (SALARIED, RETIRED, STUDENT))
    spread = IRREGULAR_SWING * (1 - people.stability) * np.where(people.occupation == GIG, 1.15, 1.0) * irregular
    tilt = -0.05 * (economy(month) - 1) * irregular
    log = 0.85 * np.log(state.factor) + tilt + spread * rng.standard_normal(len(people))
    state.factor = np.exp(np.clip(log, -1.6, 0.9))


def _perceive(people: People, state: State) -> None:
    """What people take their income to be: it follows the facts, faster for the disciplined."""
    actual = state.income * state.income_share * state.factor
    pace = 0.35 + 0.35 * people.discipline
    state.perceived += pace * (actual - state.perceived)


def feel_strain(people: People, state: State, book: LoanBook, needs: Floats) -> None:
    """Update stress at month end: it builds up with empty accounts, arrears and lost work, and fades slowly."""
    empty = (state.low < 0.1 * needs * 100).astype(np.float64)
    behind = np.minimum(book.arrears.max(axis=1), 2) / 2
    push = 0.35 * empty * (1.2 - people.discipline) + 0.35 * behind + 0.3 * state.shocked
    state.stress = np.clip(0.78 * state.stress + 0.22 * 1.6 * push, 0.0, 1.0)


def shrink(values: Ints, by: Ints) -> Ints:
    """Subtract without going below zero."""
    return np.maximum(values - by, 0)
