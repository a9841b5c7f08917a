"""What customers spend on: categories with their frequency, share and channels, and each customer's own tastes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Floats, Ints
from analytics.sandbox.catalogue import PICK_SLOTS, Catalogue
from analytics.sandbox.people import People


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
    Habit("food_and_dining", 4.9, 0.085, 0.65, 100, (0.86, 0.09, 0.05, 0.0), 0.18),
    Habit("shopping", 2.0, 0.17, 0.85, 1, (0.55, 0.17, 0.25, 0.03), 0.4),
    Habit("fuel", 1.6, 0.08, 0.35, 10_000, (0.7, 0.3, 0.0, 0.0), 0.2),
    Habit("transport", 2.7, 0.022, 0.6, 100, (0.9, 0.02, 0.08, 0.0), 0.08),
    Habit("travel", 0.26, 0.06, 0.9, 1, (0.45, 0.05, 0.4, 0.1), 0.5),
    Habit("entertainment", 0.8, 0.025, 0.6, 100, (0.75, 0.1, 0.15, 0.0), 0.25),
    Habit("health", 0.9, 0.045, 0.8, 100, (0.75, 0.18, 0.07, 0.0), 0.2),
    Habit("education", 0.3, 0.03, 0.9, 100, (0.7, 0.1, 0.1, 0.1), 0.15),
    Habit("person", 2.3, 0.15, 0.9, 1_000, (1.0, 0.0, 0.0, 0.0), 0.0),
    Habit("cash", 1.3, 0.12, 0.5, 50_000, (1.0, 0.0, 0.0, 0.0), 0.0),
    Habit("gambling", 0.22, 0.012, 0.9, 1_000, (0.92, 0.0, 0.08, 0.0), 0.05),
)
PERSON, CASH, GAMBLING = 9, 10, 11
RATES = np.array([habit.rate for habit in HABITS])
SHARES = np.array([habit.share for habit in HABITS])
SPREADS = np.array([habit.spread for habit in HABITS])
STEPS = np.array([habit.step for habit in HABITS])
ON_CREDIT = np.array([habit.on_credit for habit in HABITS])
CHANNEL_EDGES = np.cumsum([habit.channels for habit in HABITS], axis=1)
#: Paise at most in one posting.
LIMITS = np.array([2_000_000 if habit.category == "cash" else 9_900_000 for habit in HABITS])


@dataclass(frozen=True)
class Tastes:
    """A customer's own mix: weights by habit, and favourite merchants as slots of the pick tables."""

    mix: Floats
    favourites: Ints
    tables: Ints
    credit: Floats


def draw_tastes(people: People, cat: Catalogue, rng: np.random.Generator, often: float = 1.0) -> Tastes:
    """Draw tastes; careless customers lean to cash and gambling. ``often`` scales how frequent every habit is."""
    shape = (len(people), len(HABITS))
    mix = rng.lognormal(0, 0.35, shape)
    mix[:, CASH] *= np.exp(0.9 * (0.5 - people.discipline) + 0.5 * (0.5 - people.engagement)) * 1.05
    mix[:, GAMBLING] *= np.exp(3.2 * (0.5 - people.discipline)) * (rng.random(len(people)) < 0.4) * 1.6
    names = ["groceries" if habit.category in ("person", "cash") else habit.category for habit in HABITS]
    return Tastes(
        mix=mix * often,
        favourites=rng.integers(PICK_SLOTS, size=shape),
        tables=np.stack([cat.picks[name] for name in names]),
        credit=np.where(people.has_card, rng.beta(1.6, 1.2, len(people)), 0.0),
    )
