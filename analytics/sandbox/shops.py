"""Where and how purchases happen: time of day, merchant, channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Ints, whole
from analytics.sandbox.catalogue import PICK_SLOTS
from analytics.sandbox.habits import CASH, CHANNEL_EDGES, ON_CREDIT, PERSON, Tastes
from analytics.sandbox.plan import CARD, SAVINGS, WINDOWS, Phase
from analytics.sandbox.scene import Scene

UPI, TILL, ONLINE, NETBANKING = range(4)
KINDS = ("spend_upi", "spend_pos", "spend_online", "spend_netbanking")
#: Share of purchases made between 09:30 and 13:00; the others follow after 15:00.
MORNING_SHARE = 0.36
#: Paise below which RTGS does not carry a payment.
RTGS_FLOOR = 20_000_000
#: Odds that a purchase goes to the customer's favourite merchant of the category.
LOYALTY = 0.55


@dataclass(frozen=True)
class Purchases:
    """Purchases to be placed: customer, habit, day counted from 0, positive amount in paise."""

    customer: Ints
    habit: Ints
    day: Ints
    amount: Ints


def place(scene: Scene, tastes: Tastes, bought: Purchases) -> None:
    """Choose time, channel and merchant, and add the postings to the plan."""
    who, habit, count = bought.customer, bought.habit, len(bought.customer)
    rng, kinds = scene.rng, scene.catalogue.kind_index
    morning = rng.random(count) < MORNING_SHARE
    loyal = rng.random(count) < LOYALTY
    party = tastes.tables[habit, np.where(loyal, tastes.favourites[who, habit], rng.integers(PICK_SLOTS, size=count))]
    on_credit = rng.random(count) < 1.9 * ON_CREDIT[habit] * tastes.credit[who]
    channel = _channels(scene, habit, party)
    kind = np.array([kinds[name] for name in KINDS])[channel]
    kind = np.where(on_credit, kinds["card_purchase"], kind)
    kind = np.where(habit == PERSON, kinds["person_out"], np.where(habit == CASH, kinds["atm"], kind))
    friends = np.flatnonzero(habit == PERSON)
    party[friends] = scene.friend(who[friends])
    party[habit == CASH] = -1
    scene.plan.add(
        who, account=np.where(on_credit, CARD, SAVINGS), day=bought.day, second=_seconds(morning, rng), kind=kind,
        phase=np.where(morning, int(Phase.MORNING), int(Phase.EVENING)), party=party, amount=-bought.amount,
    )  # fmt: skip


def buy_large(scene: Scene, who: Ints, day: Ints, amount: Ints, dealer: Ints, anomaly: int = 0) -> None:
    """Plan large payments to dealers, by RTGS where the amount allows, else by NEFT."""
    by_rtgs = amount >= RTGS_FLOOR
    for kind, mine in (("large_purchase", by_rtgs), ("large_purchase_neft", ~by_rtgs)):
        scene.plan.intend(kind, Phase.PAYMENT, who[mine], day[mine], -amount[mine], dealer[mine], anomaly=anomaly)


def _channels(scene: Scene, habit: Ints, party: Ints) -> Ints:
    """UPI, till, online or netbanking; shops without a till are paid online, shops without a site at the till."""
    drawn = scene.rng.random(len(habit))[:, None] > CHANNEL_EDGES[habit]
    channel = np.minimum(drawn.sum(axis=1), NETBANKING)
    channel = np.where((channel == TILL) & scene.catalogue.online_only[party], ONLINE, channel)
    return np.where((channel >= ONLINE) & scene.catalogue.offline_only[party], TILL, channel)


def _seconds(morning: Bools, rng: np.random.Generator) -> Ints:
    """Time of day: late morning, or evening with its peak around seven."""
    drawn = rng.random((2, len(morning)))
    low, high = WINDOWS[Phase.MORNING]
    early = low + drawn[0] * (high - low)
    low, high = WINDOWS[Phase.EVENING]
    late = low + (0.15 * drawn[0] + 0.85 * (drawn[0] + drawn[1]) / 2) * (high - low)
    return whole(np.where(morning, early, late))
