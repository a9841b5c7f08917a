"""Daily spending: how much a month, how often, on which days."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Floats, Ints, whole
from analytics.sandbox.habits import CASH, GAMBLING, LIMITS, RATES, SHARES, SPREADS, STEPS, Tastes
from analytics.sandbox.incomes import payday
from analytics.sandbox.obligations import fixed_outgoings, needs_of
from analytics.sandbox.scene import Scene
from analytics.sandbox.shops import Purchases, place
from analytics.sandbox.state import MOVED


def budget_of(scene: Scene) -> Floats:
    """Return rupees a customer means to spend freely this month.

    What is left of the income he believes in after obligations, times a propensity that falls with discipline,
    corrected for a buffer above or below what he likes to hold; never below bare necessities.
    """
    people, state = scene.people, scene.state
    free = np.maximum(state.perceived * 0.93 - fixed_outgoings(state, scene.book), 0.0)
    propensity = 1.12 - 0.20 * people.discipline
    gap = state.low / 100 - people.buffer * needs_of(state, scene.book)
    pull = np.where(gap > 0, 0.45, 0.10 + 0.35 * people.discipline)
    season = 1.0 + 0.22 * scene.month.diwali * (1.2 - 0.6 * people.discipline)
    whim = np.exp(0.16 * scene.rng.standard_normal(scene.count) - 0.0128)
    wanted = free * propensity * season * whim + pull * gap - 0.25 * np.minimum(state.burden / 100, free)
    floor = np.where(state.shocked, 0.30 - 0.12 * people.discipline, 0.24) * state.income
    out: Floats = np.clip(wanted, floor, 2.2 * np.maximum(free, floor))
    return out


def plan_spending(scene: Scene, tastes: Tastes) -> None:
    """Plan the month's free spending, from savings and on credit cards."""
    people, state, rng = scene.people, scene.state, scene.rng
    moved = state.stage == MOVED
    budget = budget_of(scene) * np.where(moved, 0.12, 1.0) * state.fade
    busy = (0.62 + 0.76 * people.engagement) * (0.55 + 0.45 * np.minimum(budget / (0.5 * state.income), 1.3))
    busy *= np.where(moved, 0.15, 1.0) * state.fade * scene.active
    mix = tastes.mix.copy()
    mix[:, GAMBLING] *= 1 + 4.0 * state.stress
    mix[:, CASH] *= 1 + 0.8 * state.stress
    weight = mix * SHARES
    rates = RATES * busy[:, None] * np.where(mix > 1, np.sqrt(mix), mix)
    mean = budget[:, None] * weight / weight.sum(axis=1, keepdims=True) / np.maximum(rates, 0.05)
    counts = rng.poisson(rates)
    who, habit = np.nonzero(counts)
    who, habit = np.repeat(who, counts[who, habit]), np.repeat(habit, counts[who, habit])
    purchases = Purchases(who, habit, _days(scene, who), _amounts(habit, mean[who, habit], rng))
    place(scene, tastes, purchases)


def _amounts(habit: Ints, mean: Floats, rng: np.random.Generator) -> Ints:
    spread, step, limit = SPREADS[habit], STEPS[habit], LIMITS[habit]
    drawn = mean * np.exp(spread * rng.standard_normal(len(habit)) - spread**2 / 2) * 100
    steps = np.maximum(np.rint(np.minimum(drawn, limit) / step), 1)
    return whole(steps * step)


def _days(scene: Scene, who: Ints) -> Ints:
    """Spending is thickest after payday, and on weekends."""
    month, rng = scene.month, scene.rng
    after = rng.random(len(who)) ** 1.25 * month.days
    day = (payday(scene.people, month)[who] + after.astype(np.int64)) % month.days
    shift = (month.weekday[day] < 4) & (rng.random(len(who)) < 0.12)
    return np.where(shift, np.minimum(day + (5 - month.weekday[day]), month.days - 1), day)
