"""Money coming in: salaries, pensions, trade, gig payouts, gifts, redemptions, help from one's own other bank."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Floats, Ints, paise
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.people import BUSINESS, GIG, RETIRED, SALARIED, SELF_EMPLOYED, STUDENT, People
from analytics.sandbox.plan import UPI_LIMIT, Phase
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import MOVED

#: Monthly odds that someone in arrears is helped out.
RESCUE_ODDS = 0.15


def plan_incomes(scene: Scene) -> None:
    """Plan the month's credits."""
    amount = scene.state.income_now
    _salaries(scene, amount)
    _bonuses(scene, amount)
    _trade(scene, amount)
    _gigs(scene, amount)
    _gifts(scene)
    _support(scene)
    _rescues(scene)
    _cash(scene)
    _from_elsewhere(scene)
    _opening(scene)
    _redeem(scene)


def payday(people: People, month: Month) -> Ints:
    """Return the regular payday counted from 0; paydays on a weekend move to the Friday before."""
    nominal = np.select(
        [people.payday == 0, people.payday == 1, people.payday == 2], [month.last_working_day, 0, 6], 4
    ).astype(np.int64)
    weekday = month.weekday[nominal]
    back = np.where(weekday == 5, 1, np.where(weekday == 6, 2, 0))
    return np.where(nominal >= back, nominal - back, nominal + (7 - weekday))


def _salaries(scene: Scene, amount: Floats) -> None:
    """Wages and pensions; unstable employers pay late, unevenly, sometimes in part."""
    people, rng, count = scene.people, scene.rng, scene.count
    wobble = 1 - people.stability
    late = scene.chance(0.01 + 0.85 * wobble**1.6) * rng.geometric(0.35, count)
    day = np.minimum(payday(people, scene.month) + late, scene.month.days - 1)
    paid = amount * (1 + rng.standard_normal(count) * (0.002 + 0.15 * wobble**1.4))
    paid *= np.where(scene.chance(0.16 * wobble**2), rng.uniform(0.4, 0.8, count), 1.0)
    for occupation, kind in ((SALARIED, "salary"), (RETIRED, "pension")):
        who = np.flatnonzero(scene.here & (people.occupation == occupation) & (paid > 500))
        scene.plan.intend(kind, Phase.DAWN, who, day[who], paise(paid[who]), scene.state.employer[who])


def _bonuses(scene: Scene, amount: Floats) -> None:
    """Bonuses at Diwali and after the financial year."""
    if not (scene.month.diwali or scene.month.month == 4):
        return
    people, state = scene.people, scene.state
    lucky = scene.here & (people.occupation == SALARIED) & ~state.shocked & scene.chance(0.35 * people.stability)
    who = np.flatnonzero(lucky)
    extra = paise(amount[who] * scene.rng.uniform(0.2, 1.0, len(who)))
    scene.plan.intend("bonus", Phase.DAWN, who, scene.days(len(who)), extra, state.employer[who])


def _trade(scene: Scene, amount: Floats) -> None:
    """Receipts of the self-employed and of businesses, many small ones by UPI, some by NEFT."""
    people, rng, cat = scene.people, scene.rng, scene.catalogue
    rate = np.select([people.occupation == SELF_EMPLOYED, people.occupation == BUSINESS], [4.0, 8.0], 0.0)
    receipts = np.where(scene.here & (amount > 500), rng.poisson(rate), 0)
    who = np.repeat(np.arange(scene.count), receipts)
    spread = 0.15 + 0.85 * (1 - people.stability[who])
    value = amount[who] / rate[who] * rng.lognormal(0, spread) / np.exp(spread**2 / 2)
    by_upi = (rng.random(len(who)) < 0.65) & (value < UPI_LIMIT)
    day = scene.days(len(who))
    for kind, mine, pool in (("business_upi", by_upi, cat.persons), ("business_neft", ~by_upi, cat.employers)):
        customers = pool[(people.style[who[mine]] + rng.integers(0, 24, int(mine.sum()))) % len(pool)]
        scene.plan.intend(kind, Phase.NOON, who[mine], day[mine], paise(value[mine]), customers)


def _gigs(scene: Scene, amount: Floats) -> None:
    """Weekly payouts on the customer's own weekday, some weeks missing."""
    people, rng, month, employers = scene.people, scene.rng, scene.month, scene.catalogue.employers
    who = np.flatnonzero(scene.here & (people.occupation == GIG) & (amount > 500))
    for week in range(5):
        day = (people.style[who] % 7 - month.weekday[0]) % 7 + 7 * week
        works = (day < month.days) & (rng.random(len(who)) < 0.96 - 0.3 * (1 - people.stability[who]))
        mine = who[works]
        payout = paise(amount[mine] / 3.6 * rng.lognormal(0, 0.06 + 0.65 * (1 - people.stability[mine])))
        party = employers[people.style[mine] % len(employers)]
        scene.plan.intend("gig_payout", Phase.NOON, mine, day[works], payout, party)


def _gifts(scene: Scene) -> None:
    """Small sums from friends: shared bills, presents."""
    shares = np.where(scene.active, 0.35 + 0.5 * scene.people.engagement, 0.0) * scene.state.fade
    who = np.repeat(np.arange(scene.count), scene.rng.poisson(shares))
    value = np.minimum(scene.rng.lognormal(6.7, 1.0, len(who)), 40_000)
    scene.plan.intend("person_in", Phase.NOON, who, scene.days(len(who)), paise(value), scene.friend(who))


def _support(scene: Scene) -> None:
    """Allowances of students, and family's help to some who lost their income."""
    helped = scene.active & scene.state.shocked & scene.chance(0.14)
    student = scene.active & (scene.people.occupation == STUDENT)
    who = np.flatnonzero(helped | student)
    share = np.where(student[who], 0.8, scene.rng.uniform(0.1, 0.5, len(who)))
    support = paise(scene.state.income[who] * share)
    scene.plan.intend("allowance", Phase.NOON, who, scene.days(len(who), 0, 9), support, scene.friend(who))


def _rescues(scene: Scene) -> None:
    """Family sometimes clears what is overdue, whoever one is."""
    overdue = scene.book.overdue
    who = np.flatnonzero(scene.active & (overdue > 0) & scene.chance(RESCUE_ODDS))
    sent = (overdue[who] * scene.rng.uniform(1.05, 1.5, len(who))).astype(np.int64) // 10_000 * 10_000 + 10_000
    scene.plan.intend("person_in", Phase.NOON, who, scene.days(len(who), 1, 20), sent, scene.friend(who))


def _cash(scene: Scene) -> None:
    """Takings in cash, paid in."""
    trades = np.isin(scene.people.occupation, (BUSINESS, SELF_EMPLOYED, GIG))
    who = np.flatnonzero(trades & scene.active & scene.chance(0.22))
    value = scene.state.perceived[who] * scene.rng.uniform(0.05, 0.25, len(who))
    scene.plan.intend("cash_deposit", Phase.NOON, who, scene.days(len(who)), paise(value, 10_000), -1)


def _from_elsewhere(scene: Scene) -> None:
    """Those who moved their salary send what their instalments need, as long as they earn."""
    book, moved = scene.book, scene.active & (scene.state.stage == MOVED)
    due = book.monthly_due + book.overdue
    reliable = scene.chance(0.72 + 0.27 * scene.people.discipline)
    who = np.flatnonzero(moved & (due > 0) & ~scene.state.shocked & reliable)
    first = np.where(book.open, book.due_dom, 99).min(axis=1)[who]
    amount = (due[who] * scene.rng.uniform(1.0, 1.15, len(who)) / 100).astype(np.int64) * 100 + 100
    scene.plan.intend("own_in", Phase.DAWN, who, np.maximum(first - 1, 0), amount, scene.self_party(who))


def _opening(scene: Scene) -> None:
    """First deposits of those who join this month."""
    people, month = scene.people, scene.month
    who = np.flatnonzero((people.start == month.index) & (people.start > 0))
    share = (0.1 + 0.8 * people.buffer[who]) * scene.rng.lognormal(0, 0.3, len(who))
    day = np.clip(people.joined_day[who] - month.first_day, 0, month.days - 1)
    party = scene.self_party(who)
    scene.plan.intend("opening_deposit", Phase.DAWN, who, day, paise(people.income[who] * share), party)


def _redeem(scene: Scene) -> None:
    """Sell investments when the account runs low."""
    state = scene.state
    needed = np.maximum(state.perceived * 30, state.income * 15).astype(np.int64)
    sells = scene.active & (state.wealth > 200_000) & (state.low < needed) & scene.chance(0.5)
    who = np.flatnonzero(sells)
    amount = np.minimum(state.wealth[who], (state.income[who] * 80).astype(np.int64))
    state.wealth[who] -= amount
    fund = int(scene.catalogue.picks["mutual_fund"][0])
    scene.plan.intend("redemption", Phase.DAWN, who, scene.days(len(who), 2, 20), amount, fund)
