"""Named anomalies planted among ordinary postings; which rows they are stands in the ground truth only."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Ints, paise
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.people import People
from analytics.sandbox.plan import CARD, Phase, Plan
from analytics.sandbox.state import State

#: Kinds by code; 0 is an ordinary posting.
ANOMALIES = (
    "", "card_testing", "account_takeover", "duplicate_debit", "merchant_outlier", "geo_jump", "structuring",
)  # fmt: skip
CARD_TESTING, TAKEOVER, DUPLICATE, OUTLIER, GEO_JUMP, STRUCTURING = range(1, 7)
MONTHLY_ODDS = 0.0006


def plant(people: People, state: State, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """Add this month's anomalies to the plan."""
    if not month.in_books:
        return
    active = state.active(people, month.index) & (state.balance > 500_000)
    drawn = rng.random((6, len(people))) < MONTHLY_ODDS
    _card_testing(np.flatnonzero(drawn[0] & active & people.has_card), month, plan, cat, rng)
    _takeover(np.flatnonzero(drawn[1] & active), state, month, plan, cat, rng)
    _duplicate(plan, cat, rng)
    _outlier(np.flatnonzero(drawn[3] & active), state, month, plan, cat, rng)
    _geo_jump(np.flatnonzero(drawn[4] & active), people, month, plan, cat, rng)
    _structuring(np.flatnonzero(drawn[5] & active & (state.income > 40_000)), month, plan, cat, rng)


def _card_testing(who: Ints, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """A dozen tiny online payments within minutes, then a large one."""
    day = rng.integers(0, month.days, len(who))
    begin = rng.integers(54_000, 80_000, len(who))
    party = cat.picks["unusual"][rng.integers(len(cat.picks["unusual"]), size=len(who))]
    for nth in range(9):
        tiny = rng.random(len(who)) < (0.9 if nth < 8 else 1.0)
        rupees = rng.integers(1, 50, len(who)) if nth < 8 else rng.integers(4_000, 15_000, len(who))
        plan.intend(
            "card_purchase", Phase.EVENING, who[tiny], day[tiny], -(rupees[tiny] * 100), party[tiny], account=CARD,
            second=begin[tiny] + nth * 67, anomaly=CARD_TESTING,
        )  # fmt: skip


def _takeover(who: Ints, state: State, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """Two or three transfers to a stranger in the small hours."""
    day = rng.integers(1, month.days, len(who))
    stranger = cat.persons[rng.integers(len(cat.persons), size=len(who))]
    begin = rng.integers(4_000, 13_000, len(who))
    for nth in range(3):
        share = rng.uniform(0.15, 0.3, len(who))
        amount = np.maximum((state.balance[who] * share).astype(np.int64) // 100_000, 1) * 100_000
        plan.intend("takeover", Phase.NIGHT, who, day, -amount, stranger, second=begin + nth * 190, anomaly=TAKEOVER)


def _duplicate(plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """The same purchase charged twice within a minute or two."""
    columns = plan.columns()
    bought = np.isin(columns["kind"], [cat.kind_index[kind] for kind in ("spend_upi", "spend_pos", "spend_online")])
    rows = np.flatnonzero(bought & (columns["amount"] < -15_000))
    rows = rows[rng.random(len(rows)) < MONTHLY_ODDS / 12]
    copies = {name: values[rows] for name, values in columns.items()}
    copies["second"] = copies["second"] + rng.integers(15, 110, len(rows))
    copies["anomaly"] = np.full(len(rows), DUPLICATE)
    plan.add(copies.pop("customer").astype(np.int64), **copies)


def _outlier(who: Ints, state: State, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """An everyday merchant, an amount many times the usual."""
    party = cat.picks["food_and_dining"][rng.integers(len(cat.picks["food_and_dining"]), size=len(who))]
    rupees = np.minimum(rng.uniform(6_000, 30_000, len(who)), state.balance[who] / 100 * 0.6)
    day = rng.integers(0, month.days, len(who))
    plan.intend("spend_upi", Phase.MORNING, who, day, -paise(rupees), party, anomaly=OUTLIER)


def _geo_jump(who: Ints, people: People, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """A purchase at home and one in a far city within the hour."""
    away = (people.city[who] + rng.integers(3, len(cat.places) - 3, len(who))) % len(cat.places)
    table = cat.picks["fuel_station"]
    day, begin = rng.integers(0, month.days, len(who)), rng.integers(35_000, 42_000, len(who))
    marks: tuple[tuple[Ints | int, int, int], ...] = ((-1, 0, 0), (away, 2_700, GEO_JUMP))
    for city, delay, code in marks:
        party = table[rng.integers(len(table), size=len(who))]
        amount = -paise(rng.uniform(500, 3_000, len(who)))
        plan.intend("spend_pos", Phase.MORNING, who, day, amount, party, second=begin + delay, city=city, anomaly=code)


def _structuring(who: Ints, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator) -> None:
    """Cash paid in day after day just under 50,000, then sent on."""
    begin = rng.integers(0, month.days - 8, len(who))
    total = np.zeros(len(who), np.int64)
    for nth in range(4):
        amount = rng.integers(485, 500, len(who)) * 10_000
        plan.intend("cash_deposit", Phase.NOON, who, begin + nth, amount, -1, anomaly=STRUCTURING)
        total += amount
    stranger = cat.employers[rng.integers(len(cat.employers), size=len(who))]
    plan.intend("large_purchase", Phase.PAYMENT, who, begin + 6, -(total * 95 // 100), stranger, anomaly=STRUCTURING)


def planted(anomaly: Ints) -> Bools:
    """Return which rows are anomalies."""
    return anomaly > 0
