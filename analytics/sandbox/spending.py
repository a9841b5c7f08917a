"""Daily spending: how much a month, on what, where, by which channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import PICK_SLOTS, Catalogue
from analytics.sandbox.incomes import friends, payday
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.obligations import needs_of
from analytics.sandbox.people import People
from analytics.sandbox.plan import CARD, WINDOWS, Phase, Plan
from analytics.sandbox.state import MOVED, State


@dataclass(frozen=True)
class Habit:
    """One category of spending: postings a month, share of the budget, spread, rounding, channels.

    ``channels`` are the odds of UPI, card at the till, card online, netbanking; ``on_credit`` is the odds that
    a card holder puts it on the credit card.
    """

    category: str
    rate: float
    share: float
    spread: float
    step: int
    channels: tuple[float, float, float, float]
    on_credit: float


HABITS = (
    Habit("groceries", 4.9, 0.215, 0.7, 100, (0.84, 0.13, 0.03, 0.0), 0.12),
    Habit("food_and_dining", 4.9, 0.115, 0.65, 100, (0.86, 0.09, 0.05, 0.0), 0.18),
    Habit("shopping", 2.0, 0.16, 0.85, 1, (0.55, 0.17, 0.25, 0.03), 0.4),
    Habit("fuel", 1.6, 0.08, 0.35, 10_000, (0.7, 0.3, 0.0, 0.0), 0.2),
    Habit("transport", 2.7, 0.04, 0.6, 100, (0.9, 0.02, 0.08, 0.0), 0.08),
    Habit("travel", 0.26, 0.06, 0.9, 1, (0.45, 0.05, 0.4, 0.1), 0.5),
    Habit("entertainment", 0.8, 0.025, 0.6, 100, (0.75, 0.1, 0.15, 0.0), 0.25),
    Habit("health", 0.9, 0.045, 0.8, 100, (0.75, 0.18, 0.07, 0.0), 0.2),
    Habit("education", 0.3, 0.03, 0.9, 100, (0.7, 0.1, 0.1, 0.1), 0.15),
    Habit("person", 2.3, 0.12, 0.9, 1_000, (1.0, 0.0, 0.0, 0.0), 0.0),
    Habit("cash", 1.3, 0.10, 0.5, 50_000, (1.0, 0.0, 0.0, 0.0), 0.0),
    Habit("gambling", 0.22, 0.012, 0.9, 1_000, (0.92, 0.0, 0.08, 0.0), 0.05),
)
PERSON, CASH, GAMBLING = 9, 10, 11
KINDS = ("spend_upi", "spend_pos", "spend_online", "spend_netbanking")
RATES = np.array([habit.rate for habit in HABITS])
SHARES = np.array([habit.share for habit in HABITS])
#: Probability by second of the day that a spend falls before 09:30–13:00 rather than after 15:00.
MORNING_SHARE = 0.36


@dataclass(frozen=True)
class Tastes:
    """A customer's own mix: weights by habit, and favourite merchants as slots of the pick tables."""

    mix: Floats
    favourites: Ints
    tables: Ints
    credit: Floats


def draw_tastes(people: People, cat: Catalogue, rng: np.random.Generator) -> Tastes:
    """Draw tastes; careless customers lean to cash and gambling."""
    shape = (len(people), len(HABITS))
    mix = rng.lognormal(0, 0.35, shape)
    mix[:, CASH] *= np.exp(0.9 * (0.5 - people.discipline) + 0.5 * (0.5 - people.engagement)) * 1.05
    mix[:, GAMBLING] *= np.exp(3.2 * (0.5 - people.discipline)) * (rng.random(len(people)) < 0.4) * 1.6
    names = ["groceries" if habit.category in ("person", "cash") else habit.category for habit in HABITS]
    return Tastes(
        mix=mix,
        favourites=rng.integers(PICK_SLOTS, size=shape),
        tables=np.stack([cat.picks[name] for name in names]),
        credit=np.where(people.has_card, rng.beta(1.6, 1.2, len(people)), 0.0),
    )


def budget_of(people: People, state: State, book: LoanBook, month: Month) -> Floats:
    """Return rupees a customer means to spend freely this month.

    What is left of the income he believes in after obligations, times a propensity that falls with discipline,
    corrected for a buffer above or below what he likes to hold; never below bare necessities.
    """
    fixed = state.rent + book.monthly_due / 100 + state.sip + state.premium
    free = np.maximum(state.perceived * 0.93 - fixed, 0.0)
    needs = needs_of(state, book)
    propensity = 1.06 - 0.22 * people.discipline
    gap = state.low / 100 - people.buffer * needs
    pull = np.where(gap > 0, 0.30, 0.10 + 0.35 * people.discipline)
    season = 1.0 + 0.22 * month.diwali * (1.2 - 0.6 * people.discipline)
    wanted = free * propensity * season + pull * gap - 0.25 * np.minimum(state.burden / 100, free)
    floor = np.where(state.shocked, 0.17, 0.21) * state.income
    out: Floats = np.clip(wanted, floor, 2.2 * np.maximum(free, floor))
    return out


def plan_spending(
    people: People, state: State, book: LoanBook, month: Month, plan: Plan, cat: Catalogue, tastes: Tastes,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Plan the month's free spending, from savings and on credit cards."""
    active = state.active(people, month.index)
    budget = budget_of(people, state, book, month) * np.where(state.stage == MOVED, 0.12, 1.0) * state.fade
    busy = (0.62 + 0.76 * people.engagement) * (0.55 + 0.45 * np.minimum(budget / (0.5 * state.income), 1.3))
    busy *= np.where(state.stage == MOVED, 0.15, 1.0) * state.fade * active
    mix = tastes.mix.copy()
    mix[:, GAMBLING] *= 1 + 4.0 * state.stress
    mix[:, CASH] *= 1 + 0.8 * state.stress
    weight = mix * SHARES
    share = weight / weight.sum(axis=1, keepdims=True)
    rates = RATES * busy[:, None] * np.where(mix > 1, np.sqrt(mix), mix)
    counts = rng.poisson(rates)
    who, habit = np.nonzero(counts)
    repeats = counts[who, habit]
    mean = budget[who] * share[who, habit] / np.maximum(rates[who, habit], 0.05)
    who, habit, mean = np.repeat(who, repeats), np.repeat(habit, repeats), np.repeat(mean, repeats)
    amount = _amounts(habit, mean, rng)
    day = _days(people, who, month, rng)
    _place(people, state, month, plan, cat, tastes, who, habit, day, amount, rng)


def _amounts(habit: Ints, mean: Floats, rng: np.random.Generator) -> Ints:
    spread = np.array([row.spread for row in HABITS])[habit]
    step = np.array([row.step for row in HABITS])[habit]
    drawn = mean * np.exp(spread * rng.standard_normal(len(habit)) - spread**2 / 2) * 100
    limit = np.where(habit == CASH, 2_000_000, np.where(habit == PERSON, 9_900_000, 30_000_000))
    steps = np.maximum(np.rint(np.minimum(drawn, limit) / step), 1)
    return (steps * step).astype(np.int64)


def _days(people: People, who: Ints, month: Month, rng: np.random.Generator) -> Ints:
    """Spending is thickest after payday, and on weekends."""
    after = rng.random(len(who)) ** 1.25 * month.days
    day = (payday(people, month)[who] + after.astype(np.int64)) % month.days
    shift = (month.weekday[day] < 4) & (rng.random(len(who)) < 0.12)
    return np.where(shift, np.minimum(day + (5 - month.weekday[day]), month.days - 1), day)


def _place(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, tastes: Tastes, who: Ints, habit: Ints,
    day: Ints, amount: Ints, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Choose time, channel and merchant, and add the postings to the plan."""
    morning = rng.random(len(who)) < MORNING_SHARE
    second = _seconds(morning, rng)
    slot = np.where(rng.random(len(who)) < 0.55, tastes.favourites[who, habit], rng.integers(PICK_SLOTS, size=len(who)))
    party = tastes.tables[habit, slot]
    on_credit = rng.random(len(who)) < (np.array([row.on_credit for row in HABITS])[habit] * 1.9 * tastes.credit[who])
    channel = _channels(habit, rng)
    phase = np.where(morning, int(Phase.MORNING), int(Phase.EVENING))
    batches: list[tuple[str, Bools]] = [("card_purchase", on_credit)]
    ordinary = ~on_credit & (habit != PERSON) & (habit != CASH)
    batches += [(kind, ordinary & (channel == k)) for k, kind in enumerate(KINDS)]
    batches += [("person_out", habit == PERSON), ("atm", habit == CASH)]
    for kind, mine in batches:
        parties = friends(people, who[mine], cat, rng) if kind == "person_out" else party[mine]
        plan.add(
            who[mine], account=CARD if kind == "card_purchase" else 0, day=day[mine], second=second[mine],
            phase=phase[mine], kind=cat.kind_index[kind], party=np.int32(-1) if kind == "atm" else parties,
            amount=-amount[mine],
        )  # fmt: skip


def _seconds(morning: Bools, rng: np.random.Generator) -> Ints:
    """Time of day: late morning, or evening with its peak around eight."""
    drawn = rng.random((2, len(morning)))
    low, high = WINDOWS[Phase.MORNING]
    early = low + drawn[0] * (high - low)
    low, high = WINDOWS[Phase.EVENING]
    late = low + (0.15 * drawn[0] + 0.85 * (drawn[0] + drawn[1]) / 2) * (high - low)
    return np.where(morning, early, late).astype(np.int64)


def _channels(habit: Ints, rng: np.random.Generator) -> Ints:
    edges = np.cumsum([row.channels for row in HABITS], axis=1)[habit]
    return np.minimum((rng.random(len(habit))[:, None] > edges).sum(axis=1), 3)
