"""Who the customers are: identity, home, work, and the latent traits behind their behaviour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, pick, sigmoid
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.profile import BURN_IN_MONTHS

OCCUPATIONS = ("salaried", "self_employed", "business", "gig", "retired", "student")
SALARIED, SELF_EMPLOYED, BUSINESS, GIG, RETIRED, STUDENT = range(6)
OCCUPATION_WEIGHTS = np.array([0.56, 0.14, 0.11, 0.10, 0.05, 0.04])
#: Shift of income (log), stability (z) and buffer (log) by occupation.
INCOME_SHIFT = np.array([0.12, 0.0, 0.35, -0.45, -0.15, -0.9])
STABILITY_SHIFT = np.array([0.55, -0.35, -0.45, -0.95, 1.2, -0.1])
BUFFER_SHIFT = np.array([0.0, 0.15, 0.25, -0.25, 0.5, -0.4])
TIER_INCOME = np.array([0.16, 0.0, -0.16])
MEDIAN_INCOME = 41_000.0
MEDIAN_BUFFER = 0.38
#: Share of customers who join while the books are kept.
JOINING_SHARE = 0.22
#: Ways of being paid: last working day, 1st, 7th, 5th.
PAYDAYS = ("last", "1", "7", "5")


@dataclass(frozen=True)
class People:
    """Static facts and traits of a chunk's customers, one array element each.

    ``income`` is rupees a month at the start; ``stability``, ``discipline`` and ``engagement`` lie in 0 to 1;
    ``buffer`` is the balance a customer tries to keep, in months of his needs. ``start`` is the index of the first
    month in which the customer is active. Days are days since 1970-01-01.
    """

    number: Ints
    gender: Ints
    given: Ints
    family: Ints
    birth_day: Ints
    city: Ints
    occupation: Ints
    employer: Ints
    bank: Ints
    kyc: Ints
    flags: Bools
    joined_day: Ints
    start: Ints
    payday: Ints
    income: Floats
    stability: Floats
    discipline: Floats
    engagement: Floats
    buffer: Floats
    has_card: Bools
    has_wallet: Bools
    style: Ints
    first_day: int

    def __len__(self) -> int:
        return len(self.number)

    @property
    def age(self) -> Floats:
        """Age in years when the simulation begins."""
        years: Floats = (self.first_day - self.birth_day) / 365.25
        return years


def draw_people(first: int, count: int, months: tuple[Month, ...], rng: np.random.Generator, cat: Catalogue) -> People:
    """Draw ``count`` customers whose running numbers begin at ``first``."""
    occupation = pick(rng, OCCUPATION_WEIGHTS, count)
    age = _ages(occupation, rng)
    city = pick(rng, np.array([place.weight for place in cat.places]), count)
    tier = np.array([place.tier for place in cat.places])[city]
    traits = _traits(occupation, age, tier, rng)
    joined, start = _joining(count, months, rng)
    gender = pick(rng, np.array([0.58, 0.405, 0.015]), count)
    names = np.where(gender == 1, len(cat.given["F"]), len(cat.given["M"]))
    card_odds = sigmoid(1.3 * np.log(traits["income"] / 45_000) + 1.2 * (traits["engagement"] - 0.5) - 0.5)
    return People(
        number=np.arange(first, first + count),
        gender=gender,
        given=(rng.random(count) * names).astype(np.int64),
        family=rng.integers(len(cat.family), size=count),
        birth_day=months[0].first_day - (age * 365.25).astype(np.int64),
        city=city,
        occupation=occupation,
        employer=draw_employers(traits["stability"], rng, cat),
        bank=pick(rng, np.array([0.28, 0.24, 0.2, 0.16, 0.12]), count),
        kyc=pick(rng, np.array([0.94, 0.035, 0.025]), count),
        flags=rng.random((count, 4)) < np.array([0.007, 0.005, 0.006, 0.01]),
        joined_day=joined,
        start=start,
        payday=_paydays(traits["stability"], rng),
        has_card=(rng.random(count) < card_odds) & (occupation != STUDENT),
        has_wallet=rng.random(count) < 0.15 + 0.25 * traits["engagement"],
        style=rng.integers(1 << 30, size=count),
        first_day=months[0].first_day,
        **traits,
    )


def draw_employers(stability: Floats, rng: np.random.Generator, cat: Catalogue) -> Ints:
    """Draw employers; stable incomes come more often from large houses."""
    count = len(stability)
    large = rng.random(count) < 0.05 + 0.6 * stability**2
    pool = rng.integers(len(cat.employers), size=count)
    return np.where(large, cat.large_employers[pool % len(cat.large_employers)], cat.employers[pool])


def _ages(occupation: Ints, rng: np.random.Generator) -> Floats:
    count = len(occupation)
    working = np.clip(24 + rng.gamma(2.2, 5.6, count), 21, 59)
    age = np.where(occupation == RETIRED, rng.uniform(59, 76, count), working)
    return np.where(occupation == STUDENT, rng.uniform(19, 25, count), age)


def _traits(occupation: Ints, age: Floats, tier: Ints, rng: np.random.Generator) -> dict[str, Floats]:
    """Correlated traits: prudence links discipline and buffer, standing links income and stability."""
    count = len(occupation)
    prudence, standing = rng.standard_normal((2, count))
    noise = rng.standard_normal((5, count))
    ripe = np.clip((age - 34) / 10, -1.5, 1.5)
    income = 0.42 * noise[0] + 0.28 * standing + 0.16 * ripe + INCOME_SHIFT[occupation] + TIER_INCOME[tier]
    stability = 0.75 * noise[1] + 0.55 * standing + 0.15 * ripe + STABILITY_SHIFT[occupation]
    discipline = 0.7 * noise[2] + 0.75 * prudence + 0.15 * ripe
    engagement = 0.95 * noise[3] - 0.25 * ripe - 0.1 * tier
    buffer = 0.5 * noise[4] + 0.55 * prudence + 0.15 * standing + 0.15 * ripe + BUFFER_SHIFT[occupation]
    return {
        "income": np.clip(MEDIAN_INCOME * np.exp(income), 9_000, 600_000),
        "stability": sigmoid(1.1 * stability + 0.3),
        "discipline": sigmoid(1.3 * discipline),
        "engagement": sigmoid(1.2 * engagement),
        "buffer": np.clip(MEDIAN_BUFFER * np.exp(1.1 * buffer), 0.03, 9.0),
    }


def _joining(count: int, months: tuple[Month, ...], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Days of joining and first active months; most joined long before the books open."""
    books = months[BURN_IN_MONTHS:]
    old_day = months[0].first_day - 60 - (rng.exponential(1300, count)).astype(np.int64).clip(0, 7000)
    which = rng.integers(0, len(books), count)
    first_days = np.array([month.first_day for month in books])
    new_day = first_days[which] + rng.integers(0, 28, count)
    joins = (rng.random(count) < JOINING_SHARE) & (len(books) > 1)
    return np.where(joins, new_day, old_day), np.where(joins, which + BURN_IN_MONTHS, 0)


def _paydays(stability: Floats, rng: np.random.Generator) -> Ints:
    """Index into PAYDAYS; steady employers pay on the last working day."""
    drawn = rng.random(len(stability))
    late = 0.25 + 0.35 * (1 - stability)
    return np.select([drawn < late * 0.6, drawn < late, drawn < late + 0.3], [2, 3, 1], 0).astype(np.int64)
