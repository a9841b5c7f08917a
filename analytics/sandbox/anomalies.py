"""Named anomalies planted among ordinary postings; which rows they are stands in the ground truth only."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Ints, paise
from analytics.sandbox.plan import CARD, HOME_CITY, Phase
from analytics.sandbox.postings import of_kind
from analytics.sandbox.scene import Scene
from analytics.sandbox.shops import buy_large

#: Kinds by code; 0 is an ordinary posting.
ANOMALIES = (
    "", "card_testing", "account_takeover", "duplicate_debit", "merchant_outlier", "geo_jump", "structuring",
)  # fmt: skip
CARD_TESTING, TAKEOVER, DUPLICATE, OUTLIER, GEO_JUMP, STRUCTURING = range(1, 7)
MONTHLY_ODDS = 0.0006


def plant(scene: Scene) -> None:
    """Add this month's anomalies to the plan."""
    if not scene.month.in_books:
        return
    able = scene.active & (scene.state.balance > 500_000)
    _card_testing(scene, _chosen(scene, able & scene.people.has_card))
    _takeover(scene, _chosen(scene, able))
    _duplicate(scene)
    _outlier(scene, _chosen(scene, able))
    _geo_jump(scene, _chosen(scene, able))
    _structuring(scene, _chosen(scene, able & (scene.state.income > 40_000)))


def _chosen(scene: Scene, able: Bools) -> Ints:
    return np.flatnonzero(able & scene.chance(MONTHLY_ODDS))


def _card_testing(scene: Scene, who: Ints) -> None:
    """Tiny online payments within minutes, then a large one."""
    rng, day = scene.rng, scene.days(len(who))
    begin = rng.integers(54_000, 80_000, len(who))
    party = scene.any_of("unusual", len(who))
    for nth in range(9):
        goes = rng.random(len(who)) < (0.9 if nth < 8 else 1.0)
        rupees = rng.integers(1, 50, len(who)) if nth < 8 else rng.integers(4_000, 15_000, len(who))
        scene.plan.intend(
            "card_purchase", Phase.EVENING, who[goes], day[goes], -(rupees[goes] * 100), party[goes], account=CARD,
            second=begin[goes] + nth * 67, anomaly=CARD_TESTING,
        )  # fmt: skip


def _takeover(scene: Scene, who: Ints) -> None:
    """Three transfers to a stranger in the small hours."""
    rng, day = scene.rng, scene.days(len(who), 1)
    stranger = scene.catalogue.persons[rng.integers(len(scene.catalogue.persons), size=len(who))]
    begin = rng.integers(4_000, 13_000, len(who))
    for nth in range(3):
        share = rng.uniform(0.15, 0.3, len(who))
        amount = np.maximum((scene.state.balance[who] * share).astype(np.int64) // 100_000, 1) * 100_000
        second = begin + nth * 190
        scene.plan.intend("takeover", Phase.NIGHT, who, day, -amount, stranger, second=second, anomaly=TAKEOVER)


def _duplicate(scene: Scene) -> None:
    """The same purchase charged twice within a minute or two."""
    columns = scene.plan.columns()
    bought = of_kind(columns, scene.catalogue, "spend_upi", "spend_pos", "spend_online")
    rows = np.flatnonzero(bought & (columns["amount"] < -15_000))
    rows = rows[scene.rng.random(len(rows)) < MONTHLY_ODDS / 12]
    copies = {name: values[rows] for name, values in columns.items()}
    copies["second"] = copies["second"] + scene.rng.integers(15, 110, len(rows))
    copies["anomaly"] = np.full(len(rows), DUPLICATE)
    scene.plan.add(copies.pop("customer").astype(np.int64), **copies)


def _outlier(scene: Scene, who: Ints) -> None:
    """An everyday merchant, an amount many times the usual."""
    rupees = np.minimum(scene.rng.uniform(6_000, 30_000, len(who)), scene.state.balance[who] / 100 * 0.6)
    party = scene.any_of("food_and_dining", len(who))
    day = scene.days(len(who))
    scene.plan.intend("spend_upi", Phase.MORNING, who, day, -paise(rupees), party, anomaly=OUTLIER)


def _geo_jump(scene: Scene, who: Ints) -> None:
    """A purchase at home and one in another city within the hour."""
    cities = len(scene.catalogue.places)
    away = (scene.people.city[who] + scene.rng.integers(3, cities - 3, len(who))) % cities
    day, begin = scene.days(len(who)), scene.rng.integers(35_000, 42_000, len(who))
    marks: tuple[tuple[Ints | int, int, int], ...] = ((HOME_CITY, 0, 0), (away, 2_700, GEO_JUMP))
    for city, delay, code in marks:
        party = scene.any_of("fuel_station", len(who))
        amount = -paise(scene.rng.uniform(500, 3_000, len(who)))
        second = begin + delay
        scene.plan.intend("spend_pos", Phase.MORNING, who, day, amount, party, second=second, city=city, anomaly=code)


def _structuring(scene: Scene, who: Ints) -> None:
    """Cash paid in day after day just under 50,000, then sent on."""
    begin = scene.days(len(who), 0, scene.month.days - 8)
    total = np.zeros(len(who), np.int64)
    for nth in range(4):
        amount = scene.rng.integers(485, 500, len(who)) * 10_000
        scene.plan.intend("cash_deposit", Phase.NOON, who, begin + nth, amount, -1, anomaly=STRUCTURING)
        total += amount
    payee = scene.catalogue.employers[scene.rng.integers(len(scene.catalogue.employers), size=len(who))]
    buy_large(scene, who, begin + 6, total * 95 // 100, payee, STRUCTURING)
